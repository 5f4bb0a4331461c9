"""Pathways: stacks of courses that earn a larger credential."""

from typing import Protocol

from services.content.contract.version import AchievementDefinition
from services.content.contract.words import LocalText
from services.kit.records import Actor, Json, Page, PageArgs, Record


class Pathway(Record):
    """A stack of courses, and what having earned all of theirs awards."""

    id: str
    slug: str
    organisation: str
    revision: int
    """Grows with each save."""
    language: str
    title: LocalText
    summary: LocalText
    course_ids: tuple[str, ...]
    """In order; some may not be published."""
    needs: tuple[str, ...] = ()
    """Ids of the achievements of its courses: who holds all of them earns its own."""
    achievement: AchievementDefinition | None = None


class SavePathway(Record):
    """A pathway to put in place of the one of that id; without id a new one."""

    id: str | None = None
    slug: str
    language: str = "en"
    title: LocalText
    summary: LocalText
    course_ids: tuple[str, ...]
    achievement: Json = None
    """As a course document has it."""


class PathwaysApi(Protocol):
    """Reads for everybody, an answer for each key in their order; and saving as an author."""

    async def pathways(self, ids: tuple[str, ...]) -> tuple[Pathway | None, ...]:
        """Return pathways by id."""

    async def pathways_by_slug(self, slugs: tuple[str, ...]) -> tuple[Pathway | None, ...]:
        """Return pathways by slug."""

    async def pathway_page(self, page: PageArgs) -> Page[Pathway]:
        """Return a page of all pathways, by slug."""

    async def save_pathway(self, actor: Actor, pathway: SavePathway) -> Pathway:
        """Create a pathway, or replace the one of that id; saving the same again changes nothing.

        Forbidden unless the actor is an AUTHOR of its organisation. Invalid with the path of what
        does not fit, AlreadyExists when the slug is taken, Conflict when it was just saved.
        """
