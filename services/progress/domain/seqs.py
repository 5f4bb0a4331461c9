"""Which sequence numbers of a device have arrived, as ranges, and which are missing."""

from collections.abc import Iterable
from typing import TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Disjoint, ascending, both ends included: ((1, 4), (6, 6))."""

MOST_MISSING = 1_000


def add(ranges: Ranges, seqs: Iterable[int]) -> Ranges:
    """Return the ranges with more numbers in them."""
    union: list[tuple[int, int]] = []
    for low, high in sorted([*ranges, *((seq, seq) for seq in seqs)]):
        if union and low <= union[-1][1] + 1:
            union[-1] = (union[-1][0], max(high, union[-1][1]))
        else:
            union.append((low, high))
    return tuple(union)


def missing(ranges: Ranges) -> tuple[int, ...]:
    """Return the numbers from 1 to the highest that are in no range: the first 1,000."""
    gaps: list[int] = []
    expected = 1
    for low, high in ranges:
        room = MOST_MISSING - len(gaps)
        if room <= 0:
            break
        gaps.extend(range(expected, min(low, expected + room)))
        expected = high + 1
    return tuple(gaps)
