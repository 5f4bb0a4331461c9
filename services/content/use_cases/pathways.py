"""Stacks of courses: reading them, and saving them as an author."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

import msgspec

from services.content import contract
from services.content.contract import Course, Pathway, SavePathway
from services.content.domain.course import Achievement, Texts
from services.content.domain.identity import achievement_id, pathway_achievement_id
from services.content.domain.keys import KEY, KEY_RULE
from services.content.domain.texts import CONTROL, LOCALE, NO_CONTROL
from services.content.use_cases.access import author_organisation, may_write
from services.content.use_cases.cursors import check_page, read_cursor, write_cursor
from services.content.use_cases.documents import read
from services.content.use_cases.ports import MediaStore
from services.content.use_cases.projection import show_achievement
from services.kit.errors import AlreadyExists, Conflict, Forbidden, Invalid, NotFound
from services.kit.ids import Kind, new_id
from services.kit.records import Actor, OutboxEntry, Page, PageArgs

MAX_COURSES = 30
MAX_TEXT = 20_000
SAVED = "pathway.saved"
_ORDER = "PATHWAYS"


class PathwayStore(Protocol):
    """Pathways."""

    async def add_pathway(self, pathway: Pathway, news: OutboxEntry) -> bool:
        """Store a new pathway; False when its slug is taken."""

    async def replace_pathway(self, pathway: Pathway, news: OutboxEntry) -> bool:
        """Put a pathway in place of its last revision; False when that moved or the slug is taken.

        A revision is one more than the one that it replaces.
        """

    async def pathways(self, ids: Collection[str]) -> Mapping[str, Pathway]:
        """Return pathways by id."""

    async def pathways_by_slug(self, slugs: Collection[str]) -> Mapping[str, Pathway]:
        """Return pathways by slug."""

    async def pathway_page(self, *, after: str | None, limit: int) -> tuple[list[Pathway], int]:
        """Return pathways by slug, after one, and how many there are."""


class CourseReader(Protocol):
    """Courses as they stand, published or not."""

    async def standing(self, ids: Collection[str]) -> Mapping[str, Course]:
        """Return courses by id."""


class Pathmaking:
    """Saves and reads pathways: the implementation of PathwaysApi."""

    def __init__(
        self,
        store: PathwayStore,
        courses: CourseReader,
        media: MediaStore,
        *,
        wake: Callable[[], None],
    ) -> None:
        """Keep the stores, and who knows courses; `wake` is called when there is news."""
        self._store = store
        self._courses = courses
        self._wake = wake
        self._media = media

    async def pathways(self, ids: tuple[str, ...]) -> tuple[Pathway | None, ...]:
        """Return pathways by id."""
        found = await self._store.pathways(set(ids))
        return tuple(found.get(key) for key in ids)

    async def pathways_by_slug(self, slugs: tuple[str, ...]) -> tuple[Pathway | None, ...]:
        """Return pathways by slug."""
        found = await self._store.pathways_by_slug(set(slugs))
        return tuple(found.get(key) for key in slugs)

    async def pathway_page(self, page: PageArgs) -> Page[Pathway]:
        """Return a page of all pathways, by slug."""
        check_page(page)
        after = None if page.after is None else read_cursor(page.after, _ORDER, kinds=(str,))[0]
        found, total = await self._store.pathway_page(after=after, limit=page.first + 1)
        shown = found[: page.first]
        return Page(
            nodes=tuple(shown),
            cursors=tuple(write_cursor(_ORDER, (pathway.slug,)) for pathway in shown),
            has_next=len(found) > len(shown),
            has_previous=page.after is not None,
            total=total,
        )

    async def save_pathway(self, actor: Actor, pathway: SavePathway) -> Pathway:
        """Create a pathway, or replace the one of that id; saving the same again changes nothing.

        Invalid with the path of what does not fit, AlreadyExists when the slug is taken.
        """
        organisation = author_organisation(actor)
        known = None if pathway.id is None else await self._writable(actor, pathway.id)
        if organisation is None and known is None:
            raise Forbidden("A pathway belongs to an organisation, and your token names none.")
        _check(pathway)
        courses = await self._courses.standing(set(pathway.course_ids))
        _check_courses(actor, pathway.course_ids, courses)
        award = await self._award(pathway)
        if award is not None:
            _check_awards([courses[key] for key in pathway.course_ids])
        pathway_id = new_id(Kind.PATHWAY) if known is None else known.id
        saved = Pathway(
            id=pathway_id,
            slug=pathway.slug,
            organisation=str(organisation) if known is None else known.organisation,
            revision=1 if known is None else known.revision,
            language=pathway.language,
            title=_merge(pathway.title, known.title if known else {}, pathway.language),
            summary=_merge(pathway.summary, known.summary if known else {}, pathway.language),
            course_ids=pathway.course_ids,
            needs=() if award is None else tuple(map(achievement_id, pathway.course_ids)),
            achievement=award
            and msgspec.structs.replace(award, id=pathway_achievement_id(pathway_id)),
        )
        return await self._store_pathway(saved, known)

    async def _store_pathway(self, pathway: Pathway, known: Pathway | None) -> Pathway:
        if pathway == known:
            return known
        if known is not None:
            pathway = msgspec.structs.replace(pathway, revision=known.revision + 1)
        news = OutboxEntry(
            id=f"{pathway.id}.{pathway.revision}", type=SAVED, data={"pathwayId": pathway.id}
        )
        if known is None:
            if not await self._store.add_pathway(pathway, news):
                return await self._saved_before(pathway)
        elif not await self._store.replace_pathway(pathway, news):
            holder = (await self._store.pathways_by_slug({pathway.slug})).get(pathway.slug)
            if holder is not None and holder.id != pathway.id:
                raise _taken(pathway.slug)
            raise Conflict("Somebody else saved this pathway just now: read it and try again.")
        self._wake()
        return pathway

    async def _saved_before(self, pathway: Pathway) -> Pathway:
        """Return the pathway of a slug where it is this one, saved by a call whose answer was lost.

        AlreadyExists where it is another.
        """
        holder = (await self._store.pathways_by_slug({pathway.slug})).get(pathway.slug)
        award = pathway.achievement
        if holder is None or holder != msgspec.structs.replace(
            pathway,
            id=holder.id,
            achievement=award
            and msgspec.structs.replace(award, id=pathway_achievement_id(holder.id)),
        ):
            raise _taken(pathway.slug)
        return holder

    async def _writable(self, actor: Actor, pathway_id: str) -> Pathway:
        found = (await self._store.pathways({pathway_id})).get(pathway_id)
        if found is None:
            raise NotFound("There is no such pathway.", path=("id",))
        if not may_write(actor, found.organisation):
            raise Forbidden("This pathway belongs to another organisation.", path=("id",))
        return found

    async def _award(self, given: SavePathway) -> contract.AchievementDefinition | None:
        if given.achievement is None:
            return None
        award = read(given.achievement, Achievement, what="achievement", at="achievement")
        for name in ("name", "description", "criteria"):
            _check_text(getattr(award, name), given.language, ("achievement", name))
        if not award.version.strip() or not 0 < award.pass_score <= 1:
            raise Invalid(
                "An achievement has a version, and a pass score over 0 up to 1.",
                path=("achievement",),
            )
        hashes = set() if award.image is None else {award.image.hash}
        media = await self._media.media(hashes)
        if hashes - media.keys():
            raise Invalid("The picture was not uploaded.", path=("achievement", "image", "hash"))
        return show_achievement(award, award_id="", media=media)


def _check(given: SavePathway) -> None:
    if not KEY.fullmatch(given.slug):
        raise Invalid(f"The slug is {KEY_RULE}.", path=("slug",))
    if not LOCALE.fullmatch(given.language):
        raise Invalid("The locale is a tag such as en or pt-BR.", path=("locale",))
    _check_text(given.title, given.language, ("title",))
    _check_text(given.summary, given.language, ("summary",))


def _check_text(texts: Texts, language: str, path: tuple[str, ...]) -> None:
    for tag, text in {language: "", **texts}.items():
        if not LOCALE.fullmatch(tag):
            raise Invalid(f"{tag[:40]!r} is no language tag.", path=path)
        if not 0 < len(text.strip()) <= MAX_TEXT:
            raise Invalid(f"A text in {tag} is needed, of up to {MAX_TEXT} characters.", path=path)
        if CONTROL.search(text):
            raise Invalid(NO_CONTROL, path=path)


def _check_courses(actor: Actor, ids: Sequence[str], courses: Mapping[str, Course]) -> None:
    """Refuse a course that is neither published nor the actor's own."""
    if not 1 <= len(ids) <= MAX_COURSES:
        raise Invalid(f"A pathway has 1 to {MAX_COURSES} courses.", path=("courseIds",))
    for index, key in enumerate(ids):
        at = ("courseIds", str(index))
        course = courses.get(key)
        if key in ids[:index]:
            raise Invalid("A course stands in a pathway once.", path=at)
        if course is None or not (course.version_id or may_write(actor, course.organisation)):
            raise Invalid("This is no published course and none of yours.", path=at)


def _check_awards(courses: Sequence[Course]) -> None:
    """Refuse an achievement that nobody could earn."""
    for index, course in enumerate(courses):
        if course.achievement is None:
            message = f"{course.slug} awards nothing, so that nobody could earn this achievement."
            raise Invalid(message, path=("courseIds", str(index)))


def _merge(given: Texts, known: Texts, language: str) -> Texts:
    """Return a text with the translations that are stored, as long as the source is the same."""
    alone = given.keys() == {language} and known.get(language) == given[language]
    return known if alone else given


def _taken(slug: str) -> AlreadyExists:
    return AlreadyExists(f"The slug {slug!r} is taken by another pathway.", path=("slug",))
