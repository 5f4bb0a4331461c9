"""A small reader of QTI 2.2 and 3.0 items: their interactions as questions, their score as a sum.

It reads items whose score follows from right answers and mappings. What computes otherwise has no
place in the model: `Unplaced` names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from services.content.domain.course import (
    AnyQuestion,
    Choice,
    ChoiceQuestion,
    Gap,
    GapQuestion,
    MapEntry,
    MatchQuestion,
    NumericQuestion,
    Option,
    OrderQuestion,
    PointMap,
    TextEntryQuestion,
)
from services.content.domain.grading import Response, mark

PLACED = {"choice", "order", "match", "textEntry", "inlineChoice", "gapMatch"}
"""Interactions that the model has."""
_PROMPT = {"en": "?"}


class Unplaced(Exception):
    """The item has no place in the model, and why."""


@dataclass
class Declared:
    """One response variable, with what the body and the processing say of it."""

    name: str
    cardinality: str
    base_type: str
    interaction: Element | None
    right: tuple[str, ...] = ()
    mapping: PointMap | None = None
    points: float | None = None
    mapped: bool = False
    tolerance: float = 0.0
    places: dict[tuple[str, str], float] = field(default_factory=dict)


@dataclass
class Item:
    """An item: questions with the variables that answer them."""

    parts: list[tuple[Declared, AnyQuestion]]

    def score(self, responses: Mapping[str, Any]) -> float:
        """Return the points of all parts; an answer that is none earns nothing."""
        marks = (mark(question, _respond(own, question, responses)) for own, question in self.parts)
        return sum(found.score for found in marks if found is not None)

    def is_right(self, responses: Mapping[str, Any]) -> bool:
        """Return whether every part is wholly right."""
        marks = [mark(question, _respond(own, question, responses)) for own, question in self.parts]
        return all(found is not None and found.correct for found in marks)


def read_item(text: bytes, *, values: Mapping[str, set[str]]) -> Item:
    """Return an item; `values` are answers that its cases give, for bodies that show no choices."""
    root = _plain(fromstring(text))
    body = root.find("itemBody")
    shown = {each.get("responseIdentifier"): each for each in body.iter()} if body else {}
    declared = {}
    for each in root.findall("responseDeclaration"):
        name = each.get("identifier", "")
        declared[name] = _declared(each, shown.get(name))
    if root.find("templateProcessing") is not None:
        raise Unplaced("the question is made anew by templateProcessing")
    for tag in ("responseProcessing", "outcomeProcessing"):
        processing = root.find(tag)
        if processing is not None:
            _process(processing, declared)
    used = [own for own in declared.values() if own.mapped or own.points is not None or own.places]
    if not used:
        raise Unplaced("nothing is scored")
    return Item([(own, _question(own, values.get(own.name, set()))) for own in used])


def _plain(root: Element) -> Element:
    """Return a tree in QTI 2 names, without namespaces: 3.0 is the same model with hyphens."""
    for each in root.iter():
        if isinstance(each.tag, str):
            each.tag = _camel(each.tag.rpartition("}")[2].removeprefix("qti-"))
        for name in list(each.attrib):
            each.attrib[_camel(name)] = each.attrib.pop(name)
    return root


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(word.capitalize() for word in rest)


# ---------------------------------------------------------------- declarations


def _declared(node: Element, interaction: Element | None) -> Declared:
    mapping = node.find("mapping")
    if node.find("areaMapping") is not None:
        raise Unplaced("points in a picture")
    own = Declared(
        name=node.get("identifier", ""),
        cardinality=node.get("cardinality", "single"),
        base_type=node.get("baseType", "identifier"),
        interaction=interaction,
        right=tuple(value.text or "" for value in node.findall("correctResponse/value")),
    )
    kind = "" if interaction is None else interaction.tag.removesuffix("Interaction")
    if kind and kind not in PLACED:
        raise Unplaced(f"{kind} interaction")
    if own.base_type in {"pair", "point", "file", "duration", "boolean", "uri"}:
        raise Unplaced(f"base type {own.base_type}")
    if mapping is not None:
        own.mapping = _mapping(mapping, own)
    return own


def _mapping(node: Element, own: Declared) -> PointMap:
    default = node.get("caseSensitive", "true")
    entries = tuple(
        MapEntry(
            response=_value(own, entry.get("mapKey", "")),
            points=float(entry.get("mappedValue", "0")),
            case_sensitive=entry.get("caseSensitive", default) == "true",
        )
        for entry in node.findall("mapEntry")
    )
    bounds = {name: node.get(f"{name}Bound") for name in ("lower", "upper")}
    return PointMap(
        entries=entries,
        default=float(node.get("defaultValue", "0")),
        **{name: float(text) for name, text in bounds.items() if text is not None},
    )


def _value(own: Declared, text: str) -> tuple[str, ...]:
    """Return a value as a mapping names it; a gap match pairs the other way round."""
    if own.base_type != "directedPair":
        return (text,)
    pair = tuple(text.split())
    return pair[::-1] if _kind(own) == "gapMatch" else pair


def _kind(own: Declared) -> str:
    """Return the interaction; where the body shows none, the one that its declaration fits."""
    if own.interaction is not None:
        return own.interaction.tag.removesuffix("Interaction")
    if own.base_type == "directedPair":
        return "match"
    if own.base_type == "identifier":
        return "order" if own.cardinality == "ordered" else "choice"
    return "textEntry"


# ---------------------------------------------------------------- processing


def _process(processing: Element, declared: dict[str, Declared]) -> None:
    template = (processing.get("template") or "").rpartition("/")[2].removesuffix(".xml")
    if template in {"match_correct", "CC2_match"}:
        for own in declared.values():
            own.points = 1.0
    elif template in {"map_response", "CC2_map_response"}:
        for own in declared.values():
            own.mapped = True
    elif template:
        raise Unplaced(f"template {template}")
    for rule in processing:
        _read_rule(rule, declared)


def _read_rule(rule: Element, declared: dict[str, Declared]) -> None:
    match rule.tag:
        case "setOutcomeValue":
            _read_points(rule, declared)
        case "responseCondition" | "outcomeCondition":
            _read_condition(rule, declared)
        case _:
            raise Unplaced(f"{rule.tag} in processing")


def _read_points(rule: Element, declared: dict[str, Declared]) -> None:
    """Read a score that is set without a condition: a mapping, or the 0 to begin with."""
    if rule.get("identifier") != "SCORE":
        return
    expression = _added(rule[0])
    if expression.tag == "mapResponse":
        declared[expression.get("identifier", "")].mapped = True
    elif _constant(expression) != 0:
        raise Unplaced(f"the score is computed by {expression.tag}")


def _read_condition(rule: Element, declared: dict[str, Declared]) -> None:
    for branch in rule:
        if branch.tag.endswith("Else"):
            for inner in branch:
                _read_points(inner, declared)
            continue
        condition, *actions = branch
        earned = [_added(action[0]) for action in actions if _scores(action)]
        if len(earned) > 1 or branch.tag.endswith("ElseIf"):
            raise Unplaced("a condition with several outcomes")
        for expression in earned:
            if expression.tag == "mapResponse" and _is_given(condition, expression):
                declared[expression.get("identifier", "")].mapped = True
            else:
                _read_case(condition, _constant(expression), declared)


def _read_case(condition: Element, points: float, declared: dict[str, Declared]) -> None:
    """Read what a condition on the response earns."""
    if condition.tag == "isNull" and points == 0:
        return
    if condition.tag not in {"match", "equal"} or len(condition) != 2:
        raise Unplaced(f"a condition by {condition.tag}")
    left, right = condition
    if left.tag == "baseValue":
        left, right = right, left
    if left.tag == "index" and right.tag == "baseValue":
        ordered = declared[left[0].get("identifier", "")]
        ordered.places[(right.text or "", left.get("n", ""))] = points
        return
    own = declared.get(left.get("identifier", "")) if left.tag == "variable" else None
    if own is None or right.tag not in {"correct", "baseValue"}:
        raise Unplaced(f"a comparison of {left.tag} with {right.tag}")
    if right.tag == "baseValue":
        own.right = (right.text or "",)
    own.points = points
    if condition.get("toleranceMode", "exact") != "exact":
        _widen(own, condition)


def _widen(own: Declared, condition: Element) -> None:
    """Take in a tolerance; where its sides differ, as one about the middle."""
    number = float(own.right[0])
    below, *above = (float(text) for text in condition.get("tolerance", "0").split())
    high = above[0] if above else below
    if condition.get("toleranceMode") == "relative":
        below, high = (abs(number) * share / 100 for share in (below, high))
    own.right = (repr(number + (high - below) / 2),)
    own.tolerance = (below + high) / 2


def _is_given(condition: Element, expression: Element) -> bool:
    """Return whether a condition says no more than that there is something to map."""
    inner = condition[0] if condition.tag == "not" else condition
    said = condition.tag == "isNotNull" or (condition.tag == "not" and inner.tag == "isNull")
    return said and inner[0].get("identifier") == expression.get("identifier")


def _scores(action: Element) -> bool:
    if action.tag != "setOutcomeValue":
        raise Unplaced(f"{action.tag} in a condition")
    return action.get("identifier") == "SCORE"


def _added(expression: Element) -> Element:
    """Return what is added where a score is the score so far and something more."""
    parts = list(expression)
    if expression.tag == "sum" and len(parts) == 2 and parts[0].get("identifier") == "SCORE":
        return parts[1]
    return expression


def _constant(expression: Element) -> float:
    if expression.tag != "baseValue":
        raise Unplaced(f"the score is computed by {expression.tag}")
    return float(expression.text or "0")


# ---------------------------------------------------------------- questions and responses


def _question(own: Declared, values: set[str]) -> AnyQuestion:
    """Return the question that a variable answers, with its points."""
    shared: dict[str, Any] = {"prompt": _PROMPT, "points": own.points or 0.0}
    if own.mapped:
        shared["mapping"] = own.mapping or PointMap(entries=())
    match _kind(own):
        case "choice" | "inlineChoice":
            options = tuple(
                Option(key=key, text=_PROMPT, correct=key in own.right)
                for key in _shown(own, values, "simpleChoice", "inlineChoice")
            )
            multiple = own.cardinality == "multiple"
            return ChoiceQuestion(options=options, multiple=multiple, **shared)
        case "order":
            return _order(own, values, shared)
        case "match":
            pairs = tuple((a, b) for a, b in (_value(own, text) for text in own.right))
            sources, targets = _sides(own, values)
            return MatchQuestion(sources=sources, targets=targets, pairs=pairs, **shared)
        case "gapMatch":
            return _gaps(own, shared)
        case _ if own.base_type in {"float", "integer"}:
            if not own.right:
                raise Unplaced("a number without a right one")
            return NumericQuestion(number=float(own.right[0]), tolerance=own.tolerance, **shared)
        case _:
            return TextEntryQuestion(accepted=own.right, case_sensitive=True, **shared)


def _order(own: Declared, values: set[str], shared: dict[str, Any]) -> OrderQuestion:
    keys = _shown(own, values, "simpleChoice")
    right = own.right or tuple(key for key, _ in sorted(own.places, key=lambda at: int(at[1])))
    if own.places:
        entries = tuple(MapEntry(response=at, points=points) for at, points in own.places.items())
        shared["mapping"] = PointMap(entries=entries)
    ordered = sorted(keys, key=lambda key: right.index(key) if key in right else len(right))
    return OrderQuestion(choices=_choices(ordered), **shared)


def _gaps(own: Declared, shared: dict[str, Any]) -> GapQuestion:
    assert own.interaction is not None
    texts = [each.get("identifier", "") for each in own.interaction.iter("gapText")]
    right = {_value(own, text) for text in own.right}
    gaps = tuple(
        Gap(
            key=gap.get("identifier", ""),
            options=tuple(
                Option(key=text, text=_PROMPT, correct=(gap.get("identifier"), text) in right)
                for text in texts
            ),
        )
        for gap in own.interaction.iter("gap")
    )
    return GapQuestion(text=_PROMPT, gaps=gaps, **shared)


def _sides(own: Declared, values: set[str]) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    if own.interaction is not None:
        both = [
            [each.get("identifier", "") for each in side]
            for side in own.interaction.findall("simpleMatchSet")
        ]
    else:
        pairs = [entry.response for entry in own.mapping.entries] if own.mapping else []
        pairs += [_value(own, text) for text in own.right]
        both = [list(dict.fromkeys(side)) for side in zip(*pairs, strict=True)]
    return _choices(both[0]), _choices(both[1])


def _shown(own: Declared, values: set[str], *tags: str) -> list[str]:
    """Return the keys to pick; without a body those that processing and cases name."""
    if own.interaction is not None:
        return [each.get("identifier", "") for each in own.interaction.iter() if each.tag in tags]
    mapped = [entry.response[0] for entry in own.mapping.entries] if own.mapping else []
    return sorted({*own.right, *mapped, *values})


def _choices(keys: list[str]) -> tuple[Choice, ...]:
    return tuple(Choice(key=key, text=_PROMPT) for key in keys)


def _respond(own: Declared, question: AnyQuestion, responses: Mapping[str, Any]) -> Response:
    """Return what a case answers; what is not answered is empty."""
    given = responses.get(own.name)
    values = [] if given is None else [str(each) for each in _listed(given)]
    match question:
        case ChoiceQuestion() | OrderQuestion():
            return Response(choices=tuple(values))
        case MatchQuestion():
            return Response(pairs=tuple((a, b) for a, b in (text.split() for text in values)))
        case GapQuestion():
            pairs = [_value(own, text) for text in values]
            filled = {pair[0]: pair[1] for pair in pairs}
            return Response(texts=tuple(filled.get(gap.key, "") for gap in question.gaps))
        case NumericQuestion():
            return Response(number=float(values[0]) if values else None)
        case TextEntryQuestion():
            return Response(texts=(values[0] if values else "",))


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]
