"""Questions of the course document."""

from typing import TypeAlias

from services.content.domain.course.nodes import Node, Picture, Texts


class Choice(Node):
    """One thing to pick, order or match."""

    key: str
    """Unique in the question."""
    text: Texts
    """What is shown."""
    image: Picture | None = None
    """A picture with the text, or in its place."""


class Option(Choice):
    """One thing to pick, with whether that is right and what is said to who picks it."""

    correct: bool = False
    """Whether picking it is right."""
    feedback: Texts | None = None
    """What to say to who picks it."""


class Gap(Node):
    """A gap: typed in when it has no options (right is what is `accepted`), else picked."""

    key: str
    """Unique in the question; stands in braces in the text."""
    options: tuple[Option, ...] = ()
    """What can be picked; empty: it is typed."""
    accepted: tuple[str, ...] = ()
    """Typed texts that are right."""
    case_sensitive: bool = False
    """Whether upper and lower case must match."""


class MapEntry(Node):
    """Points of one response value.

    `response` is, by keys: (choice,); (source, target) of a match; (choice, place) of an order, its
    places counted from "1"; (gap, choice) or (gap, typed text); (typed text,); (number,).
    """

    response: tuple[str, ...]
    """One value of a response, as described above."""
    points: float
    """What it earns; may be below 0."""
    case_sensitive: bool = False
    """Of typed text."""


class PointMap(Node):
    """Partial credit, QTI's mapping: points of each distinct response value, summed and bounded."""

    entries: tuple[MapEntry, ...]
    """The values that earn something of their own; the first that fits counts."""
    default: float = 0.0
    """Points of a response value that no entry names."""
    lower: float | None = None
    """The least that a response earns."""
    upper: float | None = None
    """The most that a response earns."""


class Question(Node, tag_field="type"):
    """What all questions share."""

    prompt: Texts
    """What is asked."""
    points: float = 1.0
    """For all of it; not used where a mapping says the points."""
    mapping: PointMap | None = None
    """Partial credit; null: all or nothing."""
    skills: tuple[str, ...] = ()
    """Skill ids."""
    hint: Texts | None = None
    """Help that may be asked for before answering."""
    explanation: Texts | None = None
    """Why the answer is right."""


class ChoiceQuestion(Question, tag="choice"):
    """Pick one, or all that apply."""

    options: tuple[Option, ...]
    """In the order to show."""
    multiple: bool = False
    """Whether several may be picked."""


class OrderQuestion(Question, tag="order"):
    """Put in order; the order written is the right one."""

    choices: tuple[Choice, ...]
    """In the right order."""


class MatchQuestion(Question, tag="match"):
    """Pair sources with targets; several sources may share a target."""

    sources: tuple[Choice, ...]
    """What to pair."""
    targets: tuple[Choice, ...]
    """What to pair with."""
    pairs: tuple[tuple[str, str], ...]
    """The right pairs, [source key, target key] each."""


class TextEntryQuestion(Question, tag="text_entry"):
    """Type a word or a phrase."""

    accepted: tuple[str, ...]
    """Texts that are right."""
    case_sensitive: bool = False
    """Whether upper and lower case must match."""


class NumericQuestion(Question, tag="numeric"):
    """Type a number; right when it is no further from `number` than `tolerance`."""

    number: float
    """The right number."""
    tolerance: float = 0.0
    """How far off is right still; absolute, bound included."""
    unit: str | None = None
    """Shown behind the input; not typed."""


class GapQuestion(Question, tag="gap"):
    """Fill gaps in a text that has {gap key} where each stands."""

    text: Texts
    """With {key of a gap} where each gap stands, once."""
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
