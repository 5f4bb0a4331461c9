"""MongoDB: definitions, issuers, status lists and issued credentials.

definitions   one document a course version or pathway revision, by its id; immutable but for the
              outbox
issuers       one a DID (see issuers.py)
credentials   one an issued credential, with the outbox; unique by learner, achievement and version
erased        one an erased learner, by id (see erasures.py)
Status lists are in lists.py.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.credentials.contract import HolderKey
from services.credentials.domain.records import (
    Definition,
    Issued,
)
from services.credentials.domain.text import name_words
from services.credentials.repository.documents import inserted as _inserted
from services.credentials.repository.documents import to_document as _to_document
from services.credentials.repository.documents import to_record as _to_record
from services.kit.mongo import Database, Document, Index
from services.kit.outbox import Outbox, waiting
from services.kit.records import OutboxEntry

SELF = "credentials"
"""The name under which this service consumes its own outbox."""


NO_OUTBOX = {"outbox": 0, "dead": 0, "words": 0}
"""What reads of credentials leave out."""


class Store:
    """The service's database; every method is one round trip unless it says otherwise."""

    def __init__(self, database: Database) -> None:
        """Open the collections; nothing is read before the first call."""
        self._definitions = database.truth("definitions")
        self._credentials = database.truth("credentials")
        self.outbox = Outbox([self._credentials, self._definitions])

    async def create_indexes(self) -> None:
        """Create what is not there yet; a round trip for each collection."""
        await self._definitions.create_indexes(
            [
                Index([("award.id", 1), ("number", -1)]),
                Index([("needs", 1)], name="needs", sparse=True),
                *Outbox.indexes(),
            ]
        )
        await self._credentials.create_indexes(
            [
                Index(
                    [("learner_id", 1), ("achievement_id", 1), ("achievement_version", 1)],
                    unique=True,
                ),
                Index([("learner_id", 1), ("awarded_at", -1), ("_id", -1)]),
                Index([("achievement_id", 1), ("learner_id", 1)]),
                *Outbox.indexes(),
            ]
        )

    # ------------------------------------------------------------ definitions

    async def define(self, definition: Definition) -> None:
        """Keep the award of a course version; repeating it changes nothing."""
        await _inserted(self._definitions.insert_one(_to_document(definition, "version_id")))

    async def definition(self, version_id: str) -> Definition | None:
        """Return the award of a course version."""
        found = await self._definitions.find_one({"_id": version_id})
        return None if found is None else _to_record(found, Definition, "version_id")

    async def definition_of(self, achievement_id: str, version: str) -> Definition | None:
        """Return the newest award of an achievement in that version."""
        found = await self._definitions.find(
            {"award.id": achievement_id, "award.version": version}, sort=[("number", -1)], limit=1
        )
        return _to_record(found[0], Definition, "version_id") if found else None

    async def definitions(self, version_ids: Sequence[str]) -> dict[str, Definition]:
        """Return the awards of course versions, by the version's id."""
        found = await self._definitions.find({"_id": {"$in": list(version_ids)}})
        return {
            document["_id"]: _to_record(document, Definition, "version_id") for document in found
        }

    async def newest_definitions(self, achievement_ids: Sequence[str]) -> dict[str, Definition]:
        """Return the award of the newest course version of each achievement, by achievement id."""
        found = await self._definitions.aggregate(
            [
                {"$match": {"award.id": {"$in": list(achievement_ids)}}},
                {"$sort": {"award.id": 1, "number": -1}},
                {"$group": {"_id": "$award.id", "newest": {"$first": "$$ROOT"}}},
            ]
        )
        return {
            group["_id"]: _to_record(group["newest"], Definition, "version_id") for group in found
        }

    async def stacked_on(self, achievement_id: str) -> tuple[str, ...]:
        """Return the ids of pathways that ever needed an achievement."""
        found = await self._definitions.aggregate(
            [{"$match": {"needs": achievement_id}}, {"$group": {"_id": "$course_id"}}]
        )
        return tuple(sorted(group["_id"] for group in found))

    async def continue_later(self, version_id: str, news: OutboxEntry) -> None:
        """Keep news for this service with the award of a pathway's revision."""
        await self._definitions.update_one(
            {"_id": version_id, "outbox.id": {"$ne": news.id}},
            {"$push": {"outbox": waiting(news, [SELF])}},
        )
        self.outbox.wake()

    # ------------------------------------------------------------ credentials

    async def is_issued(self, learner_id: str, achievement_id: str, version: str) -> bool:
        """Return whether a learner has an achievement in that version."""
        where = {
            "learner_id": learner_id,
            "achievement_id": achievement_id,
            "achievement_version": version,
        }
        return await self._credentials.find_one(where, {"_id": 1}) is not None

    async def add_credential(self, issued: Issued, news: OutboxEntry) -> bool:
        """Keep a credential and the news of it in one document; False when the learner has it."""
        document = credential_document(issued, news)
        added = await _inserted(self._credentials.insert_one(document))
        self.outbox.wake()
        return added

    async def credentials(self, ids: Sequence[str]) -> dict[str, Issued]:
        """Return credentials by id."""
        found = await self._credentials.find({"_id": {"$in": list(ids)}}, NO_OUTBOX)
        return {document["_id"]: _to_record(document, Issued, "id") for document in found}

    async def newest_of(self, keys: Sequence[HolderKey]) -> dict[HolderKey, Issued]:
        """Return the newest credential of each learner and achievement."""
        if not keys:
            return {}
        pairs = [{"learner_id": k.learner_id, "achievement_id": k.achievement_id} for k in keys]
        found = await self._credentials.find(
            {"$or": pairs}, NO_OUTBOX, sort=[("awarded_at", 1), ("_id", 1)]
        )
        issued = [_to_record(document, Issued, "id") for document in found]
        return {
            HolderKey(learner_id=one.learner_id, achievement_id=one.achievement_id): one
            for one in issued
        }

    async def page_of(
        self, learner_id: str, *, before: tuple[datetime, str] | None, limit: int
    ) -> tuple[list[Issued], int]:
        """Return a learner's credentials, newest first, and how many there are; two round trips."""
        where: dict[str, Any] = {"learner_id": learner_id}
        total = await self._credentials.count(where)
        if before is not None:
            at, last_id = before
            where["$or"] = [
                {"awarded_at": {"$lt": at}},
                {"awarded_at": at, "_id": {"$lt": last_id}},
            ]
        found = await self._credentials.find(
            where, NO_OUTBOX, sort=[("awarded_at", -1), ("_id", -1)], limit=limit
        )
        return [_to_record(document, Issued, "id") for document in found], total

    async def count_issued(self, achievement_ids: Sequence[str]) -> dict[str, int]:
        """Return how many credentials there are of each achievement."""
        found = await self._credentials.aggregate(
            [
                {"$match": {"achievement_id": {"$in": list(achievement_ids)}}},
                {"$group": {"_id": "$achievement_id", "count": {"$sum": 1}}},
            ]
        )
        return {group["_id"]: group["count"] for group in found}

    async def holders(self, achievement_id: str, *, after: str, limit: int) -> list[str]:
        """Return who has a credential of an achievement, by learner id, after one."""
        found = await self._credentials.find(
            {"achievement_id": achievement_id, "learner_id": {"$gt": after}},
            {"learner_id": 1},
            sort=[("learner_id", 1)],
            limit=limit,
        )
        return [document["learner_id"] for document in found]

    async def change_credential(self, before: Issued, after: Issued, news: OutboxEntry) -> bool:
        """Write what differs, with the news of it, in one go; False when it moved on meanwhile."""
        old, new = _to_document(before, "id"), _to_document(after, "id")
        known = [before.revision, None] if before.revision == 0 else [before.revision]
        changed = await self._credentials.update_one(
            {"_id": before.id, "revision": {"$in": known}},
            {
                "$set": {name: value for name, value in new.items() if value != old[name]},
                "$push": {"outbox": waiting(news, [SELF])},
            },
        )
        self.outbox.wake()
        return changed


def credential_document(issued: Issued, news: OutboxEntry | None) -> Document:
    """Return a new credential with the news of it, and the words that its holder is found by."""
    return {
        **_to_document(issued, "id"),
        "words": name_words(issued.holder_name),
        "outbox": [] if news is None else [waiting(news, [SELF])],
    }
