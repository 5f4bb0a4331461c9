"""The catalogue: a small document for each published course, in a collection of its own.

It follows the published pointers: a course whose pointer moved is `uncatalogued` until its entry
is here. `fresh` is the time of publishing with some bits of the id: unique, so it orders alone.
"""

import hashlib
from collections.abc import Collection as Many
from collections.abc import Mapping

from pymongo.errors import DuplicateKeyError

from services.content.contract import CatalogOrder
from services.content.repository.search import Bound, Order, Search, indexes, place, searched
from services.content.use_cases.ports import CatalogEntry, CatalogHit, Sought
from services.kit.clock import to_millis
from services.kit.mongo import Collection, Document, Index

NEWEST = CatalogOrder.NEWEST.value
ORDERS: Mapping[str, Order] = {
    NEWEST: (("fresh", -1),),
    CatalogOrder.TITLE: (("title", 1), ("fresh", -1)),
    CatalogOrder.SHORTEST: (("minutes", 1), ("fresh", -1)),
}
INDEXES = [*indexes(ORDERS, home=NEWEST), Index([("fresh", 1)], name="one_each", unique=True)]
MINUTES = Bound(field="minutes", order=CatalogOrder.SHORTEST)
ID_BITS = 20
_PUBLISHED = {"published.at": {"$exists": True}}


class Catalogue:
    """The CatalogStore over MongoDB."""

    def __init__(self, courses: Collection, catalogue: Collection) -> None:
        """Keep the collections."""
        self._courses = courses
        self._catalogue = catalogue
        self._search = Search(catalogue, ORDERS, home=NEWEST, bound=MINUTES)

    async def prepare(self) -> None:
        """Create the indexes that are not there yet."""
        await self._catalogue.create_indexes(INDEXES)

    async def published_cards(self, ids: Many[str]) -> Mapping[str, bytes]:
        """Return the cards of published courses by course id."""
        return await self._cards("_id", ids)

    async def published_cards_by_slug(self, slugs: Many[str]) -> Mapping[str, bytes]:
        """Return the cards of published courses by slug."""
        return await self._cards("slug", slugs)

    async def catalog(self, sought: Sought) -> tuple[list[CatalogHit], int]:
        """Return a slice of the catalogue and how many courses match."""
        found = await self._search.page(sought, ("card",))
        order = ORDERS[sought.order]
        hits = [
            CatalogHit(card=bytes(document["card"]), place=place(rank, document, order))
            for rank, document in found.documents
        ]
        return hits, found.total

    async def put_entry(self, entry: CatalogEntry) -> None:
        """Store an entry in place of an earlier one of the course."""
        document = entry_document(entry)
        where = {"_id": entry.course_id, "moves": {"$lte": entry.moves}}
        while True:
            try:
                await self._catalogue.replace_one(where, document, upsert=True)
            except DuplicateKeyError:
                known = await self._catalogue.find_one({"_id": entry.course_id}, {"moves": 1})
                if known is not None and known["moves"] > entry.moves:
                    return
                document["fresh"] += 1  # another course has this very moment
            else:
                return

    async def remove_entry(self, course_id: str, *, moves: int) -> None:
        """Remove the entry of a course, unless it is of a later move."""
        await self._catalogue.delete_many({"_id": course_id, "moves": {"$lte": moves}})

    async def _cards(self, field: str, keys: Many[str]) -> Mapping[str, bytes]:
        where = {field: {"$in": list(keys)}, **_PUBLISHED}
        found = await self._courses.find(where, {field: 1, "published.card": 1})
        return {document[field]: bytes(document["published"]["card"]) for document in found}


def entry_document(entry: CatalogEntry) -> Document:
    """Return what is stored of an entry."""
    digest = hashlib.sha256(entry.course_id.encode()).digest()
    some = int.from_bytes(digest[:4]) >> (32 - ID_BITS)
    return {
        "_id": entry.course_id,
        "moves": entry.moves,
        "fresh": to_millis(entry.at) << ID_BITS | some,
        "title": entry.title,
        "minutes": entry.minutes,
        **searched(entry.terms, entry.keys),
        "card": entry.card,
    }
