"""Pathways, each with the news of its last saves in its own document."""

from collections.abc import Collection as Many
from collections.abc import Mapping

import msgspec
from pymongo.errors import DuplicateKeyError

from services.content.contract import Pathway
from services.kit.mongo import Collection, Document, Index
from services.kit.outbox import Outbox, waiting
from services.kit.records import OutboxEntry

CONSUMERS = ("credentials",)
"""Who hears of pathway.saved."""
_FIELDS = {"record": 1, "revision": 1}


class Pathways:
    """The PathwayStore over MongoDB."""

    def __init__(self, collection: Collection) -> None:
        """Keep the collection."""
        self._pathways = collection

    async def prepare(self) -> None:
        """Create the indexes that are not there yet."""
        slug = Index([("slug", 1)], name="slug", unique=True)
        await self._pathways.create_indexes([slug, *Outbox.indexes()])

    async def add_pathway(self, pathway: Pathway, news: OutboxEntry) -> bool:
        """Store a new pathway; False when its slug is taken."""
        document = {
            "_id": pathway.id,
            "slug": pathway.slug,
            "revision": pathway.revision,
            "record": msgspec.msgpack.encode(pathway),
            "outbox": [waiting(news, CONSUMERS)],
        }
        try:
            await self._pathways.insert_one(document)
        except DuplicateKeyError:
            return False
        return True

    async def replace_pathway(self, pathway: Pathway, news: OutboxEntry) -> bool:
        """Put a pathway in place of its last revision; False when that moved or the slug is taken.

        A revision is one more than the one that it replaces.
        """
        change = {
            "$set": {
                "slug": pathway.slug,
                "revision": pathway.revision,
                "record": msgspec.msgpack.encode(pathway),
            },
            "$push": {"outbox": waiting(news, CONSUMERS)},
        }
        where = {"_id": pathway.id, "revision": pathway.revision - 1}
        try:
            return await self._pathways.find_one_and_update(where, change) is not None
        except DuplicateKeyError:
            return False

    async def pathways(self, ids: Many[str]) -> Mapping[str, Pathway]:
        """Return pathways by id."""
        found = await self._pathways.find({"_id": {"$in": list(ids)}}, _FIELDS)
        return {document["_id"]: _read(document) for document in found}

    async def pathways_by_slug(self, slugs: Many[str]) -> Mapping[str, Pathway]:
        """Return pathways by slug."""
        found = await self._pathways.find({"slug": {"$in": list(slugs)}}, _FIELDS)
        return {pathway.slug: pathway for pathway in map(_read, found)}

    async def pathway_page(self, *, after: str | None, limit: int) -> tuple[list[Pathway], int]:
        """Return pathways by slug, after one, and how many there are."""
        where = {} if after is None else {"slug": {"$gt": after}}
        found = await self._pathways.find(where, _FIELDS, sort=[("slug", 1)], limit=limit)
        return [_read(document) for document in found], await self._pathways.count({})


def _read(document: Document) -> Pathway:
    return msgspec.msgpack.decode(document["record"], type=Pathway)
