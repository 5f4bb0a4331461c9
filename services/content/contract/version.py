"""One immutable published version: its lessons and their blocks."""

from datetime import datetime
from typing import TypeAlias

from services.content.contract.questions import AnyQuestion, Image, JobRole, Skill
from services.content.contract.words import LessonKind, Level, LocalText
from services.kit.records import Record


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
