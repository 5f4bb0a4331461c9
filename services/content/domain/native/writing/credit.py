"""Partial credit as it is written: points behind items, `~` lines, and bounds in braces."""

from collections.abc import Mapping

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
from services.content.domain.native.writing.items import number
from services.kit.records import Record

Response = tuple[str, ...]


class Credit(Record):
    """What each part of a question says of the points that a response earns."""

    braces: tuple[str, ...] = ()
    """Of the heading."""
    points: Mapping[Response, float] = {}
    """Behind the items, by the response that each stands for."""
    lines: tuple[str, ...] = ()
    """Below what is asked."""


def write_credit(question: AnyQuestion) -> Credit:
    """Return the partial credit of a question: reading puts `~` lines before the items' points."""
    mapping = question.mapping
    if mapping is None:
        return Credit()
    places = {response: place for place, response in enumerate(_items(question))}
    own = len(mapping.entries)
    following = len(places)
    while own and _place(mapping.entries[own - 1], places) < following:
        own -= 1
        following = _place(mapping.entries[own], places)
    return Credit(
        braces=_bounds(mapping),
        points={entry.response: entry.points for entry in mapping.entries[own:]},
        lines=tuple(_line(entry) for entry in mapping.entries[:own]),
    )


def _place(entry: MapEntry, places: Mapping[Response, int]) -> int:
    """Return which item may say an entry, or one too many where none may."""
    return len(places) if entry.case_sensitive else places.get(entry.response, len(places))


def _items(question: AnyQuestion) -> list[Response]:
    """Return the responses that items stand for, in the order of the items."""
    match question:
        case ChoiceQuestion(options=options):
            return [(option.key,) for option in options]
        case OrderQuestion(choices=choices):
            return [(choice.key, str(place)) for place, choice in enumerate(choices, start=1)]
        case MatchQuestion(pairs=pairs):
            return [(source, target) for source, target in pairs]
        case GapQuestion(gaps=gaps):
            return [(gap.key, option.key) for gap in gaps for option in gap.options]
        case TextEntryQuestion() | NumericQuestion():
            return []


def _bounds(mapping: PointMap) -> tuple[str, ...]:
    """Return the rest of a mapping; without entries one bound has to say that there is one."""
    says = [f"default={number(mapping.default)}"] if mapping.default else []
    if mapping.lower is None:
        says.append("lower=none")
    elif mapping.lower or not (mapping.entries or says or mapping.upper is not None):
        says.append(f"lower={number(mapping.lower)}")
    if mapping.upper is not None:
        says.append(f"upper={number(mapping.upper)}")
    return tuple(says)


def _line(entry: MapEntry) -> str:
    mark = "==" if entry.case_sensitive else "="
    return f"~ {number(entry.points)} {mark} {' => '.join(entry.response)}"
