"""How old the numbers of a log are, to thirty days: so long phones are told of what is gone."""

from typing import TypeAlias

from services.progress.domain.event import DAY_MS

Ages: TypeAlias = tuple[tuple[int, int], ...]
"""(span of thirty days since 1970, first number of the log in it), ascending."""

SPAN_MS = 30 * DAY_MS
TOLD_MS = 180 * DAY_MS
"""For how long a tombstone is told, at least."""
KEPT = 9
"""Spans that are remembered: those of 180 days, and some that are older."""


def aged(ages: Ages, n: int, received: int) -> Ages:
    """Return the ages with a document of the log taken in."""
    span = received // SPAN_MS
    if ages and span <= ages[-1][0]:
        return ages
    return (*ages, (span, n))[-KEPT:]


def oldest_told(ages: Ages, *, through: int, now: int) -> int:
    """Return the lowest number of the log whose tombstones are still told; 0: all are."""
    first = (now - TOLD_MS) // SPAN_MS
    if not ages or ages[0][0] >= first:
        return 0
    return next((n for span, n in ages if span >= first), through + 1)
