"""Courses, their modules and lessons, and what completing one awards."""

from services.content.domain.course.blocks import AnyBlock
from services.content.domain.course.nodes import (
    DEFAULT_PASS_SCORE,
    Competency,
    LessonKind,
    Level,
    Node,
    Picture,
    Texts,
)


class Lesson(Node):
    """A lesson: 2 to 5 minutes of blocks."""

    key: str
    """Unique in the course: what learners did is kept by it."""
    title: Texts
    """What lists show."""
    kind: LessonKind = LessonKind.PRACTICE
    """Whether its answers travel to the phone."""
    minutes: int | None = None
    """The author's own estimate; None lets the content say it."""
    attempts: int | None = None
    """Assessments: how often it may be tried; None is freely."""
    pass_score: float | None = None
    """Assessments: a share of the points; None is DEFAULT_PASS_SCORE."""
    skills: tuple[str, ...] = ()
    """Ids of the skills that it exercises."""
    blocks: tuple[AnyBlock, ...] = ()
    """Its cards, in order."""


class Module(Node):
    """A named run of lessons."""

    key: str
    """Unique in the course; made once and kept."""
    title: Texts
    """What the module is about."""
    lessons: tuple[Lesson, ...] = ()
    """In order."""


class Achievement(Node):
    """What completing the course awards."""

    name: Texts
    """What the credential says."""
    description: Texts
    """What somebody can do who has it."""
    criteria: Texts
    """Markdown."""
    version: str = "1"
    """A learner earns each version once."""
    pass_score: float = DEFAULT_PASS_SCORE
    """Share of the points of all assessments, over 0 up to 1."""
    valid_for_days: int | None = None
    """From the award on; null: for ever."""
    image: Picture | None = None
    """The badge."""


class Course(Node):
    """A whole course in all its languages."""

    slug: str
    """Names the course for good: a-z, 0-9, - _ . ; up to 40."""
    language: str
    """BCP 47 tag of the texts that every other language falls back to."""
    title: Texts
    """What lists show."""
    summary: Texts
    """One or two sentences for lists."""
    level: Level = Level.BEGINNER
    """How much it expects."""
    tags: tuple[str, ...] = ()
    """Words to find it by, up to 30."""
    cover: Picture | None = None
    """The picture that lists show."""
    skills: tuple[Competency, ...] = ()
    """What it teaches."""
    job_roles: tuple[Competency, ...] = ()
    """Who needs it."""
    modules: tuple[Module, ...] = ()
    """In order."""
    achievement: Achievement | None = None
    """What it awards; null: nothing."""

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """All lessons in order."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)
