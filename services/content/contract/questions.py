"""Questions as everybody may see them: those of assessments hold nothing of an answer."""

from typing import TypeAlias

from services.content.contract.words import LocalText
from services.kit.records import Json, Record


class Skill(Record):
    """A skill, with the public identifier of the framework it comes from."""

    id: str
    name: str
    description: str | None = None
    framework: str | None = None
    code: str | None = None
    url: str | None = None
    names: LocalText = {}
    """In other languages, where the framework has them."""
    descriptions: LocalText = {}
    framework_version: str | None = None
    """Of the framework that it was last imported from."""
    retired: bool = False
    """Its framework no longer has it."""


class JobRole(Record):
    """A job role, with the public identifier of the framework it comes from."""

    id: str
    name: str
    description: str | None = None
    framework: str | None = None
    code: str | None = None
    url: str | None = None
    names: LocalText = {}
    """In other languages, where the framework has them."""
    descriptions: LocalText = {}
    framework_version: str | None = None
    """Of the framework that it was last imported from."""
    retired: bool = False
    """Its framework no longer has it."""


class Image(Record):
    """A picture: its pixels and the renditions that can be asked for at `url_base`."""

    id: str
    alt: LocalText
    width: int
    height: int
    hash: str
    """SHA-256 in hex of the original; renditions are at /media/{hash}/{width}.{format}."""
    widths: tuple[int, ...]
    """Widths at which renditions exist, ascending, in pixels."""


class PictureName(Record):
    """One rendition of a picture."""

    hash: str
    width: int


class Choice(Record):
    """One thing to pick, order or match."""

    id: str
    key: str
    text: LocalText
    image: Image | None = None
    feedback: LocalText | None = None


class Gap(Record):
    """A gap: typed in when `choices` is None, else picked."""

    id: str
    key: str
    choices: tuple[Choice, ...] | None = None
    accepted: tuple[str, ...] | None = None
    case_sensitive: bool = False


class Question(Record, tag_field="type"):
    """What all questions share; in assessments hint, explanation, mapping and answers are None."""

    id: str
    key: str
    prompt: LocalText
    points: float = 1.0
    min_score: float = 0.0
    max_score: float = 1.0
    mapping: Json | None = None
    skills: tuple[str, ...] = ()
    """Skill ids."""
    hint: LocalText | None = None
    explanation: LocalText | None = None


class ChoiceQuestion(Question, tag="choice"):
    """Pick one, or all that apply."""

    choices: tuple[Choice, ...]
    multiple: bool = False
    correct_ids: tuple[str, ...] | None = None


class OrderQuestion(Question, tag="order"):
    """Put in order."""

    choices: tuple[Choice, ...]
    correct_ids: tuple[str, ...] | None = None


class MatchQuestion(Question, tag="match"):
    """Pair each source with a target."""

    sources: tuple[Choice, ...]
    targets: tuple[Choice, ...]
    correct_pairs: tuple[tuple[str, str], ...] | None = None


class TextEntryQuestion(Question, tag="text_entry"):
    """Type a word or a phrase."""

    accepted: tuple[str, ...] | None = None
    case_sensitive: bool = False


class NumericQuestion(Question, tag="numeric"):
    """Type a number; right within an absolute tolerance."""

    unit: str | None = None
    correct_number: float | None = None
    tolerance: float | None = None


class GapQuestion(Question, tag="gap"):
    """Fill gaps in a text, each typed or picked; `text` has {gap id} where each stands."""

    text: LocalText
    gaps: tuple[Gap, ...]


AnyQuestion: TypeAlias = (
    ChoiceQuestion
    | OrderQuestion
    | MatchQuestion
    | TextEntryQuestion
    | NumericQuestion
    | GapQuestion
)
