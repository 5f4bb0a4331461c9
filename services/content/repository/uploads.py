"""Uploads: what an organisation said that it would send, and what became of it.

Times are the server's own, so that no pod's clock decides what is swept.
"""

from collections.abc import Sequence

import msgspec

from services.content.use_cases.upload_ports import StoredUpload
from services.kit.mongo import Collection, Document, Index

INDEXES = [
    Index([("organisation", 1)], name="organisation"),
    Index([("hash", 1)], name="hash"),
    Index([("kept", 1), ("asked_at", 1)], name="kept_asked_at"),
]
SWEPT_AT_ONCE = 100


class Uploads:
    """The UploadStore over MongoDB."""

    def __init__(self, collection: Collection) -> None:
        """Keep the collection."""
        self._uploads = collection

    async def prepare(self) -> None:
        """Create the indexes that are not there yet."""
        await self._uploads.create_indexes(INDEXES)

    async def expect(self, upload: StoredUpload) -> StoredUpload:
        """Return an upload as it stands, expected from now on for another day."""
        given = {
            "organisation": upload.organisation,
            "media_type": upload.media_type,
            "bytes": upload.bytes,
            "hash": upload.hash,
        }
        fresh = {name: {"$literal": value} for name, value in given.items()}
        kept = {"$ifNull": ["$kept", False]}
        found = await self._uploads.find_one_and_update(
            {"_id": upload.id},
            [{"$set": {**fresh, "kept": kept, "asked_at": "$$NOW"}}],
            upsert=True,
        )
        assert found is not None
        return _read(found)

    async def upload(self, upload_id: str) -> StoredUpload | None:
        """Return an upload by id."""
        found = await self._uploads.find_one({"_id": upload_id})
        return None if found is None else _read(found)

    async def held_bytes(self, organisation: str) -> int:
        """Return how much an organisation has sent and may still send."""
        total = {"$group": {"_id": None, "bytes": {"$sum": "$bytes"}}}
        found = await self._uploads.aggregate([{"$match": {"organisation": organisation}}, total])
        return int(found[0]["bytes"]) if found else 0

    async def begin(self, upload_id: str, file: str) -> bool:
        """Note a file before it is written, so that a sweep finds it; False when not expected."""
        return await self._uploads.update_one({"_id": upload_id}, {"$push": {"attempts": file}})

    async def attach(self, upload_id: str, file: str) -> None:
        """Note the file of an upload that is kept with itself: a package."""
        await self._uploads.update_one({"_id": upload_id}, {"$set": {"file": file}})

    async def finish(self, upload_id: str) -> bool:
        """Note that all has come; False when it is not expected."""
        done = {"$set": {"stored": True}, "$unset": {"attempts": True}}
        return await self._uploads.update_one({"_id": upload_id}, done)

    async def keep(self, media_hash: str) -> None:
        """Keep all uploads of what is used."""
        await self._uploads.update_many({"hash": media_hash}, {"$set": {"kept": True}})

    async def stale(self, *, seconds: int) -> Sequence[StoredUpload]:
        """Return some uploads that nobody asked for or used for that long."""
        limit = {"$subtract": ["$$NOW", seconds * 1000]}
        where = {"kept": False, "$expr": {"$lt": ["$asked_at", limit]}}
        return [_read(each) for each in await self._uploads.find(where, limit=SWEPT_AT_ONCE)]

    async def is_held(self, media_hash: str, *, besides: str) -> bool:
        """Return whether there is another upload of the same bytes."""
        return await self._uploads.count({"hash": media_hash, "_id": {"$ne": besides}}) > 0

    async def drop(self, upload_id: str) -> None:
        """Forget an upload that is not used."""
        await self._uploads.delete_many({"_id": upload_id, "kept": False})


def _read(document: Document) -> StoredUpload:
    fields = {field.name for field in msgspec.structs.fields(StoredUpload)}
    given = {name: value for name, value in document.items() if name in fields}
    given["attempts"] = tuple(document.get("attempts", ()))
    return StoredUpload(id=document["_id"], **given)
