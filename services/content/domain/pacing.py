"""Cutting a long run of cards into lessons of 2 to 5 minutes, where it hurts least."""

from collections.abc import Sequence
from itertools import accumulate

from services.content.domain.course import AnyBlock, Lesson
from services.content.domain.estimate import exact_minutes
from services.kit.records import Record

SHORT, LONG = 2.0, 5.0
"""Minutes of a lesson that is not too short and not too long."""
MANY, MAX_CARDS = 30, 60
"""Cards that are many, and that no lesson has more of."""
_TOO_LONG = 4.0
"""How much worse a minute too long is than one too short."""
_A_LESSON = 0.2
"""What each lesson more costs, so that none is cut off without need."""
NEVER = 30.0
"""The price of a cut between what belongs together."""


class Card(Record):
    """What is not cut apart: its minutes, and the price of beginning a lesson with it."""

    minutes: float
    price: float = 0.0


def cut(cards: Sequence[Card]) -> tuple[range, ...]:
    """Return the indexes of each lesson's cards, in order: the cheapest way of cutting."""
    until = [0.0, *accumulate(card.minutes for card in cards)]
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(cards) + 1):
        best.append(min(_ways(cards, until, best, end)))
    ranges: list[range] = []
    end = len(cards)
    while end:
        start = best[end][1]
        ranges.append(range(start, end))
        end = start
    return tuple(reversed(ranges))


def minutes_of(blocks: Sequence[AnyBlock], *, language: str) -> float:
    """Return how long blocks take."""
    lesson = Lesson(key="", title={}, blocks=tuple(blocks))
    return exact_minutes(lesson, language=language)


def _ways(
    cards: Sequence[Card], until: Sequence[float], best: Sequence[tuple[float, int]], end: int
) -> list[tuple[float, int]]:
    """Return the price of each last lesson that ends before `end`, with where it starts."""
    ways = []
    for start in range(end - 1, max(-1, end - 1 - MAX_CARDS), -1):
        minutes = until[end] - until[start]
        price = best[start][0] + (cards[start].price if start else 0.0)
        ways.append((price + _A_LESSON + _badness(minutes, end - start), start))
        if minutes > LONG * 4:
            break
    return ways


def _badness(minutes: float, cards: int) -> float:
    """Return how much is wrong with the size of a lesson."""
    many = max(0, cards - MANY) / 10
    if minutes < SHORT:
        return (SHORT - minutes) ** 2 + many**2
    return _TOO_LONG * max(0.0, minutes - LONG) ** 2 + many**2
