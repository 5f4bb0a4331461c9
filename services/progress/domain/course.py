"""The fold of a learner's events in one course: its enrolment, and its lessons by stable keys."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from msgspec.structs import replace

from services.content.contract import LessonFacts, VersionFacts
from services.kit.records import Record
from services.progress.domain.attempts import Attempt, Raise
from services.progress.domain.lesson import (
    LESSON_TYPES,
    MOVING_TYPES,
    LessonState,
    Position,
    earliest,
    latest,
    position_of,
    take,
)
from services.progress.domain.stored import Place, Stored


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
    active: int = 0
    """When the server last received something of it, ms."""
    lessons: Mapping[str, LessonState] = {}
    position: Position | None = None


def fold(
    state: CourseState,
    events: Iterable[Stored],
    versions: Mapping[str, VersionFacts],
    *,
    history: Iterable[Stored] = (),
) -> CourseState:
    """Return the state with events of this course taken in; `versions` holds facts by hash.

    Events of unknown types, and of lessons or blocks that their version lacks, change nothing.
    `history`, needed where `stale_lessons` names any, holds all events of the course.
    """
    batch = sorted(events, key=lambda stored: stored.order)
    if stale := stale_lessons(state, batch, versions):
        state, again = _without(state, stale), list(history)
        batch = [*(one for one in again if lesson_of(one, versions) in stale), *batch]
        batch.sort(key=lambda stored: stored.order)
    for stored in batch:
        if rule := _RULES.get(stored.event.type):
            state = rule(state, stored)
        elif stored.event.type in LESSON_TYPES:
            state = _in_lesson(state, stored, versions)
    return state


def stale_lessons(
    state: CourseState, events: Iterable[Stored], versions: Mapping[str, VersionFacts]
) -> frozenset[str]:
    """Return the lessons that must be folded again from all of their events.

    Those with a reset that is older than what was folded already.
    """
    return frozenset(
        key
        for stored in events
        if stored.event.type == "lesson.reset"
        and (key := lesson_of(stored, versions)) is not None
        and _is_late(state.lessons.get(key, LessonState()), stored)
    )


def _is_late(lesson: LessonState, reset: Stored) -> bool:
    folded_later = lesson.latest is not None and reset.order < lesson.latest
    return folded_later and lesson.counts(reset)


def _without(state: CourseState, lessons: frozenset[str]) -> CourseState:
    kept = {key: lesson for key, lesson in state.lessons.items() if key not in lessons}
    return replace(state, lessons=kept)


def lesson_of(stored: Stored, versions: Mapping[str, VersionFacts]) -> str | None:
    """Return the key of the lesson that an event speaks of."""
    if stored.event.type in SERVER_RULES:
        key = stored.event.body.get("lesson")
        return key if isinstance(key, str) else None
    lesson = facts_of(stored, versions)
    return lesson.key if lesson else None


def facts_of(stored: Stored, versions: Mapping[str, VersionFacts]) -> LessonFacts | None:
    """Return the facts of the lesson that a phone's event refers to."""
    facts = versions.get(stored.event.version or "")
    return facts.lessons.get(stored.event.lesson or "") if facts else None


def _in_lesson(
    state: CourseState, stored: Stored, versions: Mapping[str, VersionFacts]
) -> CourseState:
    facts = facts_of(stored, versions)
    if facts is None:
        return state
    state = _seen(state, stored)
    if stored.event.type in MOVING_TYPES:
        state = replace(state, position=latest(state.position, position_of(stored, facts)))
    lesson = take(state.lessons.get(facts.key, LessonState()), stored, facts)
    return replace(state, lessons={**state.lessons, facts.key: lesson})


# ---------------------------------------------------------------- rules of the server's events


def _seen(state: CourseState, stored: Stored) -> CourseState:
    return replace(
        state,
        since=earliest(state.since, stored.effective),
        active=max(state.active, stored.received),
    )


def _enrolment_made(state: CourseState, stored: Stored) -> CourseState:
    pin = Pin(place=stored.place, version=stored.event.version or "")
    if state.pin is None or pin.place < state.pin.place:
        state = replace(state, pin=pin)
    return _standing(_seen(state, stored), Standing(place=stored.place, withdrawn=False))


def _enrolment_withdrawn(state: CourseState, stored: Stored) -> CourseState:
    return _standing(state, Standing(place=stored.place, withdrawn=True))


def _standing(state: CourseState, standing: Standing) -> CourseState:
    if state.standing is None or standing.place > state.standing.place:
        return replace(state, standing=standing)
    return state


def _attempt_released(state: CourseState, stored: Stored) -> CourseState:
    key, attempt_id = stored.event.body["lesson"], stored.event.body["attempt"]
    attempt = _lesson(state, key).attempts.get(attempt_id, Attempt())
    if attempt.released is not None and attempt.released <= stored.place:
        return state
    return _with_attempt(state, key, attempt_id, replace(attempt, released=stored.place))


def _grade_raised(state: CourseState, stored: Stored) -> CourseState:
    body = stored.event.body
    key, attempt_id, answer = body["lesson"], body["attempt"], body["answer"]
    raised = Raise(score=body["score"], correct=body["correct"])
    attempt = _lesson(state, key).attempts.get(attempt_id, Attempt())
    return _with_attempt(state, key, attempt_id, attempt.with_raise(answer, raised))


def _completion_waived(state: CourseState, stored: Stored) -> CourseState:
    key = stored.event.body["lesson"]
    lesson = _lesson(state, key)
    lesson = replace(lesson, waived=earliest(lesson.waived, stored.effective))
    return replace(state, lessons={**state.lessons, key: lesson})


def _lesson(state: CourseState, key: str) -> LessonState:
    return state.lessons.get(key, LessonState())


def _with_attempt(state: CourseState, key: str, id_: str, attempt: Attempt) -> CourseState:
    lesson = _lesson(state, key)
    lesson = replace(lesson, attempts={**lesson.attempts, id_: attempt})
    return replace(state, lessons={**state.lessons, key: lesson})


Rule: TypeAlias = Callable[[CourseState, Stored], CourseState]
SERVER_RULES: dict[str, Rule] = {
    "attempt.released": _attempt_released,
    "completion.waived": _completion_waived,
    "grade.raised": _grade_raised,
}
"""Of lessons: the body names the key of the lesson."""
_RULES: dict[str, Rule] = {
    "enrolment.made": _enrolment_made,
    "enrolment.withdrawn": _enrolment_withdrawn,
    **SERVER_RULES,
}
FOLDED_TYPES = frozenset({*_RULES, *LESSON_TYPES})
"""Types of event that change the state of a course."""
