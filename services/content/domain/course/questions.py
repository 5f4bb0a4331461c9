"""Questions of the course document."""

from typing import TypeAlias

from services.content.domain.course.nodes import Node, Picture, Texts


class Choice(Node):
    """One thing to pick, order or match."""

    key: str
    text: Texts
    image: Picture | None = None


class Option(Choice):
    """One thing to pick, with whether that is right and what is said to who picks it."""

    correct: bool = False
    feedback: Texts | None = None


class Gap(Node):
    """A gap: typed in when it has no options (right is what is `accepted`), else picked."""

    key: str
    options: tuple[Option, ...] = ()
    accepted: tuple[str, ...] = ()
    case_sensitive: bool = False


class MapEntry(Node):
    """Points of one response value.

    `response` is (choice,), (source, target), (gap, choice), (gap, typed text) or (typed text,),
    by keys.
    """

    response: tuple[str, ...]
    points: float
    case_sensitive: bool = False
    """Of typed text."""


class PointMap(Node):
    """Partial credit, QTI's mapping: points of each distinct response value, summed and bounded."""

    entries: tuple[MapEntry, ...]
    default: float = 0.0
    """Points of a response value that no entry names."""
    lower: float | None = None
    upper: float | None = None


class Question(Node, tag_field="type"):
    """What all questions share."""

    prompt: Texts
    points: float = 1.0
    """For all of it; not used where a mapping says the points."""
    mapping: PointMap | None = None
    skills: tuple[str, ...] = ()
    """Skill ids."""
    hint: Texts | None = None
    explanation: Texts | None = None


class ChoiceQuestion(Question, tag="choice"):
    """Pick one, or all that apply."""

    options: tuple[Option, ...]
    multiple: bool = False


class OrderQuestion(Question, tag="order"):
    """Put in order; the order written is the right one."""

    choices: tuple[Choice, ...]


class MatchQuestion(Question, tag="match"):
    """Pair sources with targets; several sources may share a target."""

    sources: tuple[Choice, ...]
    targets: tuple[Choice, ...]
    pairs: tuple[tuple[str, str], ...]


class TextEntryQuestion(Question, tag="text_entry"):
    """Type a word or a phrase."""

    accepted: tuple[str, ...]
    case_sensitive: bool = False


class NumericQuestion(Question, tag="numeric"):
    """Type a number; right when it is no further from `number` than `tolerance`."""

    number: float
    tolerance: float = 0.0
    unit: str | None = None


class GapQuestion(Question, tag="gap"):
    """Fill gaps in a text that has {gap key} where each stands."""

    text: Texts
    gaps: tuple[Gap, ...]


AnyQuestion: TypeAlias = (
    ChoiceQuestion
    | OrderQuestion
    | MatchQuestion
    | TextEntryQuestion
    | NumericQuestion
    | GapQuestion
)
