"""The fold of a learner's events in one lesson.

Every field is a minimum, a maximum or a union over the events of the present epoch: any order, any
repetition and any split of the same stored events gives the same state (a join semilattice; Shapiro
et al., Conflict-free Replicated Data Types, 2011). lesson.reset begins an epoch; one that is older
than what was folded already needs the lesson's events again (see `course.stale_lessons`).
"""

from collections.abc import Callable, Iterable, Mapping
from math import ceil, floor
from typing import TypeAlias, TypeVar

from msgspec.structs import replace

from services.content.contract import LessonFacts
from services.kit.records import Record
from services.progress.domain.attempts import Answer, Attempt, contenders
from services.progress.domain.stored import Order, Stored

Span: TypeAlias = tuple[int, int]
"""From and until: ms of the server's time, or seconds of a recording."""

BLOCK_CAP_SECONDS = 600
"""Seconds that one look at a block may claim, and that all looks at it count for, at most."""


class Position(Record, array_like=True):
    """Where the learner was."""

    order: Order
    lesson: str
    block: str | None = None


class Report(Record, array_like=True):
    """What the learner last reported of a question."""

    order: Order
    reason: str
    text: str | None = None


class First(Record, array_like=True):
    """The first marked answer to a question, of all epochs: what item statistics are made of."""

    order: Order
    version: str
    """Hash of the version that it was given in."""
    correct: bool
    """By the key of its day: a corrected key changes nothing of what is told of the old one."""
    picks: tuple[str, ...] = ()
    """Ids of the choices picked, in the order of the question; questions of choice only."""


class LessonState(Record):
    """What the events say of one lesson, by stable keys."""

    epoch: Order | None = None
    """The latest lesson.reset: older views, answers, claims and positions count no longer."""
    latest: Order | None = None
    """Watermark: the latest event that was folded."""
    viewed: Mapping[str, int] = {}
    """Block key to its first view, ms."""
    answered: Mapping[str, int] = {}
    """Question key to its first answer, ms."""
    claimed: int | None = None
    """First lesson.completed, ms."""
    waived: int | None = None
    """First completion.waived: the lesson counts as completed from then on, ms."""
    watched: Mapping[str, tuple[Span, ...]] = {}
    """Block key to what was played of its recording, in seconds: disjoint, ascending."""
    spans: Mapping[str, tuple[Span, ...]] = {}
    """Block key to when it was looked at: disjoint, ascending; of all epochs."""
    attempts: Mapping[str, Attempt] = {}
    """Of all epochs: what was handed in stays."""
    reports: Mapping[str, Report] = {}
    """Question key to the last question.flagged; of all epochs."""
    firsts: Mapping[str, First] = {}
    """Question key to the first marked answer; of all epochs."""
    position: Position | None = None

    def counts(self, stored: Stored) -> bool:
        """Return whether an event is of the present epoch."""
        return self.epoch is None or stored.order > self.epoch


def take(lesson: LessonState, stored: Stored, facts: LessonFacts) -> LessonState:
    """Return the state with one event of LESSON_TYPES taken in."""
    after = _RULES[stored.event.type](lesson, stored, facts)
    if stored.event.type in MOVING_TYPES and after.counts(stored):
        after = replace(after, position=latest(after.position, position_of(stored, facts)))
    return replace(after, latest=max(after.latest or stored.order, stored.order))


def position_of(stored: Stored, facts: LessonFacts) -> Position:
    """Return where an event says that the learner is."""
    block = facts.blocks.get(stored.event.block or "") or question_key(stored, facts)
    return Position(order=stored.order, lesson=facts.key, block=block)


# ---------------------------------------------------------------- rules


def _noted(lesson: LessonState, stored: Stored, facts: LessonFacts) -> LessonState:
    """Take in that there was something, and nothing of it."""
    del stored, facts
    return lesson


def _block_viewed(lesson: LessonState, stored: Stored, facts: LessonFacts) -> LessonState:
    key = facts.blocks.get(stored.event.block or "")
    if key is None:
        return lesson
    lesson = replace(lesson, spans=_with_span(lesson.spans, key, stored))
    if not lesson.counts(stored):
        return lesson
    return replace(lesson, viewed=_with_moment(lesson.viewed, key, stored))


def _media_progressed(lesson: LessonState, stored: Stored, facts: LessonFacts) -> LessonState:
    """Take in what was played, in whole seconds, so that rounding leaves no gaps."""
    key = facts.blocks.get(stored.event.block or "")
    if key is None:
        return lesson
    lesson = replace(lesson, spans=_with_span(lesson.spans, key, stored))
    if not lesson.counts(stored):
        return lesson
    played = [(floor(start), ceil(end)) for start, end in stored.event.body["played"]]
    forwards = [span for span in played if span[0] < span[1]]
    return replace(
        lesson,
        watched={**lesson.watched, key: merged((*lesson.watched.get(key, ()), *forwards))},
    )


def _question_answered(lesson: LessonState, stored: Stored, facts: LessonFacts) -> LessonState:
    key = question_key(stored, facts)
    if key is None:
        return lesson
    lesson = replace(lesson, spans=_with_span(lesson.spans, key, stored))
    if lesson.counts(stored):
        lesson = replace(
            lesson,
            answered=_with_moment(lesson.answered, key, stored),
            viewed=_with_moment(lesson.viewed, key, stored),
        )
    if stored.mark is None:
        return lesson
    answer = Answer(
        order=stored.order, place=stored.place, score=stored.mark.score, correct=stored.mark.correct
    )
    lesson = replace(lesson, firsts=_with_first(lesson.firsts, key, stored, facts))
    attempt_id = attempt_of(stored)
    attempt = lesson.attempts.get(attempt_id, Attempt())
    answers = {**attempt.answers, key: contenders((*attempt.answers.get(key, ()), answer))}
    attempt = replace(attempt, answers=answers)
    return replace(lesson, attempts={**lesson.attempts, attempt_id: attempt})


def _lesson_completed(lesson: LessonState, stored: Stored, facts: LessonFacts) -> LessonState:
    del facts
    if not lesson.counts(stored):
        return lesson
    return replace(lesson, claimed=earliest(lesson.claimed, stored.effective))


def _lesson_reset(lesson: LessonState, stored: Stored, facts: LessonFacts) -> LessonState:
    """Begin an epoch; right where nothing later was folded yet."""
    del facts
    if not lesson.counts(stored):
        return lesson
    return replace(
        lesson,
        epoch=stored.order,
        viewed={},
        answered={},
        claimed=None,
        watched={},
        position=None,
    )


def _question_flagged(lesson: LessonState, stored: Stored, facts: LessonFacts) -> LessonState:
    key = question_key(stored, facts)
    known = lesson.reports.get(key or "")
    if key is None or (known is not None and known.order >= stored.order):
        return lesson
    body = stored.event.body
    report = Report(order=stored.order, reason=body["reason"], text=body.get("text"))
    return replace(lesson, reports={**lesson.reports, key: report})


LessonRule: TypeAlias = Callable[[LessonState, Stored, LessonFacts], LessonState]
MOVING_TYPES = frozenset(
    {
        "lesson.started",
        "position.moved",
        "block.viewed",
        "media.progressed",
        "question.answered",
        "hint.used",
        "attempt.started",
        "attempt.submitted",
        "lesson.completed",
    }
)
"""Types that say where in a course the learner is."""
_RULES: dict[str, LessonRule] = {
    **dict.fromkeys(MOVING_TYPES, _noted),
    "card.reviewed": _noted,
    "block.viewed": _block_viewed,
    "media.progressed": _media_progressed,
    "question.answered": _question_answered,
    "lesson.completed": _lesson_completed,
    "lesson.reset": _lesson_reset,
    "question.flagged": _question_flagged,
}
LESSON_TYPES = frozenset(_RULES)
"""Types that are folded into a lesson by `take`."""


def attempt_of(stored: Stored) -> str:
    """Return the attempt that an answer belongs to; answers without one share the attempt ''."""
    attempt = stored.event.body.get("attempt")
    return attempt.lower() if isinstance(attempt, str) else ""


def question_key(stored: Stored, facts: LessonFacts) -> str | None:
    """Return the key of the question that an event is about."""
    question = facts.questions.get(stored.event.question or "")
    return question.key if question else None


def span_of(stored: Stored) -> Span | None:
    """Return the time that an event says was spent, up to its moment, in ms."""
    seconds = min(stored.event.body.get("seconds") or 0, BLOCK_CAP_SECONDS)
    if seconds <= 0:
        return None
    return (stored.effective - round(seconds * 1000), stored.effective)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the union of spans: disjoint, ascending."""
    union: list[Span] = []
    for start, end in sorted(spans):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((start, end))
    return tuple(union)


T = TypeVar("T", int, float)


def earliest(known: T | None, new: T) -> T:
    """Return the smaller one."""
    return new if known is None else min(known, new)


def latest(known: Position | None, new: Position) -> Position:
    """Return the later one in total order."""
    return new if known is None or new.order > known.order else known


def _with_span(
    spans: Mapping[str, tuple[Span, ...]], key: str, stored: Stored
) -> Mapping[str, tuple[Span, ...]]:
    span = span_of(stored)
    return spans if span is None else {**spans, key: merged((*spans.get(key, ()), span))}


def _with_moment(moments: Mapping[str, int], key: str, stored: Stored) -> Mapping[str, int]:
    return {**moments, key: earliest(moments.get(key), stored.effective)}


def _with_first(
    firsts: Mapping[str, First], key: str, stored: Stored, facts: LessonFacts
) -> Mapping[str, First]:
    known = firsts.get(key)
    if stored.mark is None or (known is not None and known.order <= stored.order):
        return firsts
    question = facts.questions[stored.event.question or ""]
    picked = frozenset(stored.event.body.get("choiceIds") or ())
    first = First(
        order=stored.order,
        version=stored.event.version or "",
        correct=stored.mark.correct,
        picks=tuple(choice for choice in question.choices if choice in picked),
    )
    return {**firsts, key: first}
