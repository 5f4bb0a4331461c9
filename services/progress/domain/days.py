"""Study days: on which days the learner learned, and for how long.

The time of a day is the union of what its events say, over all devices. Only the latest days keep
the stretches that it is made of, so that years stay small; an event of an older day that was folded
already needs the events of that day again (see `stale_days`).
"""

from collections.abc import Iterable

from services.kit.records import Record
from services.progress.domain.calendar import day_of
from services.progress.domain.lesson import Span, merged, span_of
from services.progress.domain.stored import Stored

STUDY_TYPES = frozenset(
    {
        "block.viewed",
        "media.progressed",
        "question.answered",
        "attempt.submitted",
        "lesson.completed",
        "card.reviewed",
    }
)
"""Types that are learning: one of them makes a study day."""
OPEN = 3
"""The latest study days that keep their stretches."""


class Day(Record, array_like=True):
    """A study day."""

    day: int
    millis: int
    """Time spent."""
    first: tuple[int, int]
    """When it was begun, ms, and minutes east of UTC there."""
    last: tuple[int, int]
    """When it was ended, ms, and minutes east of UTC there."""


class DaysState(Record):
    """The study days of a learner."""

    days: tuple[Day, ...] = ()
    """Ascending."""
    spans: tuple[tuple[int, tuple[Span, ...]], ...] = ()
    """Of the latest OPEN days, ascending: when was learned, disjoint, ascending, ms."""


def fold_days(
    state: DaysState, events: Iterable[Stored], *, history: Iterable[Stored] = ()
) -> DaysState:
    """Return the state with events taken in.

    `history`, needed where `stale_days` names any, holds all events of the learner.
    """
    studied = _by_day(events)
    days = {one.day: one for one in state.days}
    spans = dict(state.spans)
    if stale := stale_days(state, studied):
        everything = _by_day(history)
        for day in stale:
            del days[day]
            studied[day] = everything[day]
    for day, found in studied.items():
        spans[day] = merged((*spans.get(day, ()), *filter(None, map(span_of, found))))
        moments = [(one.effective, one.event.tz or 0) for one in found]
        if day in days:
            moments += [days[day].first, days[day].last]
        millis = sum(end - start for start, end in spans[day])
        days[day] = Day(day=day, millis=millis, first=min(moments), last=max(moments))
    kept = sorted(days)
    return DaysState(
        days=tuple(days[day] for day in kept),
        spans=tuple((day, spans[day]) for day in kept[-OPEN:]),
    )


def stale_days(state: DaysState, days: Iterable[int]) -> frozenset[int]:
    """Return which of the days with new events must be folded again from all of theirs."""
    closed = {one.day for one in state.days} - {day for day, _ in state.spans}
    return frozenset(closed & set(days))


def days_in(events: Iterable[Stored]) -> frozenset[int]:
    """Return the days on which something was learned."""
    return frozenset(_by_day(events))


def _by_day(events: Iterable[Stored]) -> dict[int, list[Stored]]:
    found: dict[int, list[Stored]] = {}
    for stored in events:
        if stored.event.type in STUDY_TYPES:
            found.setdefault(day_of(stored), []).append(stored)
    return found
