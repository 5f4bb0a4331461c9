"""Regrading: which answers a corrected key may raise, and the event that raises one.

A score may rise and never falls: what a corrected key takes away is not even looked at.
"""

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime

from services.content.contract import Mark, VersionFacts
from services.kit.records import Record
from services.progress.domain.attempts import Answer, Attempt
from services.progress.domain.course import CourseState
from services.progress.domain.event import Event, server_event

RAISED = "grade.raised"
DIGITS = 6
"""Decimals to which points are compared."""


class Suspect(Record):
    """An answer that may count and that another key may raise."""

    lesson: str
    """Lesson key."""
    question: str
    """Question key."""
    attempt: str
    answer: Answer
    points: float
    """What it scores now."""

    @property
    def path(self) -> str:
        """`lesson key/question key`."""
        return f"{self.lesson}/{self.question}"


def missed_questions(state: CourseState, facts: VersionFacts) -> tuple[str, ...]:
    """Return the questions of which some answer has less than all points, as paths, sorted."""
    most = {
        f"{lesson.key}/{question.key}": question.max_score
        for lesson in facts.lessons.values()
        for question in lesson.questions.values()
    }
    return tuple(
        sorted(
            {
                f"{lesson_key}/{question}"
                for lesson_key, lesson in state.lessons.items()
                for attempt in lesson.attempts.values()
                for question, answers in attempt.answers.items()
                if any(
                    _is_short(attempt, answer, most.get(f"{lesson_key}/{question}"))
                    for answer in answers
                )
            }
        )
    )


def suspects(state: CourseState, questions: Collection[str]) -> Iterator[Suspect]:
    """Yield the answers to some questions, given as paths."""
    for lesson_key, lesson in state.lessons.items():
        for attempt_id, attempt in lesson.attempts.items():
            for question, answers in attempt.answers.items():
                if f"{lesson_key}/{question}" in questions:
                    for answer in answers:
                        yield Suspect(
                            lesson=lesson_key,
                            question=question,
                            attempt=attempt_id,
                            answer=answer,
                            points=attempt.points(answer),
                        )


def raise_of(
    suspect: Suspect, mark: Mark, *, answered: Event, key: str, at: datetime
) -> Event | None:
    """Return the event by which a mark raises an answer, None where it does not.

    `answered` is the answer's event, `key` the id of the version that marks it. The event's id
    follows from both, so that a repeat is a no-op.
    """
    if round(mark.score - suspect.points, DIGITS) <= 0:
        return None
    return server_event(
        str(uuid.uuid5(uuid.NAMESPACE_URL, f"{RAISED}:{answered.id}:{key}")),
        RAISED,
        at=at,
        version=answered.version,
        body={
            "lesson": suspect.lesson,
            "question": suspect.question,
            "attempt": suspect.attempt,
            "answer": answered.id,
            "score": mark.score,
            "correct": mark.correct,
            "key": key,
        },
    )


def _is_short(attempt: Attempt, answer: Answer, most: float | None) -> bool:
    """Return whether an answer has less than all points; `most` is None where nobody knows."""
    if not attempt.is_correct(answer):
        return True
    return most is not None and round(most - attempt.points(answer), DIGITS) > 0
