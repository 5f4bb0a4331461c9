"""Blocks of the course document: the cards of a lesson."""

from typing import TypeAlias

from services.content.domain.course.nodes import Node, Picture, Texts, Tone
from services.content.domain.course.questions import AnyQuestion


class Block(Node, tag_field="type"):
    """What all blocks share: a card of a lesson."""

    key: str


class TextBlock(Block, tag="text"):
    """Prose in Markdown."""

    markdown: Texts


class ImageBlock(Block, tag="image"):
    """A picture with an optional caption."""

    image: Picture
    caption: Texts | None = None


class AudioBlock(Block, tag="audio"):
    """A recording with its transcript."""

    url: str
    transcript: Texts | None = None
    seconds: int | None = None


class Rendition(Node):
    """One encoding of a video."""

    url: str
    media_type: str
    height: int | None = None
    bytes: int | None = None


class Caption(Node):
    """Captions of a video in one language (WebVTT)."""

    url: str
    locale: str


class VideoBlock(Block, tag="video"):
    """A video with captions or a transcript."""

    renditions: tuple[Rendition, ...]
    captions: tuple[Caption, ...] = ()
    transcript: Texts | None = None
    seconds: int | None = None
    poster: Picture | None = None


class CodeBlock(Block, tag="code"):
    """Source code to read."""

    language: str
    source: str


class CalloutBlock(Block, tag="callout"):
    """A remark set apart."""

    tone: Tone
    markdown: Texts


class Flashcard(Node):
    """A card to remember."""

    key: str
    front: Texts
    back: Texts


class FlashcardBlock(Block, tag="flashcards"):
    """Cards that join the learner's spaced repetition."""

    cards: tuple[Flashcard, ...]


class QuestionBlock(Block, tag="question"):
    """A block that asks; block and question share the key."""

    question: AnyQuestion


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
