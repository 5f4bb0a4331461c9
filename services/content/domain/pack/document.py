"""The files of a pack as they are written: a lesson in one language, and the index of a version.

`graphql/pack.schema.json` is printed from these records. Names and shapes are those of the GraphQL
types, with two differences: ids are loose (they name an item in every version, so a lesson that did
not change is the same file), and pictures and skills are named by what a phone without network has.
"""

from typing import TypeAlias

from services.content.contract import LessonKind
from services.kit.records import Json, Record


class Entry(Record, rename="camel"):
    """Base of the records: camelCase in JSON, every field always there."""


class ImageFile(Entry):
    """A picture at one width, as a file of the pack."""

    hash: str
    """SHA-256 of the file, 64 hex digits."""
    url: str
    """Where to fetch it, on the origin that the pack came from."""
    media_type: str
    """image/webp."""
    width: int
    """Pixels."""
    bytes: int
    """Size of the file."""


class Image(Entry):
    """A picture; a pack holds the narrowest rendition as wide as was asked, or the widest."""

    id: str
    """Bound to its content."""
    alt: str
    """What it shows, for people who do not see it; may be empty."""
    width: int
    """Pixels of the original."""
    height: int
    """Pixels of the original."""
    renditions: tuple[ImageFile, ...]
    """Narrowest first; show the one that was downloaded."""


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


class Lesson(Entry, tag_field="__typename", tag=True):
    """A lesson in one language: a file of kind LESSON."""

    id: str
    """Loose: bind it before it goes into an event."""
    key: str
    """What stays the same from version to version."""
    title: str
    """What it is called."""
    minutes: int
    """How long it takes, about."""
    kind: LessonKind
    """PRACTICE carries its answers, ASSESSMENT never does."""
    attempt_limit: int | None
    """Assessments: how often it may be tried; null: freely."""
    pass_score: float | None
    """Assessments: the share of the points that passes, 0 to 1."""
    skill_ids: tuple[str, ...]
    """What it exercises; the index has their names."""
    blocks: tuple[AnyBlock, ...]
    """Its cards in order."""


class Skill(Entry):
    """A skill that the course teaches."""

    id: str
    """The same in every course."""
    name: str
    """As its framework has it."""


class IndexedLesson(Entry):
    """A lesson of the version, and the file that holds it, whether or not the pack does."""

    id: str
    """Loose: bind it before it goes into an event."""
    key: str
    """What stays the same from version to version."""
    title: str
    """What it is called."""
    minutes: int
    """How long it takes, about."""
    kind: LessonKind
    """PRACTICE or ASSESSMENT."""
    hash: str
    """Of its file, SHA-256 in hex."""
    url: str
    """Where to fetch its file, on the origin that the pack came from."""
    bytes: int
    """Size of its file, without pictures."""


class IndexedModule(Entry):
    """A named run of lessons."""

    id: str
    """Loose."""
    key: str
    """What stays the same from version to version."""
    title: str
    """What it is called."""
    lessons: tuple[IndexedLesson, ...]
    """In order."""


class PackIndex(Entry, tag_field="__typename", tag=True):
    """A version in one language, and where each lesson is: the file of kind INDEX."""

    course_id: str
    """The course, whatever its versions."""
    slug: str
    """Its name in addresses."""
    version: str
    """Hash of the version: events name it in ref.version, and ids are bound with it."""
    number: int
    """1, 2, 3 ... in the order of publishing."""
    locale: str
    """The language of this index and of the lessons that it names."""
    title: str
    """What the course is called."""
    summary: str
    """What one learns."""
    minutes: int
    """How long all of it takes, about."""
    skills: tuple[Skill, ...]
    """What it teaches."""
    modules: tuple[IndexedModule, ...]
    """In order."""
