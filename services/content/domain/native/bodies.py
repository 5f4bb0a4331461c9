"""What makes a card a question, in all its languages, as a question of the course document.

Prompt, points, skills, hint and explanation are added by `questions`.
"""

from collections.abc import Callable, Iterable

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
    Picture,
    PointMap,
    TextEntryQuestion,
    Texts,
)
from services.content.domain.keys import Keys
from services.content.domain.native.attributes import Attributes
from services.content.domain.native.pieces import (
    Answer,
    Body,
    Card,
    Choices,
    Gaps,
    GapSource,
    Image,
    Item,
    Match,
    Number,
    Order,
)
from services.content.domain.native.scope import Scope
from services.content.domain.native.sides import Sides

MULTIPLE = "multiple"
"""The class of a heading whose question lets several be picked though one is right."""


class BodyBuilder:
    """Builds the question of one card from its body."""

    def __init__(self, scope: Scope, card: Card) -> None:
        """Keep the card; keys are unique in its question."""
        self._scope = scope
        self._card = card
        self._keys = Keys()

    def build(self, sides: Sides[Body]) -> AnyQuestion:
        """Return the question without its prompt."""
        match sides.source:
            case Choices():
                return self._choice(sides)
            case Order():
                return self._order(sides)
            case Match():
                return self._match(sides)
            case Number(number=number, tolerance=tolerance, unit=unit):
                sides.agree(_number, "the number", self._scope.report, line=_line)
                return NumericQuestion(prompt={}, number=number, tolerance=tolerance, unit=unit)
            case Answer(case_sensitive=case_sensitive):
                accepted = (text for side in sides.by_locale.values() for text in _accepted(side))
                return TextEntryQuestion(
                    prompt={},
                    accepted=tuple(dict.fromkeys(accepted)),
                    case_sensitive=case_sensitive,
                )
            case Gaps():
                return self._gaps(sides)

    def _choice(self, sides: Sides[Body]) -> ChoiceQuestion:
        sides.agree(_right, "which choices are right", self._scope.report, line=_line)
        items = sides.zip(_items, "choices", self._scope.report, line=_line)
        options = tuple(map(self._option, items))
        right = sum(option.correct for option in options)
        return ChoiceQuestion(
            prompt={},
            options=options,
            multiple=right > 1 or MULTIPLE in self._card.attributes.classes,
            mapping=_mapping(
                self._worth(item, item.source.attributes, (option.key,))
                for item, option in zip(items, options, strict=True)
            ),
        )

    def _option(self, item: Sides[Item]) -> Option:
        source = item.source
        return Option(
            key=self._key(source.attributes, source.text, item),
            text=item.texts(_text),
            correct=source.correct,
            image=self._image(item),
            feedback=self._feedback(item),
        )

    def _feedback(self, item: Sides[Item]) -> Texts | None:
        return self._scope.optional(item, lambda side: side.other, "feedback `>`", _line)

    def _image(
        self, item: Sides[Item], get: Callable[[Item], Image | None] = lambda side: side.image
    ) -> Picture | None:
        images = {tag: image for tag, s in item.by_locale.items() if (image := get(s)) is not None}
        if item.language not in images:
            return None
        return self._scope.picture(Sides(item.language, images, item.files))

    def _order(self, sides: Sides[Body]) -> OrderQuestion:
        items = sides.zip(_items, "items", self._scope.report, line=_line)
        choices = tuple(map(self._source, items))
        worths = [
            self._worth(item, item.source.attributes, (choice.key, str(place)))
            for place, (item, choice) in enumerate(zip(items, choices, strict=True), start=1)
        ]
        return OrderQuestion(prompt={}, choices=choices, mapping=_mapping(worths))

    def _worth(
        self, item: Sides[Item], attributes: Attributes, response: tuple[str, ...]
    ) -> MapEntry | None:
        """Return what a value earns where braces say `points=`."""
        text = attributes.get("points")
        if text is None:
            return None
        at = (item.file, item.source.line)
        return MapEntry(response=response, points=self._scope.points(text, at=at, negative=True))

    def _match(self, sides: Sides[Body]) -> MatchQuestion:
        """Return the question; a source or target that is written again is the same one."""
        items = sides.zip(_items, "pairs", self._scope.report, line=_line)
        sources: dict[str, Choice] = {}
        targets: dict[str, Choice] = {}
        pairs, worths = [], []
        for item in items:
            left, right = item.source.text, _other(item.source)
            if left and left not in sources:
                sources[left] = self._source(item)
            if right and right not in targets:
                targets[right] = self._target(item)
            if left and right:
                pair = (sources[left].key, targets[right].key)
                pairs.append(pair)
                worths.append(self._worth(item, item.source.other_attributes, pair))
        return MatchQuestion(
            prompt={},
            sources=tuple(sources.values()),
            targets=tuple(targets.values()),
            pairs=tuple(dict.fromkeys(pairs)),
            mapping=_mapping(worths),
        )

    def _source(self, item: Sides[Item]) -> Choice:
        key = self._key(item.source.attributes, item.source.text, item)
        return Choice(key=key, text=item.texts(_text), image=self._image(item))

    def _target(self, item: Sides[Item]) -> Choice:
        key = self._key(item.source.other_attributes, _other(item.source), item)
        image = self._image(item, lambda side: side.other_image)
        return Choice(key=key, text=item.texts(_other), image=image)

    def _key(self, attributes: Attributes, text: str, item: Sides[Item]) -> str:
        at = (item.file, item.source.line)
        return self._scope.key(self._keys, attributes.key, text, at=at)

    def _gaps(self, sides: Sides[Body]) -> GapQuestion:
        gaps = sides.zip(_gap_sources, "gaps", self._scope.report, line=_line)
        worths: list[MapEntry | None] = []
        return GapQuestion(
            prompt={},
            text=sides.texts(lambda side: side.text if isinstance(side, Gaps) else ""),
            gaps=tuple(self._gap(gap, index, worths) for index, gap in enumerate(gaps, start=1)),
            mapping=_mapping(worths),
        )

    def _gap(self, gap: Sides[GapSource], number: int, worths: list[MapEntry | None]) -> Gap:
        """Return a gap; its key is its number, since a key made from the answer would tell it."""
        report, what = self._scope.report, f"options of gap {number}"
        options = gap.zip(lambda side: side.options, what, report, line=lambda side: side.line)
        for option in options:
            option.agree(lambda side: side.correct, f"the star in gap {number}", report, line=_line)
        accepted = (text for side in gap.by_locale.values() for text in side.accepted)
        keys, found = Keys(), []
        for option in options:
            attributes, at = option.source.attributes, (option.file, option.source.line)
            key = self._scope.key(keys, attributes.key, option.source.text, at=at)
            worths.append(self._worth(option, attributes, (f"gap-{number}", key)))
            found.append(
                Option(
                    key=key,
                    text=option.texts(_text),
                    correct=option.source.correct,
                    feedback=self._feedback(option),
                )
            )
        return Gap(
            key=f"gap-{number}",
            accepted=tuple(dict.fromkeys(accepted)),
            options=tuple(found),
            case_sensitive=gap.source.case_sensitive,
        )


def _mapping(worths: Iterable[MapEntry | None]) -> PointMap | None:
    """Return partial credit where anything says its points; a total below 0 counts as 0."""
    entries = tuple(entry for entry in worths if entry is not None)
    return PointMap(entries=entries, lower=0.0) if entries else None


def _line(side: Body | Item) -> int:
    return side.line


def _text(side: Item) -> str:
    return side.text


def _other(side: Item) -> str:
    return side.other or ""


def _items(side: Body) -> tuple[Item, ...]:
    assert isinstance(side, Choices | Order | Match)
    return side.items


def _right(side: Body) -> list[bool]:
    return [item.correct for item in _items(side)]


def _number(side: Body) -> tuple[float, float] | None:
    return (side.number, side.tolerance) if isinstance(side, Number) else None


def _accepted(side: Body) -> tuple[str, ...]:
    return side.accepted if isinstance(side, Answer) else ()


def _gap_sources(side: Body) -> tuple[GapSource, ...]:
    assert isinstance(side, Gaps)
    return side.gaps
