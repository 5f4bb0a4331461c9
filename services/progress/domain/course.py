"""The fold of a learner's events in one course.

Every field of the state is a minimum, a maximum or a union over the events seen, so folding is
commutative, associative and idempotent by construction: any order, any repetition and any split of
the same stored events gives the same state (a join semilattice; Shapiro et al., Conflict-free
Replicated Data Types, 2011).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias, TypeVar

from msgspec.structs import replace

from services.content.contract import LessonFacts, VersionFacts
from services.kit.records import Record
from services.progress.domain.attempts import Answer, Attempt, Raise, contenders
from services.progress.domain.stored import Order, Place, Stored

Span: TypeAlias = tuple[int, int]
"""From and until, ms."""

BLOCK_CAP_SECONDS = 600
"""Seconds that one look at a block may claim, and that all looks at it count for, at most."""


class Position(Record, array_like=True):
    """Where the learner was."""

    order: Order
    lesson: str
    block: str | None = None


class LessonState(Record):
    """What the events say of one lesson, by stable keys."""

    viewed: Mapping[str, int] = {}
    """Block key to its first view, ms."""
    answered: Mapping[str, int] = {}
    """Question key to its first answer, ms."""
    claimed: int | None = None
    """First lesson.completed, ms."""
    spans: Mapping[str, tuple[Span, ...]] = {}
    """Block key to when it was looked at: disjoint, ascending."""
    attempts: Mapping[str, Attempt] = {}
    position: Position | None = None


class Pin(Record, array_like=True):
    """The version that the enrolment is pinned to: of the first enrolment.made in the log."""

    place: Place
    version: str


class Standing(Record, array_like=True):
    """Whether the learner is in: of the last enrolment.made or enrolment.withdrawn in the log."""

    place: Place
    withdrawn: bool


class CourseState(Record):
    """What the events say of one course."""

    pin: Pin | None = None
    standing: Standing | None = None
    since: int | None = None
    """Earliest event, ms."""
    lessons: Mapping[str, LessonState] = {}
    position: Position | None = None


def fold(
    state: CourseState, events: Iterable[Stored], versions: Mapping[str, VersionFacts]
) -> CourseState:
    """Return the state with events of this course taken in; `versions` holds facts by hash.

    Events of unknown types, and of lessons or blocks that their version lacks, change nothing.
    """
    for stored in events:
        if rule := _COURSE_RULES.get(stored.event.type):
            state = rule(state, stored)
        elif stored.event.type in _LESSON_RULES:
            state = _in_lesson(state, stored, versions)
    return state


def _in_lesson(
    state: CourseState, stored: Stored, versions: Mapping[str, VersionFacts]
) -> CourseState:
    facts = versions.get(stored.event.version or "")
    lesson = facts.lessons.get(stored.event.lesson or "") if facts else None
    if lesson is None:
        return state
    before = state.lessons.get(lesson.key, LessonState())
    after = _LESSON_RULES[stored.event.type](before, stored, lesson)
    block = lesson.blocks.get(stored.event.block or "") or _question_key(stored, lesson)
    here = Position(order=stored.order, lesson=lesson.key, block=block)
    after = replace(after, position=_latest(after.position, here))
    return replace(
        state,
        since=_earliest(state.since, stored.effective),
        lessons={**state.lessons, lesson.key: after},
        position=_latest(state.position, here),
    )


# ---------------------------------------------------------------- rules of the course


def _enrolment_made(state: CourseState, stored: Stored) -> CourseState:
    pin = Pin(place=stored.place, version=stored.event.version or "")
    if state.pin is None or pin.place < state.pin.place:
        state = replace(state, pin=pin)
    state = replace(state, since=_earliest(state.since, stored.effective))
    return _standing(state, Standing(place=stored.place, withdrawn=False))


def _enrolment_withdrawn(state: CourseState, stored: Stored) -> CourseState:
    return _standing(state, Standing(place=stored.place, withdrawn=True))


def _standing(state: CourseState, standing: Standing) -> CourseState:
    if state.standing is None or standing.place > state.standing.place:
        return replace(state, standing=standing)
    return state


def _attempt_released(state: CourseState, stored: Stored) -> CourseState:
    key, attempt_id = stored.event.body["lesson"], stored.event.body["attempt"]
    lesson = state.lessons.get(key, LessonState())
    attempt = lesson.attempts.get(attempt_id, Attempt())
    if attempt.released is not None and attempt.released <= stored.place:
        return state
    attempt = replace(attempt, released=stored.place)
    lesson = replace(lesson, attempts={**lesson.attempts, attempt_id: attempt})
    return replace(state, lessons={**state.lessons, key: lesson})


def _grade_raised(state: CourseState, stored: Stored) -> CourseState:
    body = stored.event.body
    key, attempt_id, answer = body["lesson"], body["attempt"], body["answer"]
    lesson = state.lessons.get(key, LessonState())
    attempt = lesson.attempts.get(attempt_id, Attempt())
    raised = Raise(score=body["score"], correct=body["correct"])
    attempt = attempt.with_raise(answer, raised)
    lesson = replace(lesson, attempts={**lesson.attempts, attempt_id: attempt})
    return replace(state, lessons={**state.lessons, key: lesson})


# ---------------------------------------------------------------- rules of a lesson


def _seen(lesson: LessonState, stored: Stored, facts: LessonFacts) -> LessonState:
    del stored, facts
    return lesson


def _block_viewed(lesson: LessonState, stored: Stored, facts: LessonFacts) -> LessonState:
    key = facts.blocks.get(stored.event.block or "")
    if key is None:
        return lesson
    return replace(
        lesson,
        viewed={**lesson.viewed, key: _earliest(lesson.viewed.get(key), stored.effective)},
        spans=_with_span(lesson.spans, key, stored),
    )


def _question_answered(lesson: LessonState, stored: Stored, facts: LessonFacts) -> LessonState:
    key = _question_key(stored, facts)
    if key is None:
        return lesson
    lesson = replace(
        lesson,
        answered={**lesson.answered, key: _earliest(lesson.answered.get(key), stored.effective)},
        viewed={**lesson.viewed, key: _earliest(lesson.viewed.get(key), stored.effective)},
        spans=_with_span(lesson.spans, key, stored),
    )
    if stored.mark is None:
        return lesson
    answer = Answer(
        order=stored.order, place=stored.place, score=stored.mark.score, correct=stored.mark.correct
    )
    attempt_id = attempt_of(stored)
    attempt = lesson.attempts.get(attempt_id, Attempt())
    answers = {**attempt.answers, key: contenders((*attempt.answers.get(key, ()), answer))}
    attempt = replace(attempt, answers=answers)
    return replace(lesson, attempts={**lesson.attempts, attempt_id: attempt})


def _lesson_completed(lesson: LessonState, stored: Stored, facts: LessonFacts) -> LessonState:
    del facts
    return replace(lesson, claimed=_earliest(lesson.claimed, stored.effective))


Rule: TypeAlias = Callable[[CourseState, Stored], CourseState]
LessonRule: TypeAlias = Callable[[LessonState, Stored, LessonFacts], LessonState]
_COURSE_RULES: dict[str, Rule] = {
    "enrolment.made": _enrolment_made,
    "enrolment.withdrawn": _enrolment_withdrawn,
    "attempt.released": _attempt_released,
    "grade.raised": _grade_raised,
}
_LESSON_RULES: dict[str, LessonRule] = {
    "lesson.started": _seen,
    "position.moved": _seen,
    "attempt.submitted": _seen,
    "block.viewed": _block_viewed,
    "question.answered": _question_answered,
    "lesson.completed": _lesson_completed,
}
FOLDED_TYPES = frozenset({*_COURSE_RULES, *_LESSON_RULES})
"""Types of event that change the state of a course."""


def attempt_of(stored: Stored) -> str:
    """Return the attempt that an answer belongs to; answers without one share the attempt ''."""
    attempt = stored.event.body.get("attempt")
    return attempt.lower() if isinstance(attempt, str) else ""


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the union of spans of time: disjoint, ascending."""
    union: list[Span] = []
    for start, end in sorted(spans):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((start, end))
    return tuple(union)


def _with_span(
    spans: Mapping[str, tuple[Span, ...]], key: str, stored: Stored
) -> Mapping[str, tuple[Span, ...]]:
    seconds = min(stored.event.body.get("seconds") or 0, BLOCK_CAP_SECONDS)
    if seconds <= 0:
        return spans
    span = (stored.effective - round(seconds * 1000), stored.effective)
    return {**spans, key: merged((*spans.get(key, ()), span))}


def _question_key(stored: Stored, facts: LessonFacts) -> str | None:
    question = facts.questions.get(stored.event.question or "")
    return question.key if question else None


T = TypeVar("T", int, float)


def _earliest(known: T | None, new: T) -> T:
    return new if known is None else min(known, new)


def _latest(known: Position | None, new: Position) -> Position:
    return new if known is None or new.order > known.order else known
