"""Points: all or nothing, or by a mapping as QTI's map_response, and the bounds that follow."""

import math
from collections.abc import Sequence
from typing import TypeAlias

from services.content.domain.course import (
    AnyQuestion,
    ChoiceQuestion,
    GapQuestion,
    MapEntry,
    MatchQuestion,
    NumericQuestion,
    OrderQuestion,
    PointMap,
    TextEntryQuestion,
)
from services.content.domain.typed import fold, is_near

Value: TypeAlias = tuple[str, ...]
"""One response value, as `MapEntry.response` names it."""


def score(question: AnyQuestion, values: Sequence[Value], *, correct: bool) -> float:
    """Return the points of a response; a text left empty is no value at all."""
    mapping = question.mapping
    if mapping is None:
        return question.points if correct else 0.0
    given = [value for value in values if value[-1]]
    entries = [_entry(question, mapping, value) for value in given]
    named = {id(entry): entry.points for entry in entries if entry is not None}
    others = {value for value, entry in zip(given, entries, strict=True) if entry is None}
    return _held(math.fsum(named.values()) + len(others) * mapping.default, mapping)


def bounds(question: AnyQuestion) -> tuple[float, float]:
    """Return the lowest and the highest score that a question can give."""
    mapping = question.mapping
    if mapping is None:
        return 0.0, question.points
    none = () if isinstance(question, OrderQuestion) else (0.0,)
    worths = [(*none, *worth) for worth in _worths(question, mapping)]
    low = math.fsum(min(worth) for worth in worths)
    high = math.fsum(max(worth) for worth in worths)
    return _held(low, mapping), _held(high, mapping)


def worth(question: AnyQuestion, value: Value) -> float:
    """Return the points of one response value by the question's mapping; 0 without one."""
    if question.mapping is None:
        return 0.0
    entry = _entry(question, question.mapping, value)
    return question.mapping.default if entry is None else entry.points


def _entry(question: AnyQuestion, mapping: PointMap, value: Value) -> MapEntry | None:
    """Return the first entry that names a value, texts and numbers as `typed` compares them."""
    typed = _is_typed(question, value)
    for entry in mapping.entries:
        if isinstance(question, NumericQuestion):
            same = is_near(float(entry.response[0]), float(value[0]))
        elif typed:
            sides = (entry.response[-1], value[-1])
            ours, theirs = (fold(text, case_sensitive=entry.case_sensitive) for text in sides)
            same = ours == theirs and entry.response[:-1] == value[:-1]
        else:
            same = entry.response == value
        if same:
            return entry
    return None


def _is_typed(question: AnyQuestion, value: Value) -> bool:
    if isinstance(question, GapQuestion):
        return any(gap.key == value[0] and not gap.options for gap in question.gaps)
    return isinstance(question, TextEntryQuestion)


def _worths(question: AnyQuestion, mapping: PointMap) -> list[list[float]]:
    """Return what each independent part of a response may be worth when it is given."""
    match question:
        case ChoiceQuestion():
            each = [[_worth(mapping, (option.key,))] for option in question.options]
            return each if question.multiple else [[points for (points,) in each]]
        case MatchQuestion():
            pairs = [
                (left.key, right.key) for left in question.sources for right in question.targets
            ]
            return [[_worth(mapping, pair)] for pair in pairs]
        case OrderQuestion():
            places = [str(place) for place in range(1, len(question.choices) + 1)]
            return [
                [_worth(mapping, (choice.key, place)) for choice in question.choices]
                for place in places
            ]
        case GapQuestion():
            return [_gap_worth(mapping, gap.key) for gap in question.gaps]
        case _:
            return [[mapping.default, *(entry.points for entry in mapping.entries)]]


def _gap_worth(mapping: PointMap, gap: str) -> list[float]:
    return [mapping.default, *(e.points for e in mapping.entries if e.response[0] == gap)]


def _worth(mapping: PointMap, value: Value) -> float:
    return next((e.points for e in mapping.entries if e.response == value), mapping.default)


def _held(total: float, mapping: PointMap) -> float:
    """Return a total held between the bounds of its mapping."""
    if mapping.lower is not None:
        total = max(total, mapping.lower)
    return total if mapping.upper is None else min(total, mapping.upper)
