"""What a card is made of, as written in one language: pieces, each with its line."""

from typing import TypeAlias

from services.content.domain.native.attributes import Attributes
from services.kit.records import Record


class Prose(Record):
    """Markdown that asks nothing."""

    line: int
    text: str


class Image(Record):
    """A picture alone on its line."""

    line: int
    alt: str
    file: str
    caption: str | None = None
    attributes: Attributes = Attributes()


class Callout(Record):
    """A `:::` div."""

    line: int
    tone: str
    text: str


class Code(Record):
    """A fenced code block."""

    line: int
    language: str
    source: str


class Item(Record):
    """One item of a list: its text, what stands behind the mark, and what its box says."""

    line: int
    text: str
    other: str | None = None
    """Feedback of a choice, target of a match, back of a flashcard."""
    correct: bool = False
    image: Image | None = None
    other_image: Image | None = None
    attributes: Attributes = Attributes()
    other_attributes: Attributes = Attributes()


class MediaFile(Record):
    """A file of a recording by its address."""

    line: int
    url: str
    attributes: Attributes = Attributes()


class Recording(Record):
    """A `::: audio` or `::: video` div."""

    line: int
    kind: str
    files: tuple[MediaFile, ...] = ()
    captions: tuple[MediaFile, ...] = ()
    poster: Image | None = None
    seconds: int | None = None
    transcript: str = ""


class Flashcards(Record):
    """A list of `front :: back`."""

    line: int
    items: tuple[Item, ...]


class Choices(Record):
    """A list with boxes."""

    line: int
    items: tuple[Item, ...]


class Order(Record):
    """A numbered list to put in order."""

    line: int
    items: tuple[Item, ...]
    source: str
    """As written, for where it turns out to be a list to read."""


class Match(Record):
    """A list of `source => target`."""

    line: int
    items: tuple[Item, ...]


class Number(Record):
    """A right number with its tolerance and unit."""

    line: int
    number: float
    tolerance: float = 0.0
    unit: str | None = None


class Answer(Record):
    """Accepted texts."""

    line: int
    accepted: tuple[str, ...]
    case_sensitive: bool = False


class GapSource(Record):
    """One gap: typed (no options) or picked."""

    line: int
    accepted: tuple[str, ...] = ()
    options: tuple[Item, ...] = ()
    case_sensitive: bool = False


class Gaps(Record):
    """A text with gaps; {gap-1}, {gap-2} stand where they were."""

    line: int
    text: str
    gaps: tuple[GapSource, ...]


class Remark(Record):
    """A hint (`?`) or an explanation (`!`)."""

    line: int
    mark: str
    text: str


class Worth(Record):
    """A line `~ points = value`: what one value of a response earns."""

    line: int
    points: str
    value: str
    case_sensitive: bool = False


class Structured(Record):
    """A whole block as YAML, in all its languages."""

    line: int
    source: str


Body: TypeAlias = Choices | Order | Match | Number | Answer | Gaps
"""What makes a card a question."""

Piece: TypeAlias = (
    Prose | Image | Callout | Recording | Code | Flashcards | Structured | Body | Remark | Worth
)


class Asked(Record):
    """A question: its body with the prompt before it and the remarks behind it."""

    line: int
    prompt: str
    body: Body
    hint: str | None = None
    explanation: str | None = None
    worths: tuple[Worth, ...] = ()


Part: TypeAlias = Prose | Image | Callout | Recording | Code | Flashcards | Structured | Asked
"""What becomes one block."""


class Card(Record):
    """What stands under one `##`, and what becomes of it."""

    line: int
    heading: str
    attributes: Attributes
    parts: tuple[Part, ...]
