"""What organisations issued, as issuers look through it: pages of ids, read from indexes alone.

Credentials have `words`, those of their holder's name, so that a name is found by beginnings.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from services.credentials.contract import CredentialStatus
from services.credentials.domain.records import IssuedFilter
from services.kit.mongo import Database, Document, Index


class IssuedPages:
    """The PageStore over MongoDB."""

    def __init__(self, database: Database) -> None:
        """Choose the collections."""
        self._credentials = database.truth("credentials")
        self._definitions = database.truth("definitions")

    async def create_indexes(self) -> None:
        """Create what is not there yet; a round trip for each collection."""
        newest = [("awarded_at", -1), ("_id", -1)]
        await self._credentials.create_indexes(
            [
                Index([("organisation", 1), *newest]),
                Index([("organisation", 1), ("status", 1), *newest]),
                Index([("organisation", 1), ("achievement_id", 1), *newest]),
                Index([("organisation", 1), ("words", 1)]),
            ]
        )
        await self._definitions.create_indexes([Index([("organisation", 1), ("award.id", 1)])])

    async def issued(
        self, wanted: IssuedFilter, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[tuple[datetime, str]]:
        """Return when credentials were awarded, and their ids: the latest awards first."""
        where = _where(wanted)
        if before is not None:
            at, last = before
            where["$or"] = [{"awarded_at": {"$lt": at}}, {"awarded_at": at, "_id": {"$lt": last}}]
        found = await self._credentials.find(
            where, {"awarded_at": 1}, sort=[("awarded_at", -1), ("_id", -1)], limit=limit
        )
        return [(document["awarded_at"], document["_id"]) for document in found]

    async def count(self, wanted: IssuedFilter) -> int:
        """Return how many credentials there are."""
        return await self._credentials.count(_where(wanted))

    async def achievements(self, organisation: str, *, after: str, limit: int) -> list[str]:
        """Return ids of achievements that an organisation awards, after one, in their order."""
        found = await self._definitions.aggregate(
            [
                {"$match": {"organisation": organisation, "award.id": {"$gt": after}}},
                {"$sort": {"organisation": 1, "award.id": 1}},
                {"$group": {"_id": "$award.id"}},
                {"$sort": {"_id": 1}},
                {"$limit": limit},
            ]
        )
        return [group["_id"] for group in found]

    async def count_achievements(self, organisation: str) -> int:
        """Return how many achievements an organisation awards."""
        found = await self._definitions.aggregate(
            [
                {"$match": {"organisation": organisation}},
                {"$group": {"_id": "$award.id"}},
                {"$count": "total"},
            ]
        )
        return found[0]["total"] if found else 0


def _where(wanted: IssuedFilter) -> Document:
    where: Document = {"organisation": wanted.organisation}
    if wanted.achievement_id is not None:
        where["achievement_id"] = wanted.achievement_id
    conditions = [*_worth(wanted.status, wanted.now), *_named(wanted.words)]
    return {**where, "$and": conditions} if conditions else where


def _worth(status: CredentialStatus | None, now: datetime) -> list[Document]:
    """Return what holds of credentials that are worth this now: valid ones expire by themselves."""
    if status is None:
        return []
    if status is CredentialStatus.EXPIRED:
        return [{"status": CredentialStatus.VALID}, {"valid_until": {"$lte": now}}]
    if status is CredentialStatus.VALID:
        lasting = [{"valid_until": None}, {"valid_until": {"$gt": now}}]
        return [{"status": CredentialStatus.VALID}, {"$or": lasting}]
    return [{"status": status}]


def _named(words: Sequence[str]) -> list[Document]:
    return [{"words": {"$regex": f"^{re.escape(word)}"}} for word in words]
