"""The two files of JSON: a lesson in one language, and the index of a version."""

from services.content.contract import LessonKind
from services.content.domain.pack.document.blocks import AnyBlock
from services.content.domain.pack.document.entries import Entry


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
