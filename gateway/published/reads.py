"""Reads of what is published, whether from memory or from the store."""

from collections.abc import Sequence
from typing import Protocol

from services.content.contract import CatalogQuery, Course, CourseVersion, Skill
from services.kit.records import Page


class PublishedReads(Protocol):
    """Reads of what is published, as CatalogApi has them."""

    async def catalog(self, query: CatalogQuery) -> Page[Course]:
        """Return a page of published courses."""

    async def courses(self, ids: tuple[str, ...]) -> Sequence[Course | None]:
        """Return published courses by id."""

    async def courses_by_slug(self, slugs: tuple[str, ...]) -> Sequence[Course | None]:
        """Return published courses by slug."""

    async def versions(self, ids: tuple[str, ...]) -> Sequence[CourseVersion | None]:
        """Return whole versions by id."""

    async def lesson_versions(self, lesson_ids: tuple[str, ...]) -> Sequence[CourseVersion | None]:
        """Return, for each lesson id, the version that the lesson is of."""

    async def skills(self, ids: tuple[str, ...]) -> Sequence[Skill | None]:
        """Return skills by id."""
