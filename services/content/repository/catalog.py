"""The catalogue: what is published, found by terms and facets, one document a course."""

from collections.abc import Collection as Many
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from services.content.contract import CatalogFilter, CatalogOrder, Skill
from services.content.domain.search import fold
from services.content.use_cases.ports import CatalogHit, CatalogSlice
from services.kit.clock import from_millis, to_millis
from services.kit.mongo import Collection, Document, Index
from services.kit.records import Json

_PUBLISHED = {"published.at": {"$exists": True}}
INDEXES = [
    Index([("published.terms", 1)], name="terms", partialFilterExpression=_PUBLISHED),
    Index([("published.at", -1), ("_id", 1)], name="newest", partialFilterExpression=_PUBLISHED),
    Index([("published.title", 1), ("_id", 1)], name="title", partialFilterExpression=_PUBLISHED),
    Index(
        [("published.minutes", 1), ("_id", 1)],
        name="shortest",
        partialFilterExpression=_PUBLISHED,
    ),
    Index([("published.skill_ids", 1)], name="skills", partialFilterExpression=_PUBLISHED),
    Index([("published.job_role_ids", 1)], name="job_roles", partialFilterExpression=_PUBLISHED),
]
_SORTS: dict[CatalogOrder, tuple[tuple[str, int], ...]] = {
    CatalogOrder.RELEVANCE: (("rank", -1), ("published.at", -1), ("_id", 1)),
    CatalogOrder.NEWEST: (("published.at", -1), ("_id", 1)),
    CatalogOrder.TITLE: (("published.title", 1), ("_id", 1)),
    CatalogOrder.SHORTEST: (("published.minutes", 1), ("_id", 1)),
}


class Catalogue:
    """The CatalogStore over MongoDB."""

    def __init__(self, courses: Collection, skills: Collection) -> None:
        """Keep the collections."""
        self._courses = courses
        self._skills = skills

    async def prepare(self) -> None:
        """Create the indexes that are not there yet."""
        await self._courses.create_indexes(INDEXES)

    async def published_cards(self, ids: Many[str]) -> Mapping[str, bytes]:
        """Return the cards of published courses by course id."""
        return await self._cards("_id", ids)

    async def published_cards_by_slug(self, slugs: Many[str]) -> Mapping[str, bytes]:
        """Return the cards of published courses by slug."""
        return await self._cards("slug", slugs)

    async def catalog(self, wanted: CatalogSlice) -> tuple[list[CatalogHit], int]:
        """Return a slice of the catalogue and how many courses match."""
        where, sort = _where(wanted), _SORTS[wanted.order]
        page: list[Document] = [
            {"$match": where},
            {"$set": {"rank": _rank(wanted.terms)}},
            *([] if wanted.after is None else [{"$match": _behind(sort, wanted.after)}]),
            {"$sort": dict(sort)},
            {"$limit": wanted.limit},
            {"$project": {"card": "$published.card", **{name: 1 for name, _ in sort}}},
        ]
        found = await self._courses.aggregate(page)
        hits = [
            CatalogHit(card=bytes(document["card"]), place=_place(document, sort))
            for document in found
        ]
        return hits, await self._courses.count(where)

    async def skills(self, ids: Many[str]) -> Mapping[str, Skill]:
        """Return skills by id."""
        found = await self._skills.find({"_id": {"$in": list(ids)}})
        return {
            document["_id"]: msgspec.msgpack.decode(document["record"], type=Skill)
            for document in found
        }

    async def _cards(self, field: str, keys: Many[str]) -> Mapping[str, bytes]:
        where = {field: {"$in": list(keys)}, **_PUBLISHED}
        found = await self._courses.find(where, {field: 1, "published.card": 1})
        return {document[field]: bytes(document["published"]["card"]) for document in found}


def _where(wanted: CatalogSlice) -> Document:
    where: Document = dict(_PUBLISHED)
    if wanted.terms:
        where["published.terms"] = {"$all": list(wanted.terms)}
    if wanted.locales:
        where["published.locales"] = {"$in": list(wanted.locales)}
    return where | _facets(wanted.filter)


def _facets(facets: CatalogFilter) -> Document:
    """Return the conditions of the facets that are given: any of each list."""
    lists: dict[str, Sequence[str] | None] = {
        "published.skill_ids": facets.skill_ids,
        "published.job_role_ids": facets.job_role_ids,
        "published.tags": None if facets.tags is None else [fold(tag) for tag in facets.tags],
        "published.level": facets.levels,
    }
    conditions: Document = {
        name: {"$in": [str(value) for value in values]}
        for name, values in lists.items()
        if values is not None
    }
    if facets.max_minutes is not None:
        conditions["published.minutes"] = {"$lte": facets.max_minutes}
    return conditions


def _rank(terms: Sequence[str]) -> Any:
    """Return how well a course matches, as an expression: 2 by title, 1 with skills, else 0."""
    wanted = {"$literal": list(terms)}
    by_title = {"$setIsSubset": [wanted, "$published.title_terms"]}
    by_skill = {"$setIsSubset": [wanted, "$published.skill_terms"]}
    return {"$cond": [by_title, 2, {"$cond": [by_skill, 1, 0]}]}


def _behind(sort: Sequence[tuple[str, int]], place: Sequence[Json]) -> Document:
    """Return the condition of standing behind a place in an order."""
    values = [_value(name, part) for (name, _), part in zip(sort, place, strict=True)]
    names = [name for name, _ in sort]
    ways = []
    for index, (name, direction) in enumerate(sort):
        equal = dict(zip(names[:index], values[:index], strict=True))
        ways.append({**equal, name: {"$gt" if direction > 0 else "$lt": values[index]}})
    return {"$or": ways}


def _place(document: Document, sort: Sequence[tuple[str, int]]) -> tuple[Json, ...]:
    return tuple(_part(name, _at(document, name)) for name, _ in sort)


def _at(document: Document, name: str) -> Any:
    outer, _, inner = name.partition(".")
    return document[outer][inner] if inner else document[outer]


def _part(name: str, value: Any) -> Json:
    return to_millis(value) if name == "published.at" else value


def _value(name: str, part: Json) -> Any:
    return from_millis(part) if name == "published.at" else part
