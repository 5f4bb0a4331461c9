"""Questions as pack files have them."""

from typing import TypeAlias

from services.content.domain.pack.document.entries import Entry, Image
from services.kit.records import Json


class Choice(Entry):
    """One thing to pick, to order or to match."""

    id: str
    """Loose: bind it before it goes into an event."""
    key: str
    """What stays the same from version to version."""
    text: str
    """Plain text to show."""
    image: Image | None
    """A picture to show with the text, or in its place."""
    feedback: str | None
    """What to tell who picked it; null in assessments."""


class Gap(Entry):
    """A gap in a text: typed in when `choices` is null, else picked."""

    id: str
    """Loose; in the text it stands in braces."""
    key: str
    """What stays the same from version to version."""
    choices: tuple[Choice, ...] | None
    """What can be picked."""
    accepted: tuple[str, ...] | None
    """Texts that are right, or loose ids of choices; null in assessments."""
    case_sensitive: bool
    """Whether upper and lower case must match."""


class Question(Entry, tag_field="__typename"):
    """What all questions share."""

    id: str
    """Loose: bind it before it goes into an event."""
    key: str
    """What stays the same from version to version."""
    prompt: str
    """What is asked, in plain text."""
    points: float
    """Weight in the score of its lesson."""
    min_score: float
    """Lowest score."""
    max_score: float
    """Score of a wholly right answer."""
    mapping: Json | None
    """Partial credit by loose ids; null: all or nothing, and in assessments."""
    skill_ids: tuple[str, ...]
    """What it exercises; the index has their names."""
    hint: str | None
    """Help that may be asked for; null in assessments."""
    explanation: str | None
    """Why the answer is right; null in assessments."""


class ChoiceQuestion(Question, tag=True):
    """Pick one, or all that apply."""

    choices: tuple[Choice, ...]
    """In the order to show."""
    multiple: bool
    """True: all that apply; false: one."""
    correct_ids: tuple[str, ...] | None
    """Loose ids of the choices that are right; null in assessments."""


class OrderQuestion(Question, tag=True):
    """Put in order."""

    choices: tuple[Choice, ...]
    """In the order to show, which is not the right one."""
    correct_ids: tuple[str, ...] | None
    """Loose ids in their right order; null in assessments."""


class MatchQuestion(Question, tag=True):
    """Pair each source with a target."""

    sources: tuple[Choice, ...]
    """What to pair, each once."""
    targets: tuple[Choice, ...]
    """What to pair with."""
    correct_pairs: tuple[tuple[str, str], ...] | None
    """[source, target] each, loose ids; null in assessments."""


class TextEntryQuestion(Question, tag=True):
    """Type a word or a phrase."""

    accepted: tuple[str, ...] | None
    """Every text that is right; null in assessments."""
    case_sensitive: bool
    """Whether upper and lower case must match."""


class NumericQuestion(Question, tag=True):
    """Type a number."""

    unit: str | None
    """Show it behind the input; it is not typed."""
    correct_number: float | None
    """The right number; null in assessments."""
    tolerance: float | None
    """Absolute; null in assessments."""


class GapQuestion(Question, tag=True):
    """Fill gaps in a text."""

    text: str
    """The text with {loose gap id} where each gap stands."""
    gaps: tuple[Gap, ...]
    """In the order in which the text has them."""


AnyQuestion: TypeAlias = (
    ChoiceQuestion
    | OrderQuestion
    | MatchQuestion
    | TextEntryQuestion
    | NumericQuestion
    | GapQuestion
)
