"""Reads of what is published."""

from datetime import datetime
from typing import Protocol

from services.content.contract.news import Moves
from services.content.contract.pack import OfflinePack, PackQuery
from services.content.contract.questions import Image, JobRole, PictureName, Skill
from services.content.contract.version import AchievementDefinition, CourseVersion
from services.content.contract.words import CatalogOrder, Level, LocalText
from services.kit.errors import Code
from services.kit.records import Json, Page, PageArgs, Record


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


class Scheduled(Record):
    """A publication at a later time: of the draft as it was when this was asked for."""

    at: datetime
    revision: int
    notes: str | None = None
    failure: str | None = None
    """Why nothing was published when the time had come; None while it has not."""


class Translation(Record):
    """One language of a text of a draft, by the text's path in the course document."""

    path: tuple[str, ...]
    locale: str


class Draft(Record):
    """The draft of a course: the whole course document, its revision and what is wrong with it."""

    course_id: str
    revision: int
    content: Json
    problems: tuple[Problem, ...] = ()
    updated_at: datetime
    scheduled: Scheduled | None = None
    stale_translations: tuple[Translation, ...] = ()
    """Whose source text has changed since; they never stand in the way of publishing."""


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


class CompetencyQuery(Record):
    """Which skills or job roles to look for; those that their framework retired are left out."""

    search: str | None = None
    framework: str | None = None
    page: PageArgs = PageArgs()


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

    async def packs(self, queries: tuple[PackQuery, ...]) -> tuple[OfflinePack | None, ...]:
        """Return what phones download of versions; Invalid for a width or budget out of bounds."""

    async def pictures(self, names: tuple[PictureName, ...]) -> tuple[bytes | None, ...]:
        """Return renditions of pictures as PNG; None for what is not there."""

    async def skills(self, ids: tuple[str, ...]) -> tuple[Skill | None, ...]:
        """Return skills by id."""

    async def moves(self, since: str | None, *, wait: float) -> Moves:
        """Return which pointers moved since a position, waiting up to `wait` seconds for one.

        None: from now on. At most a page; the next call goes on. Invalid for no position.
        """

    async def find_skills(self, query: CompetencyQuery) -> Page[Skill]:
        """Return a page of skills, best match first, then by name."""

    async def job_roles(self, ids: tuple[str, ...]) -> tuple[JobRole | None, ...]:
        """Return job roles by id."""

    async def find_job_roles(self, query: CompetencyQuery) -> Page[JobRole]:
        """Return a page of job roles, best match first, then by name."""

    async def job_role_skills(self, ids: tuple[str, ...]) -> tuple[tuple[Skill, ...], ...]:
        """Return the skills of each job role, essential ones first; none for an unknown one."""
