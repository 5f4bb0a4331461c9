"""A learner's own pace: measured time against what was estimated."""

from collections.abc import Iterable

SLOWEST = 2.0
FASTEST = 0.5
"""Bounds of a pace: beyond them time was measured that was no learning, or none was."""
LESSONS = 3
"""Completed lessons with time in them from which there is a pace."""


def pace_of(lessons: Iterable[tuple[float, int]]) -> float:
    """Return how long a learner takes against the estimate, 1.0 where there is too little to tell.

    `lessons` are the seconds spent and the minutes estimated of each completed lesson.
    """
    told = [(seconds, minutes) for seconds, minutes in lessons if seconds > 0 and minutes > 0]
    if len(told) < LESSONS:
        return 1.0
    ratio = sum(seconds for seconds, _ in told) / sum(60 * minutes for _, minutes in told)
    return min(max(ratio, FASTEST), SLOWEST)
