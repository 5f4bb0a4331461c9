"""Blocks of the course document: the cards of a lesson."""

from typing import TypeAlias

from services.content.domain.course.nodes import Node, Picture, Texts, Tone
from services.content.domain.course.questions import AnyQuestion


class Block(Node, tag_field="type"):
    """What all blocks share: a card of a lesson."""

    key: str
    """Unique in the lesson: what learners did is kept by it."""


class TextBlock(Block, tag="text"):
    """Prose in Markdown."""

    markdown: Texts
    """CommonMark with tables; HTML in it is shown as text."""


class ImageBlock(Block, tag="image"):
    """A picture with an optional caption."""

    image: Picture
    """The picture."""
    caption: Texts | None = None
    """What stands below it."""


class AudioBlock(Block, tag="audio"):
    """A recording with its transcript."""

    url: str
    """Where the recording is: https, or /media/{sha256}.mp3 of an uploaded one."""
    transcript: Texts | None = None
    """What is said; publishing needs it."""
    seconds: int | None = None
    """How long it is."""


class Rendition(Node):
    """One encoding of a video."""

    url: str
    """Where the file is: https, or /media/{sha256}.mp4 of an uploaded one."""
    media_type: str
    """Such as video/mp4."""
    height: int | None = None
    """In pixels."""
    bytes: int | None = None
    """Size of the file."""


class Caption(Node):
    """Captions of a video in one language (WebVTT)."""

    url: str
    """Where the WebVTT file is: https, or /media/{sha256}.vtt of an uploaded one."""
    locale: str
    """BCP 47 tag."""


class VideoBlock(Block, tag="video"):
    """A video with captions or a transcript."""

    renditions: tuple[Rendition, ...]
    """The same video in several encodings, best first."""
    captions: tuple[Caption, ...] = ()
    """By language; a video needs captions or a transcript."""
    transcript: Texts | None = None
    """What is said and shown."""
    seconds: int | None = None
    """How long it is."""
    poster: Picture | None = None
    """What is shown before it plays."""


class CodeBlock(Block, tag="code"):
    """Source code to read."""

    language: str
    """Such as python; empty: none said."""
    source: str
    """As written, up to 20,000 characters."""


class CalloutBlock(Block, tag="callout"):
    """A remark set apart."""

    tone: Tone
    """What it is for."""
    markdown: Texts
    """CommonMark with tables."""


class Flashcard(Node):
    """A card to remember."""

    key: str
    """Unique in the block; its reviews are kept by it."""
    front: Texts
    """What is shown first."""
    back: Texts
    """What is to be remembered."""


class FlashcardBlock(Block, tag="flashcards"):
    """Cards that join the learner's spaced repetition."""

    cards: tuple[Flashcard, ...]
    """In order."""


class QuestionBlock(Block, tag="question"):
    """A block that asks; block and question share the key."""

    question: AnyQuestion
    """What is asked; it shares the block's key."""


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
