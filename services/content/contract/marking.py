"""Marking, and the facts of versions, for progress."""

from collections.abc import Mapping
from typing import Protocol

from services.content.contract.words import LessonKind, LocalText
from services.kit.records import Record


class Response(Record):
    """A raw answer as a phone sent it: one of the four is given."""

    choice_ids: tuple[str, ...] | None = None
    pairs: tuple[tuple[str, str], ...] | None = None
    texts: tuple[str, ...] | None = None
    number: float | None = None


class Answer(Record):
    """A response to one question of one version, by the ids that the phone was given."""

    version_id: str
    lesson_id: str
    question_id: str
    response: Response


class Mark(Record):
    """The server's own marking of one answer, from the question's min_score to its max_score."""

    correct: bool
    score: float
    max_score: float
    feedback: LocalText | None = None
    """For who gave it; None in assessments, where it would tell the answer."""


class QuestionFacts(Record):
    """What progress needs to know of a question."""

    id: str
    key: str
    max_score: float
    skills: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    """Ids of what can be picked, in order; none where it is not about picking."""


class LessonFacts(Record):
    """What progress needs to know of a lesson: all that must be seen and answered."""

    id: str
    key: str
    kind: LessonKind
    attempt_limit: int | None = None
    pass_score: float | None = None
    minutes: int = 0
    """How long it takes, as estimated at publish; 0: not known."""
    blocks: Mapping[str, str] = {}
    """Block id to key, in order."""
    questions: Mapping[str, QuestionFacts] = {}
    """By question id, in order."""
    cards: Mapping[str, str] = {}
    """Flashcard id to `block key/card key`, in order."""


class AchievementFacts(Record):
    """What progress needs to know of the award."""

    id: str
    version: str
    pass_score: float


class VersionFacts(Record):
    """What progress needs to know of a version; immutable, so it may be kept for ever."""

    version_id: str
    course_id: str
    lessons: Mapping[str, LessonFacts] = {}
    """By lesson id, in order."""
    achievement: AchievementFacts | None = None


class MarkingApi(Protocol):
    """Marking and the facts of versions, for progress."""

    async def mark(self, answers: tuple[Answer, ...]) -> tuple[Mark | None, ...]:
        """Mark answers in one go, each by the better of two keys.

        That of its own version, and that of the published one where the question was rekeyed. None
        where the question is not in that version or the response has not its shape.
        """

    async def facts(self, version_ids: tuple[str, ...]) -> tuple[VersionFacts | None, ...]:
        """Return the facts of versions by id."""
