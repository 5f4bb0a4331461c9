"""Reading what is published: the implementation of CatalogApi."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from services.content.contract import (
    CatalogFilter,
    CatalogOrder,
    CatalogQuery,
    CompetencyQuery,
    Course,
    CourseVersion,
    JobRole,
    Moves,
    OfflinePack,
    PackQuery,
    PictureName,
    Skill,
)
from services.content.domain.search import facet, query_terms
from services.content.domain.texts import fallbacks
from services.content.use_cases.cursors import check_page, read_cursor, write_cursor
from services.content.use_cases.library import Library
from services.content.use_cases.news import News
from services.content.use_cases.packing import Packing, check_query
from services.content.use_cases.ports import CatalogStore, MediaStore, Sought
from services.content.use_cases.skill_store import CompetencyHit, R, SkillStore
from services.kit.errors import Invalid, NotFound
from services.kit.ids import Kind, item_version, version_hash
from services.kit.records import Page

T = TypeVar("T")
FILTERS = {
    "skill": "skillIds",
    "role": "jobRoleIds",
    "tag": "tags",
    "level": "levels",
    "locale": "locale",
}
BY_NAME = "name"
MAX_PICTURES = 32
"""Of one call: more are not answered with bytes."""
MAX_FACET = 100
"""Values of one facet."""
PLACES: dict[CatalogOrder, tuple[type, ...]] = {
    CatalogOrder.RELEVANCE: (int, int),
    CatalogOrder.NEWEST: (int, int),
    CatalogOrder.TITLE: (int, str, int),
    CatalogOrder.SHORTEST: (int, int, int),
}
"""A place in each order: the rank, then title or minutes, and last how fresh a course is."""

_CARDS = msgspec.msgpack.Decoder(Course)


class Catalog:
    """Published courses and versions, for everybody."""

    def __init__(
        self,
        store: CatalogStore,
        library: Library,
        packing: Packing,
        media: MediaStore,
        *,
        news: News,
        skills: SkillStore,
    ) -> None:
        """Keep where all of it is read, and who tells of moves."""
        self._store = store
        self._library = library
        self._packing = packing
        self._news = news
        self._skills = skills
        self._media = media

    async def catalog(self, query: CatalogQuery) -> Page[Course]:
        """Return a page of published courses."""
        check_page(query.page)
        order, after = query.order_by.value, query.page.after
        kinds = PLACES[query.order_by]
        by_rank = query.order_by is CatalogOrder.RELEVANCE
        sought = Sought(
            terms=query_terms(query.search or ""),
            facets=_facets(query.filter),
            most=query.filter.max_minutes,
            by_rank=by_rank,
            order=CatalogOrder.NEWEST.value if by_rank else order,
            after=None if after is None else read_cursor(after, order, kinds=kinds),
            limit=query.page.first + 1,
        )
        hits, total = await self._store.catalog(sought)
        shown = hits[: query.page.first]
        return Page(
            nodes=tuple(_course(hit.card) for hit in shown),
            cursors=tuple(write_cursor(order, hit.place) for hit in shown),
            has_next=len(hits) > len(shown),
            has_previous=after is not None,
            total=total,
        )

    async def courses(self, ids: tuple[str, ...]) -> tuple[Course | None, ...]:
        """Return published courses by id; None for what is not there or not published."""
        cards = await self._store.published_cards(set(ids))
        return tuple(_course(cards[key]) if key in cards else None for key in ids)

    async def courses_by_slug(self, slugs: tuple[str, ...]) -> tuple[Course | None, ...]:
        """Return published courses by slug."""
        cards = await self._store.published_cards_by_slug(set(slugs))
        return tuple(_course(cards[key]) if key in cards else None for key in slugs)

    async def versions(self, ids: tuple[str, ...]) -> tuple[CourseVersion | None, ...]:
        """Return whole versions by id, published now or ever."""
        hashes = tuple(_read(version_hash, key) for key in ids)
        held = await self._library.versions({key for key in hashes if key is not None})
        return tuple(held[key].public if key and key in held else None for key in hashes)

    async def lesson_versions(
        self, lesson_ids: tuple[str, ...]
    ) -> tuple[CourseVersion | None, ...]:
        """Return, for each lesson id, the version that the lesson is of."""
        prefixes = tuple(_read(_lesson_prefix, key) for key in lesson_ids)
        hashes = await self._library.hashes({key for key in prefixes if key is not None})
        held = await self._library.versions(set(hashes.values()))
        found = (hashes.get(prefix or "") for prefix in prefixes)
        versions = (held[key].public if key and key in held else None for key in found)
        return tuple(
            version if version is not None and _has_lesson(version, lesson_id) else None
            for version, lesson_id in zip(versions, lesson_ids, strict=True)
        )

    async def packs(self, queries: tuple[PackQuery, ...]) -> tuple[OfflinePack | None, ...]:
        """Return what phones download of versions; Invalid for a width or budget out of bounds."""
        for query in queries:
            check_query(query)
        hashes = tuple(_read(version_hash, query.version_id) for query in queries)
        held = await self._library.versions({key for key in hashes if key is not None})
        versions = tuple(held[key].public if key and key in held else None for key in hashes)
        packs = [
            None if version is None else await self._packing.pack(version, query)
            for version, query in zip(versions, queries, strict=True)
        ]
        return tuple(packs)

    async def skills(self, ids: tuple[str, ...]) -> tuple[Skill | None, ...]:
        """Return skills by id."""
        found = await self._skills.read(Skill, set(ids))
        return tuple(found.get(key) for key in ids)

    async def moves(self, since: str | None, *, wait: float) -> Moves:
        """Return which pointers moved since a position, waiting up to `wait` seconds for one."""
        return await self._news.moves(since, wait=wait)

    async def pictures(self, names: tuple[PictureName, ...]) -> tuple[bytes | None, ...]:
        """Return renditions of pictures as PNG; None for what is not there."""
        return tuple(
            [
                await self._media.rendition(name.hash, width=name.width, media_format="png")
                for name in names[:MAX_PICTURES]
            ]
            + [None] * max(0, len(names) - MAX_PICTURES)
        )

    async def find_skills(self, query: CompetencyQuery) -> Page[Skill]:
        """Return a page of skills, best match first, then by name."""
        return await self._find(Skill, query)

    async def job_roles(self, ids: tuple[str, ...]) -> tuple[JobRole | None, ...]:
        """Return job roles by id."""
        found = await self._skills.read(JobRole, set(ids))
        return tuple(found.get(key) for key in ids)

    async def find_job_roles(self, query: CompetencyQuery) -> Page[JobRole]:
        """Return a page of job roles, best match first, then by name."""
        return await self._find(JobRole, query)

    async def job_role_skills(self, ids: tuple[str, ...]) -> tuple[tuple[Skill, ...], ...]:
        """Return the skills of each job role, essential ones first; none for an unknown one."""
        held = await self._skills.skills_of(set(ids))
        skills = await self._skills.read(Skill, {each for some in held.values() for each in some})
        return tuple(
            tuple(skills[each] for each in held.get(role, ()) if each in skills) for role in ids
        )

    async def _find(self, kind: type[R], query: CompetencyQuery) -> Page[R]:
        check_page(query.page)
        after = query.page.after
        sought = Sought(
            terms=query_terms(query.search or ""),
            facets=() if query.framework is None else ((facet("framework", query.framework),),),
            by_rank=True,
            order=BY_NAME,
            after=None if after is None else read_cursor(after, BY_NAME, kinds=(int, str, str)),
            limit=query.page.first + 1,
        )
        found: tuple[list[CompetencyHit[R]], int] = await self._skills.search(kind, sought)
        hits, total = found
        shown = hits[: query.page.first]
        return Page(
            nodes=tuple(hit.record for hit in shown),
            cursors=tuple(write_cursor(BY_NAME, hit.place) for hit in shown),
            has_next=len(hits) > len(shown),
            has_previous=after is not None,
            total=total,
        )


def _facets(asked: CatalogFilter) -> tuple[tuple[str, ...], ...]:
    """Return the keys of the facets that are given: of each list any is enough."""
    lists: dict[str, Sequence[str] | None] = {
        "skill": asked.skill_ids,
        "role": asked.job_role_ids,
        "tag": asked.tags,
        "level": asked.levels,
        "locale": fallbacks(asked.locale) if asked.locale else None,
    }
    for kind, values in lists.items():
        if values is not None and len(values) > MAX_FACET:
            raise Invalid(f"A filter takes at most {MAX_FACET} values.", path=(FILTERS[kind],))
    return tuple(
        tuple(dict.fromkeys(facet(kind, value) for value in values))
        for kind, values in lists.items()
        if values is not None
    )


def _course(card: bytes) -> Course:
    return _CARDS.decode(card)


def _read(read: Callable[[str], T], text: str) -> T | None:
    """Return what an id holds, or None where it is malformed: batch reads answer that with None."""
    try:
        return read(text)
    except NotFound:
        return None


def _lesson_prefix(lesson_id: str) -> str:
    return item_version(Kind.LESSON, lesson_id)


def _has_lesson(version: CourseVersion, lesson_id: str) -> bool:
    return any(lesson.id == lesson_id for module in version.modules for lesson in module.lessons)
