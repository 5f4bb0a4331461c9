"""What content promises to everybody else: courses, versions, marking and its feed.

Published versions are immutable, so a version's record may be kept for ever. Nothing of an
assessment that would give an answer away is ever in a record of this module but `Mark`.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from services.kit.errors import Code
from services.kit.records import Actor, Json, Page, PageArgs, Record

PUBLIC_PATHS = ("/packs", "/media", "/uploads")
"""What the one origin hands to this service."""

LocalText: TypeAlias = Mapping[str, str]
"""BCP 47 tag to text; the course's own language is always among them."""


class Level(StrEnum):
    """How much a course expects."""

    BEGINNER = "BEGINNER"
    INTERMEDIATE = "INTERMEDIATE"
    ADVANCED = "ADVANCED"


class LessonKind(StrEnum):
    """PRACTICE carries its answers; ASSESSMENT is marked by the server alone."""

    PRACTICE = "PRACTICE"
    ASSESSMENT = "ASSESSMENT"


class CatalogOrder(StrEnum):
    """Order of a catalogue page."""

    RELEVANCE = "RELEVANCE"
    NEWEST = "NEWEST"
    TITLE = "TITLE"
    SHORTEST = "SHORTEST"


class ImportFormat(StrEnum):
    """Formats that a course can be brought in from."""

    MARKDOWN = "MARKDOWN"
    OLX = "OLX"
    QTI = "QTI"
    COMMON_CARTRIDGE = "COMMON_CARTRIDGE"
    ANKI = "ANKI"
    H5P = "H5P"


class LossSeverity(StrEnum):
    """What became of something that could not be brought in whole."""

    CHANGED = "CHANGED"
    READ_ONLY = "READ_ONLY"
    SKIPPED = "SKIPPED"


# ---------------------------------------------------------------- what a version holds


class Skill(Record):
    """A skill, with the public identifier of the framework it comes from."""

    id: str
    name: str
    description: str | None = None
    framework: str | None = None
    code: str | None = None
    url: str | None = None


class JobRole(Record):
    """A job role, with the public identifier of the framework it comes from."""

    id: str
    name: str
    description: str | None = None
    framework: str | None = None
    code: str | None = None
    url: str | None = None


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


class Block(Record, tag_field="type"):
    """What all blocks share: a card of a lesson."""

    id: str
    key: str


class TextBlock(Block, tag="text"):
    """Prose: Markdown as written, HTML rendered and sanitised at publish."""

    markdown: LocalText
    html: LocalText


class ImageBlock(Block, tag="image"):
    """A picture with an optional caption."""

    image: Image
    caption: LocalText | None = None


class AudioBlock(Block, tag="audio"):
    """A recording with its transcript."""

    url: str
    transcript: LocalText | None = None
    seconds: int | None = None


class Rendition(Record):
    """One encoding of a video."""

    url: str
    media_type: str
    height: int | None = None
    bytes: int | None = None


class Caption(Record):
    """Captions of a video in one language (WebVTT)."""

    url: str
    locale: str


class VideoBlock(Block, tag="video"):
    """A video with captions or a transcript."""

    renditions: tuple[Rendition, ...] = ()
    captions: tuple[Caption, ...] = ()
    transcript: LocalText | None = None
    seconds: int | None = None
    poster: Image | None = None


class CodeBlock(Block, tag="code"):
    """Source code to read."""

    language: str
    source: str


class CalloutBlock(Block, tag="callout"):
    """A remark set apart: tone is note, tip, warning or danger."""

    tone: str
    markdown: LocalText
    html: LocalText


class Flashcard(Record):
    """A card to remember: front and back."""

    id: str
    key: str
    front: LocalText
    back: LocalText


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


class Lesson(Record):
    """A lesson of a version: 2-5 minutes of blocks."""

    id: str
    key: str
    title: LocalText
    minutes: int
    kind: LessonKind = LessonKind.PRACTICE
    attempt_limit: int | None = None
    pass_score: float | None = None
    """Share of the points, 0 to 1."""
    skills: tuple[str, ...] = ()
    blocks: tuple[AnyBlock, ...] = ()


class Module(Record):
    """A named run of lessons."""

    id: str
    key: str
    title: LocalText
    lessons: tuple[Lesson, ...] = ()


class AchievementDefinition(Record):
    """What completing the course awards; defined in the version, issued by credentials."""

    id: str
    """Stable for the course, whatever its versions."""
    version: str
    """Set by the author ("1" unless set); a learner earns each version once."""
    name: LocalText
    description: LocalText
    criteria: LocalText
    """Markdown: what a holder did to earn it."""
    pass_score: float
    """Share of the points of all assessments, 0 to 1."""
    valid_for_days: int | None = None
    image: Image | None = None


class CourseVersion(Record):
    """One immutable published version, whole, in all its languages."""

    id: str
    hash: str
    """SHA-256 in hex of the canonical content."""
    course_id: str
    slug: str
    organisation: str
    number: int
    published_at: datetime
    notes: str | None = None
    language: str
    locales: tuple[str, ...]
    title: LocalText
    summary: LocalText
    level: Level
    tags: tuple[str, ...] = ()
    minutes: int
    cover: Image | None = None
    skills: tuple[Skill, ...] = ()
    job_roles: tuple[JobRole, ...] = ()
    modules: tuple[Module, ...] = ()
    achievement: AchievementDefinition | None = None


# ---------------------------------------------------------------- courses


class Course(Record):
    """A course as it stands: of its published version where there is one, else of its draft."""

    id: str
    slug: str
    organisation: str
    language: str
    locales: tuple[str, ...]
    title: LocalText
    summary: LocalText
    level: Level
    tags: tuple[str, ...] = ()
    minutes: int
    lesson_count: int
    cover: Image | None = None
    skills: tuple[Skill, ...] = ()
    job_roles: tuple[JobRole, ...] = ()
    version_id: str | None = None
    """Id of the published version; None while never published or archived."""
    achievement: AchievementDefinition | None = None


class Problem(Record):
    """Something that stands in the way of publishing, with where and what to do."""

    code: Code
    message: str
    path: tuple[str, ...] = ()


class Draft(Record):
    """The draft of a course: the whole course document, its revision and what is wrong with it."""

    course_id: str
    revision: int
    content: Json
    problems: tuple[Problem, ...] = ()
    updated_at: datetime


class CatalogFilter(Record):
    """Facets of the catalogue: a course matches when it has any of each list that is given."""

    skill_ids: tuple[str, ...] | None = None
    job_role_ids: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    levels: tuple[Level, ...] | None = None
    locale: str | None = None
    max_minutes: int | None = None


class CatalogQuery(Record):
    """What to look for in the catalogue."""

    search: str | None = None
    filter: CatalogFilter = CatalogFilter()
    order_by: CatalogOrder = CatalogOrder.RELEVANCE
    page: PageArgs = PageArgs()


class ItemRef(Record):
    """Where an item of a version is: the version, and the stable keys."""

    version_id: str
    lesson_key: str
    block_key: str | None = None


class CatalogApi(Protocol):
    """Reads of what is published: public, batch-shaped, an answer for each key in their order."""

    async def catalog(self, query: CatalogQuery) -> Page[Course]:
        """Return a page of published courses."""

    async def courses(self, ids: tuple[str, ...]) -> tuple[Course | None, ...]:
        """Return published courses by id; None for what is not there or not published."""

    async def courses_by_slug(self, slugs: tuple[str, ...]) -> tuple[Course | None, ...]:
        """Return published courses by slug."""

    async def versions(self, ids: tuple[str, ...]) -> tuple[CourseVersion | None, ...]:
        """Return whole versions by id, published now or ever."""

    async def lesson_versions(
        self, lesson_ids: tuple[str, ...]
    ) -> tuple[CourseVersion | None, ...]:
        """Return, for each lesson id, the version that the lesson is of."""

    async def skills(self, ids: tuple[str, ...]) -> tuple[Skill | None, ...]:
        """Return skills by id."""


# ---------------------------------------------------------------- authoring


class CreateCourse(Record):
    """A new course with an empty draft."""

    slug: str
    title: str
    summary: str
    locale: str = "en"


class UpdateDraft(Record):
    """A whole course document to put in place of revision `base_revision`."""

    course_id: str
    base_revision: int
    content: Json


class PublishCourse(Record):
    """Publish revision `base_revision` of the draft."""

    course_id: str
    base_revision: int
    notes: str | None = None
    at: datetime | None = None


class ImportCourse(Record):
    """A package to bring in as a course: a zip, or for MARKDOWN a single file too."""

    format: ImportFormat
    package: bytes
    slug: str | None = None
    publish: bool = False


class ImportLoss(Record):
    """One thing that could not be brought in whole, and why."""

    path: str
    severity: LossSeverity
    reason: str


class Imported(Record):
    """The outcome of an import; `problems` is why nothing was stored or published."""

    course: Course | None = None
    imported: int = 0
    """Lessons brought in."""
    losses: tuple[ImportLoss, ...] = ()
    problems: tuple[Problem, ...] = ()


class AuthoringApi(Protocol):
    """Writes of authors: Forbidden unless the actor is an AUTHOR of the course's organisation."""

    async def create_course(self, actor: Actor, course: CreateCourse) -> Course:
        """Create a course; AlreadyExists when the slug is taken."""

    async def authored_courses(self, actor: Actor, page: PageArgs) -> Page[Course]:
        """Return the courses of the actor's organisation, drafts too."""

    async def authored(self, actor: Actor, ids: tuple[str, ...]) -> tuple[Course | None, ...]:
        """Return courses of the actor's organisation by id, published or not."""

    async def drafts(self, actor: Actor, course_ids: tuple[str, ...]) -> tuple[Draft | None, ...]:
        """Return drafts; None for what is not the actor's organisation's."""

    async def update_draft(self, actor: Actor, update: UpdateDraft) -> Course:
        """Replace the draft; StaleRevision when it moved on, Invalid when it is no course."""

    async def publish(self, actor: Actor, publish: PublishCourse) -> Course:
        """Publish the draft; Invalid naming the first problem while it has any."""

    async def import_course(self, actor: Actor, package: ImportCourse) -> Imported:
        """Bring a package in as a draft, and publish it where asked.

        Repeating it updates the course of that slug.
        """


# ---------------------------------------------------------------- marking


class Response(Record):
    """A raw answer as a phone sent it: one of the four is given."""

    choice_ids: tuple[str, ...] | None = None
    pairs: tuple[tuple[str, str], ...] | None = None
    texts: tuple[str, ...] | None = None
    number: float | None = None


class Answer(Record):
    """A response to one question of one version, by the ids that the phone was given."""

    version_id: str
    lesson_id: str
    question_id: str
    response: Response


class Mark(Record):
    """The server's own marking of one answer, from the question's min_score to its max_score."""

    correct: bool
    score: float
    max_score: float
    feedback: LocalText | None = None


class QuestionFacts(Record):
    """What progress needs to know of a question."""

    id: str
    key: str
    max_score: float
    skills: tuple[str, ...] = ()


class LessonFacts(Record):
    """What progress needs to know of a lesson: all that must be seen and answered."""

    id: str
    key: str
    kind: LessonKind
    attempt_limit: int | None = None
    pass_score: float | None = None
    blocks: Mapping[str, str] = {}
    """Block id to key, in order."""
    questions: Mapping[str, QuestionFacts] = {}
    """By question id, in order."""


class AchievementFacts(Record):
    """What progress needs to know of the award."""

    id: str
    version: str
    pass_score: float


class VersionFacts(Record):
    """What progress needs to know of a version; immutable, so it may be kept for ever."""

    version_id: str
    course_id: str
    lessons: Mapping[str, LessonFacts] = {}
    """By lesson id, in order."""
    achievement: AchievementFacts | None = None


class MarkingApi(Protocol):
    """Marking and the facts of versions, for progress."""

    async def mark(self, answers: tuple[Answer, ...]) -> tuple[Mark | None, ...]:
        """Mark answers in one go.

        None where the question is not in that version or the response has not its shape.
        """

    async def facts(self, version_ids: tuple[str, ...]) -> tuple[VersionFacts | None, ...]:
        """Return the facts of versions by id."""
