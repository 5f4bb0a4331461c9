"""MongoDB: definitions, issuers, status lists and issued credentials.

definitions   one document a course version or pathway revision, by its id; immutable but for the
              outbox
issuers       one a DID; unique by organisation and origin; only its name and new keys are written
lists         one a status list: the counter that hands out its places
list_bits     one a status list: bits, their revision and the list as it was last signed
credentials   one an issued credential, with the outbox; unique by learner, achievement and version
erased        one an erased learner, by id (see erasures.py)
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from pymongo.errors import DuplicateKeyError

from services.credentials.contract import HolderKey
from services.credentials.domain import statuslist
from services.credentials.domain.records import (
    Definition,
    Issued,
    IssuerAccount,
    ListPage,
    SignedList,
    StatusPlace,
)
from services.kit.mongo import Database, Document, Index
from services.kit.outbox import Outbox, waiting
from services.kit.records import OutboxEntry, Record

SELF = "credentials"
"""The name under which this service consumes its own outbox."""

_NATIVE = (bytes, datetime)
R = TypeVar("R", bound=Record)


class Store:
    """The service's database; every method is one round trip unless it says otherwise."""

    def __init__(self, database: Database) -> None:
        """Open the collections; nothing is read before the first call."""
        self._definitions = database.truth("definitions")
        self._issuers = database.truth("issuers")
        self._lists = database.truth("lists")
        self._bits = database.truth("list_bits")
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
        await self._issuers.create_indexes(
            [Index([("organisation", 1), ("origin", 1)], unique=True)]
        )
        await self._lists.create_indexes([Index([("issuer", 1), ("number", 1)], unique=True)])
        await self._bits.create_indexes([Index([("url", 1)], unique=True)])
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

    # ------------------------------------------------------------ issuers

    async def issuer(self, did: str) -> IssuerAccount | None:
        """Return an issuer by DID."""
        found = await self._issuers.find_one({"_id": did})
        return None if found is None else _to_record(found, IssuerAccount, "did")

    async def issuers_of(self, organisation: str) -> tuple[IssuerAccount, ...]:
        """Return an organisation's issuers, one for each origin that it ever had."""
        found = await self._issuers.find({"organisation": organisation}, sort=[("created_at", 1)])
        return tuple(_to_record(document, IssuerAccount, "did") for document in found)

    async def add_issuer(self, account: IssuerAccount) -> bool:
        """Add an issuer; False when that organisation has one under that origin."""
        return await _inserted(self._issuers.insert_one(_to_document(account, "did")))

    async def name_issuers(self, organisation: str, name: str) -> None:
        """Set the name of all of an organisation's issuers."""
        await self._issuers.update_many({"organisation": organisation}, {"$set": {"name": name}})

    async def issuer_names(self, organisations: Collection[str]) -> dict[str, str]:
        """Return the names of those organisations that have one."""
        found = await self._issuers.find(
            {"organisation": {"$in": list(organisations)}, "name": {"$ne": None}},
            {"organisation": 1, "name": 1},
        )
        return {document["organisation"]: document["name"] for document in found}

    # ------------------------------------------------------------ status lists

    async def take_place(self, issuer: str) -> StatusPlace | None:
        """Take the next place of the issuer's open list; None when every list is full."""
        found = await self._lists.find_one_and_update(
            {"issuer": issuer, "next": {"$lt": statuslist.SIZE}}, {"$inc": {"next": 1}}
        )
        if found is None:
            return None
        index = statuslist.position(found["next"] - 1, key=found["key"])
        return StatusPlace(list_id=found["_id"], list_url=found["url"], index=index)

    async def count_lists(self, issuer: str) -> int:
        """Return how many lists an issuer has."""
        return await self._lists.count({"issuer": issuer})

    async def add_list(self, page: ListPage, signed: SignedList) -> bool:
        """Add a list, signed and empty; False when another process added that number first.

        Two round trips; the signed list first, so that one that hands out places can be fetched.
        """
        await _inserted(self._bits.insert_one(_to_document(signed, "list_id")))
        return await _inserted(self._lists.insert_one({**_to_document(page, "list_id"), "next": 0}))

    async def signed_list(self, list_id: str) -> SignedList | None:
        """Return a list as it was last signed."""
        found = await self._bits.find_one({"_id": list_id})
        return None if found is None else _to_record(found, SignedList, "list_id")

    async def signed_list_at(self, list_url: str) -> SignedList | None:
        """Return a list by its address."""
        found = await self._bits.find_one({"url": list_url})
        return None if found is None else _to_record(found, SignedList, "list_id")

    async def replace_list(self, signed: SignedList) -> bool:
        """Put a list in place of the revision before it; False when somebody else did first."""
        return await self._bits.replace_one(
            {"_id": signed.list_id, "revision": signed.revision - 1},
            _to_document(signed, "list_id"),
        )

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
        document = {**_to_document(issued, "id"), "outbox": [waiting(news, [SELF])]}
        added = await _inserted(self._credentials.insert_one(document))
        self.outbox.wake()
        return added

    async def credentials(self, ids: Sequence[str]) -> dict[str, Issued]:
        """Return credentials by id."""
        found = await self._credentials.find({"_id": {"$in": list(ids)}}, _NO_OUTBOX)
        return {document["_id"]: _to_record(document, Issued, "id") for document in found}

    async def newest_of(self, keys: Sequence[HolderKey]) -> dict[HolderKey, Issued]:
        """Return the newest credential of each learner and achievement."""
        if not keys:
            return {}
        pairs = [{"learner_id": k.learner_id, "achievement_id": k.achievement_id} for k in keys]
        found = await self._credentials.find(
            {"$or": pairs}, _NO_OUTBOX, sort=[("awarded_at", 1), ("_id", 1)]
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
            where, _NO_OUTBOX, sort=[("awarded_at", -1), ("_id", -1)], limit=limit
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

    async def set_status(self, credential_id: str, status: str, reason: str | None) -> bool:
        """Set what a credential is worth; False when there is none of that id."""
        return await self._credentials.update_one(
            {"_id": credential_id}, {"$set": {"status": status, "status_reason": reason}}
        )


_NO_OUTBOX = {"outbox": 0, "dead": 0}


def _to_document(record: Record, key: str) -> Document:
    """Return a record as a document, with its field `key` as `_id`."""
    document: Document = msgspec.to_builtins(record, builtin_types=_NATIVE)
    document["_id"] = document.pop(key)
    return document


def _to_record(document: Document, kind: type[R], key: str) -> R:
    values = {**document, key: document["_id"]}
    return msgspec.convert(values, kind, builtin_types=_NATIVE)


async def _inserted(insertion: Any) -> bool:
    """Return whether an insertion went through; False where a unique index has it already."""
    try:
        await insertion
    except DuplicateKeyError:
        return False
    return True
