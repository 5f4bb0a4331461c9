"""Blocks as pack files have them."""

from typing import TypeAlias

from services.content.domain.pack.document.entries import Entry, Image
from services.content.domain.pack.document.questions import AnyQuestion


class Block(Entry, tag_field="__typename"):
    """What all blocks share: a card of a lesson. A phone passes over a type it does not know."""

    id: str
    """Loose: bind it before it goes into an event."""
    key: str
    """What stays the same from version to version."""


class TextBlock(Block, tag=True):
    """Prose."""

    markdown: str
    """As the author wrote it (CommonMark)."""
    html: str
    """Rendered and sanitised at publish: safe to show as it is."""


class ImageBlock(Block, tag=True):
    """A picture."""

    image: Image
    """The picture."""
    caption: str | None
    """A line to show under it."""


class AudioBlock(Block, tag=True):
    """A recording; it is no part of the pack, its transcript is."""

    url: str
    """Where to fetch it."""
    transcript: str | None
    """What is said."""
    seconds: int | None
    """How long it plays."""


class Rendition(Entry):
    """One encoding of a video."""

    url: str
    """Where to fetch it."""
    media_type: str
    """Such as video/mp4."""
    height: int | None
    """Pixels."""
    bytes: int | None
    """Size of the download."""


class Caption(Entry):
    """Captions of a video in one language (WebVTT)."""

    url: str
    """Where to fetch it."""
    locale: str
    """Their language."""


class VideoBlock(Block, tag=True):
    """A film; it is no part of the pack, its transcript and its poster are."""

    renditions: tuple[Rendition, ...]
    """Encodings to choose from."""
    captions: tuple[Caption, ...]
    """One a language."""
    transcript: str | None
    """What is said and shown."""
    seconds: int | None
    """How long it plays."""
    poster: Image | None
    """A picture to show before it plays."""


class CodeBlock(Block, tag=True):
    """Source code to read."""

    language: str
    """Such as python; empty: none said."""
    source: str
    """As written."""


class CalloutBlock(Block, tag=True):
    """A remark set apart."""

    tone: str
    """note, tip, warning or danger."""
    markdown: str
    """As the author wrote it (CommonMark)."""
    html: str
    """Rendered and sanitised at publish: safe to show as it is."""


class Flashcard(Entry):
    """A card to remember."""

    id: str
    """Loose: bind it before it goes into an event."""
    key: str
    """What stays the same from version to version."""
    front: str
    """What is shown first."""
    back: str
    """What is to be remembered."""


class FlashcardBlock(Block, tag=True):
    """Cards that join the learner's reviews."""

    cards: tuple[Flashcard, ...]
    """In order."""


class QuestionBlock(Block, tag=True):
    """A block that asks."""

    question: AnyQuestion
    """What is asked."""


AnyBlock: TypeAlias = (
    TextBlock
    | ImageBlock
    | AudioBlock
    | VideoBlock
    | CodeBlock
    | CalloutBlock
    | FlashcardBlock
    | QuestionBlock
)
