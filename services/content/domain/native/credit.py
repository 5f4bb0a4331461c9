"""Partial credit: what values of a response earn, from `~` lines and the heading's bounds."""

import math

from services.content.domain.course import (
    AnyQuestion,
    Choice,
    ChoiceQuestion,
    GapQuestion,
    MapEntry,
    MatchQuestion,
    NumericQuestion,
    OrderQuestion,
    PointMap,
    TextEntryQuestion,
)
from services.content.domain.native.lists import split_mark
from services.content.domain.native.pieces import Asked, Card, Worth
from services.content.domain.native.scope import Scope
from services.content.domain.native.sides import Sides

BOUNDS = ("default", "lower", "upper")
"""Attributes of a heading that say the rest of a mapping."""
_NONE = "none"


def build_mapping(
    scope: Scope, card: Card, question: AnyQuestion, asked: Sides[Asked]
) -> PointMap | None:
    """Return what a response earns where the card says it, or None: all or nothing.

    `~` lines come first, in all languages, then the points in the question's own items.
    """
    entries: dict[tuple[str, ...], MapEntry] = {}
    for tag, side in asked.by_locale.items():
        for worth in side.worths:
            entry = _entry(scope, worth, question, asked.files[tag])
            if entry is not None:
                entries.setdefault((*entry.response, str(entry.case_sensitive)), entry)
    own = () if question.mapping is None else question.mapping.entries
    given = {name: card.attributes.get(name) for name in BOUNDS}
    if not entries and not own and not any(given.values()):
        return None
    at = (asked.file, card.line)
    default, lower, upper = (_limit(scope, given[name], at) for name in BOUNDS)
    return PointMap(
        entries=(*entries.values(), *own),
        default=default or 0.0,
        lower=0.0 if given["lower"] is None else lower,
        upper=upper,
    )


def _limit(scope: Scope, text: str | None, at: tuple[str, int]) -> float | None:
    return None if text in {None, _NONE} else scope.points(str(text), at=at, negative=True)


def _entry(scope: Scope, worth: Worth, question: AnyQuestion, file: str) -> MapEntry | None:
    at = (file, worth.line)
    response = _response(worth.value, question)
    if response is None:
        scope.report.add(*at, f"`{worth.value}` is no response to this question: {_form(question)}")
        return None
    points = scope.points(worth.points, at=at, negative=True)
    return MapEntry(response=response, points=points, case_sensitive=worth.case_sensitive)


def _form(question: AnyQuestion) -> str:
    match question:
        case ChoiceQuestion():
            return "write a choice by its text or key"
        case OrderQuestion():
            return "write `item => place`, places counted from 1"
        case MatchQuestion():
            return "write `source => target`"
        case GapQuestion():
            return "write `gap-1 => text`, gaps counted from 1"
        case TextEntryQuestion() | NumericQuestion():
            return "write a number" if isinstance(question, NumericQuestion) else "write a text"


def _response(value: str, question: AnyQuestion) -> tuple[str, ...] | None:
    """Return the value of a response that a line names, by keys; None where it names nothing."""
    left, right = split_mark(value, "=>")
    match question:
        case TextEntryQuestion():
            return (value,)
        case NumericQuestion():
            return (value,) if _is_number(value) else None
        case ChoiceQuestion():
            return _keys(_find(value, question.options))
        case OrderQuestion():
            places = {str(place) for place in range(1, len(question.choices) + 1)}
            return _keys(_find(left, question.choices), right if right in places else None)
        case MatchQuestion():
            return _keys(_find(left, question.sources), _find(right or "", question.targets))
        case GapQuestion():
            gap = next((gap for gap in question.gaps if gap.key == left), None)
            if gap is None:
                return None
            return _keys(gap.key, _find(right or "", gap.options) if gap.options else right)


def _keys(*keys: str | None) -> tuple[str, ...] | None:
    found = tuple(key for key in keys if key)
    return found if len(found) == len(keys) else None


def _find(name: str, choices: tuple[Choice, ...]) -> str | None:
    """Return the key of the choice that a key or a text in any language names."""
    keys = (choice.key for choice in choices if choice.key == name)
    texts = (choice.key for choice in choices if name in choice.text.values())
    return next(keys, None) or next(texts, None)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
