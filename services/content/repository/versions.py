"""Versions, which never change."""

from collections.abc import Collection as Many
from collections.abc import Mapping, Sequence

import msgspec
from pymongo.errors import DuplicateKeyError

from services.content.use_cases.ports import StoredVersion
from services.kit.mongo import Collection, Document, Index

PREFIX = 32
"""Hex digits of a hash that item ids hold."""
INDEXES = [
    Index([("course_id", 1), ("number", 1)], name="course_number", unique=True),
    Index([("prefix", 1)], name="prefix"),
]


class Versions:
    """The VersionStore over MongoDB."""

    def __init__(self, versions: Collection) -> None:
        """Keep the collection."""
        self._versions = versions

    async def prepare(self) -> None:
        """Create the indexes that are not there yet."""
        await self._versions.create_indexes(INDEXES)

    async def next_number(self, course_id: str) -> int:
        """Return the number that the next version of a course would have."""
        last = await self._versions.find_one(
            {"course_id": course_id}, {"number": 1}, sort=[("number", -1)]
        )
        return 1 if last is None else last["number"] + 1

    async def numbered(self, course_id: str, number: int) -> StoredVersion | None:
        """Return a course's version by number."""
        found = await self._versions.find_one(
            {"course_id": course_id, "number": number}, {"prefix": 0}
        )
        return None if found is None else StoredVersion(hash=found.pop("_id"), **found)

    async def version_page(
        self, course_id: str, *, below: int | None, limit: int
    ) -> tuple[list[tuple[int, str]], int]:
        """Return numbers and hashes of versions below a number, newest first, and how many are."""
        of: Document = {"course_id": course_id}
        where = of if below is None else {**of, "number": {"$lt": below}}
        found = await self._versions.find(where, {"number": 1}, sort=[("number", -1)], limit=limit)
        page = [(document["number"], document["_id"]) for document in found]
        return page, await self._versions.count(of)

    async def add_version(self, version: StoredVersion) -> bool:
        """Store a version; False when its hash or its number is taken."""
        document = msgspec.structs.asdict(version)
        document["_id"] = document.pop("hash")
        document["prefix"] = version.hash[:PREFIX]
        try:
            await self._versions.insert_one(document)
        except DuplicateKeyError:
            return False
        return True

    async def versions(self, hashes: Many[str]) -> Mapping[str, StoredVersion]:
        """Return versions by hash."""
        found = await self._versions.find({"_id": {"$in": list(hashes)}}, {"prefix": 0})
        return {
            document["_id"]: StoredVersion(hash=document.pop("_id"), **document)
            for document in found
        }

    async def hashes_of(self, course_ids: Many[str]) -> Mapping[str, Sequence[str]]:
        """Return the hashes of all versions by course id, oldest first."""
        found = await self._versions.find(
            {"course_id": {"$in": list(course_ids)}},
            {"course_id": 1},
            sort=[("course_id", 1), ("number", 1)],
        )
        hashes: dict[str, list[str]] = {}
        for document in found:
            hashes.setdefault(document["course_id"], []).append(document["_id"])
        return hashes

    async def hashes(self, prefixes: Many[str]) -> Mapping[str, str]:
        """Return hashes of versions by their first 32 digits."""
        where = {"prefix": {"$in": list(prefixes)}}
        found = await self._versions.find(where, {"prefix": 1})
        return {document["prefix"]: document["_id"] for document in found}
