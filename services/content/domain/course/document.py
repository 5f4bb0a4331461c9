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
    title: Texts
    kind: LessonKind = LessonKind.PRACTICE
    minutes: int | None = None
    """The author's own estimate; None lets the content say it."""
    attempts: int | None = None
    """Assessments: how often it may be tried; None is freely."""
    pass_score: float | None = None
    """Assessments: a share of the points; None is DEFAULT_PASS_SCORE."""
    skills: tuple[str, ...] = ()
    blocks: tuple[AnyBlock, ...] = ()


class Module(Node):
    """A named run of lessons."""

    key: str
    title: Texts
    lessons: tuple[Lesson, ...] = ()


class Achievement(Node):
    """What completing the course awards."""

    name: Texts
    description: Texts
    criteria: Texts
    """Markdown."""
    version: str = "1"
    pass_score: float = DEFAULT_PASS_SCORE
    valid_for_days: int | None = None
    image: Picture | None = None


class Course(Node):
    """A whole course in all its languages."""

    slug: str
    language: str
    title: Texts
    summary: Texts
    level: Level = Level.BEGINNER
    tags: tuple[str, ...] = ()
    cover: Picture | None = None
    skills: tuple[Competency, ...] = ()
    job_roles: tuple[Competency, ...] = ()
    modules: tuple[Module, ...] = ()
    achievement: Achievement | None = None

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """All lessons in order."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)
