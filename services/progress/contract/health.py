"""Question health: what real answers say of the questions of a course."""

from typing import Protocol

from services.kit.records import Actor, Record


class QuestionFlags(Record):
    """How many learners flag a question for one reason."""

    reason: str
    learners: int


class QuestionHealth(Record):
    """What first answers to one question of the published version say; nothing of single people."""

    question_id: str
    lesson_id: str
    answers: int
    """Learners with an account who answered it."""
    facility: float
    """Share of them whose first answer was right, 0 to 1."""
    discrimination: float | None = None
    """Point-biserial correlation with the share right of the lesson's other questions, -1 to 1."""
    likely_key: str | None = None
    """Id of the choice that most strong learners pick though it counts as wrong."""
    dead_choices: tuple[str, ...] = ()
    """Ids of wrong choices that hardly anybody picks."""
    flags: tuple[QuestionFlags, ...] = ()
    """How many learners flag it, by reason in alphabetical order."""
    strong: int = 0
    """Learners who are right in three quarters of the lesson's other questions."""
    astray: int = 0
    """How many of those picked `likely_key`."""
    claimed: bool = False
    """Whether there are answers enough to suspect anything."""


class HealthApi(Protocol):
    """Question health, for the authors of a course's organisation and for ADMIN."""

    async def questions(
        self, actor: Actor, course_ids: tuple[str, ...]
    ) -> tuple[tuple[QuestionHealth, ...] | None, ...]:
        """Return the questions of published courses that enough learners answered, in order.

        None for what is not there, not published or not the actor's organisation's.
        """
