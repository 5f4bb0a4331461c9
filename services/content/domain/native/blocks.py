"""Parts of cards, in all their languages, to blocks of the course document."""

from collections.abc import Callable

from services.content.domain.course import (
    AnyBlock,
    CalloutBlock,
    CodeBlock,
    Flashcard,
    FlashcardBlock,
    ImageBlock,
    QuestionBlock,
    TextBlock,
    Tone,
)
from services.content.domain.keys import Keys
from services.content.domain.native.pieces import (
    Asked,
    Callout,
    Card,
    Code,
    Flashcards,
    Image,
    Item,
    Part,
    Prose,
    Recording,
    Structured,
)
from services.content.domain.native.questions import build_question, check_attributes
from services.content.domain.native.recordings import build_recording
from services.content.domain.native.scope import Scope
from services.content.domain.native.sides import Sides
from services.content.domain.native.structured import build_structured

_NAMES: dict[type, str] = {
    Prose: "text",
    Image: "picture",
    Callout: "callout",
    Recording: "recording",
    Code: "code",
    Flashcards: "flashcards",
    Structured: "block",
    Asked: "question",
}


class BlockBuilder:
    """Builds the blocks of one lesson; keys are unique in it."""

    def __init__(self, scope: Scope) -> None:
        """Begin a lesson with no key taken."""
        self._scope = scope
        self._keys = Keys()

    def card(self, sides: Sides[Card]) -> list[AnyBlock]:
        """Return the blocks of a card; its key goes to what is studied, else to the first."""
        report = self._scope.report
        sides.agree(_kinds, "what this card is made of", report, line=lambda card: card.line)
        same = {
            tag: card
            for tag, card in sides.by_locale.items()
            if _kinds(card) == _kinds(sides.source)
        }
        even = Sides(sides.language, same, sides.files)
        parts = even.zip(lambda card: card.parts, "blocks", report, line=lambda card: card.line)
        check_attributes(self._scope, even.source, even.file)
        studied = (i for i, part in enumerate(parts) if isinstance(part.source, Asked | Flashcards))
        chief = next(studied, 0)
        return [
            self._block(part, even.source, chief=index == chief) for index, part in enumerate(parts)
        ]

    def _block(self, part: Sides[Part], card: Card, *, chief: bool) -> AnyBlock:
        given = card.attributes.key if chief else None
        text = card.heading if chief and card.heading else _name(part.source)
        key = self._scope.key(self._keys, given, text, at=(part.file, card.line))
        match part.source:
            case Prose():
                return TextBlock(key=key, markdown=part.texts(_markdown))
            case Image():
                return self._image(key, part)
            case Callout(tone=tone):
                return self._callout(key, tone, part)
            case Recording():
                return build_recording(self._scope, key, part.map(_recording))
            case Code(language=language, source=source):
                self._agree(part, _code, "the code")
                return CodeBlock(key=key, language=language, source=source)
            case Structured(line=line, source=source):
                self._refuse_translations(part)
                return build_structured(self._scope, key, source, at=(part.file, line))
            case Flashcards():
                return FlashcardBlock(key=key, cards=self._flashcards(part))
            case Asked():
                question = build_question(self._scope, card, part.map(_asked))
                return QuestionBlock(key=key, question=question)

    def _image(self, key: str, part: Sides[Part]) -> ImageBlock:
        image = part.map(_picture)
        picture = self._scope.picture(image)
        caption = self._scope.optional(image, lambda side: side.caption, "caption", _line)
        return ImageBlock(key=key, image=picture, caption=caption)

    def _callout(self, key: str, tone: str, part: Sides[Part]) -> CalloutBlock:
        self._agree(part, lambda side: side.tone if isinstance(side, Callout) else "", "the tone")
        if tone not in list(Tone):
            words = ", ".join(Tone)
            self._scope.report.add(
                part.file, part.source.line, f"`:::` is followed by one of: {words}"
            )
            tone = Tone.NOTE
        if not part.texts(_markdown):
            self._scope.report.add(part.file, part.source.line, "a callout needs a text")
        return CalloutBlock(key=key, tone=Tone(tone), markdown=part.texts(_markdown))

    def _refuse_translations(self, part: Sides[Part]) -> None:
        for tag, side in part.by_locale.items():
            if tag != part.language:
                message = f"this block has all its languages in {part.file}: write `## {{.same}}`"
                self._scope.report.add(part.files[tag], side.line, message)

    def _flashcards(self, part: Sides[Part]) -> tuple[Flashcard, ...]:
        keys = Keys()
        items = part.zip(_items, "flashcards", self._scope.report, line=_line)
        return tuple(self._flashcard(item, keys) for item in items)

    def _flashcard(self, item: Sides[Item], keys: Keys) -> Flashcard:
        source = item.source
        given = source.attributes.key or source.other_attributes.key
        key = self._scope.key(keys, given, source.text, at=(item.file, source.line))
        return Flashcard(
            key=key,
            front=item.texts(lambda side: side.text),
            back=item.texts(lambda side: side.other or ""),
        )

    def _agree(self, part: Sides[Part], get: Callable[[Part], object], what: str) -> None:
        part.agree(get, what, self._scope.report, line=_line)


def _kinds(card: Card) -> list[str]:
    return [_NAMES[type(part)] for part in card.parts]


def _line(side: Part | Image | Item) -> int:
    return side.line


def _items(part: Part) -> tuple[Item, ...]:
    assert isinstance(part, Flashcards)
    return part.items


def _picture(part: Part) -> Image:
    assert isinstance(part, Image)
    return part


def _recording(part: Part) -> Recording:
    assert isinstance(part, Recording)
    return part


def _asked(part: Part) -> Asked:
    assert isinstance(part, Asked)
    return part


def _code(part: Part) -> object:
    return (part.language, part.source) if isinstance(part, Code) else None


def _markdown(part: Part) -> str:
    return part.text if isinstance(part, Prose | Callout) else ""


def _name(part: Part) -> str:
    """Return the text from which a block's key is made where its card gives none."""
    match part:
        case Prose(text=text) | Callout(text=text):
            return text[:80]
        case Image(file=file):
            return file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        case Recording(kind=kind):
            return kind
        case Code(language=language):
            return f"code {language}"
        case Structured():
            return "block"
        case Flashcards():
            return "flashcards"
        case Asked(prompt=prompt):
            return prompt or "question"
