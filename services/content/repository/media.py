"""Pictures, recordings, films and captions: what is known of each, renditions, and files."""

from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Collection as Many
from uuid import uuid4

from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.content.domain.files import StoredFile
from services.content.domain.pictures import Rendition, StoredPicture
from services.kit.errors import Unavailable
from services.kit.mongo import Collection, Document
from services.kit.mongo.files import Files


class Media:
    """The MediaStore over MongoDB; what is stored never changes."""

    def __init__(self, collection: Collection, files: Files) -> None:
        """Keep the collection, and where originals are."""
        self._media = collection
        self._files = files

    async def media(self, hashes: Many[str]) -> Mapping[str, StoredPicture]:
        """Return what is known of stored pictures."""
        found = await self._media.find(
            {"_id": {"$in": list(hashes)}, "widths": {"$exists": True}, **NOT_GOING}
        )
        return {
            document["_id"]: StoredPicture(
                hash=document["_id"],
                width=document["width"],
                height=document["height"],
                widths=tuple(document["widths"]),
            )
            for document in found
        }

    async def add_media(
        self, stored: StoredPicture, renditions: Sequence[Rendition], *, original: bytes
    ) -> None:
        """Store a picture, what is made of it first: a picture that is known can be shown whole."""
        documents = [
            {
                "_id": _name(stored.hash, width=each.width, media_format=each.format),
                "height": each.height,
                "data": each.data,
            }
            for each in renditions
        ]
        file = uuid4().hex
        known = {"_id": stored.hash, "width": stored.width, "height": stored.height, "file": file}
        try:
            await self._media.insert_many(documents)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE for each in error.details["writeErrors"]):
                raise
        await self._files.write(file, _once(original))
        await self._add({**known, "widths": list(stored.widths)}, files={file})

    async def rendition(self, media_hash: str, *, width: int, media_format: str) -> bytes | None:
        """Return one rendition's bytes."""
        name = _name(media_hash, width=width, media_format=media_format)
        found = await self._media.find_one({"_id": name}, {"data": 1})
        return None if found is None else bytes(found["data"])

    async def original(self, media_hash: str) -> bytes | None:
        """Return a picture as it was brought in; for authors alone, it may hold private data.

        None for one that is not there, or was stored before originals were kept.
        """
        found = await self._media.find_one({"_id": media_hash}, {"file": 1})
        return await self._files.whole(found["file"]) if found and "file" in found else None

    async def files(self, hashes: Many[str]) -> Mapping[str, StoredFile]:
        """Return what is known of stored files that are served as they are."""
        found = await self._media.find(
            {"_id": {"$in": list(hashes)}, "media_types": {"$exists": True}, **NOT_GOING}
        )
        return {
            document["_id"]: StoredFile(
                hash=document["_id"],
                media_types=tuple(document["media_types"]),
                bytes=document["bytes"],
                file=document["served"],
                original=document["file"],
            )
            for document in found
        }

    async def add_file(self, stored: StoredFile) -> None:
        """Make a file known whose bytes are there; nothing happens when it is known."""
        document = {
            "_id": stored.hash,
            "media_types": list(stored.media_types),
            "bytes": stored.bytes,
            "served": stored.file,
            "file": stored.original,
        }
        await self._add(document, files={stored.file, stored.original})

    async def keep(self, hashes: Many[str]) -> None:
        """Keep for good what is used: it is never swept again."""
        where = {"_id": {"$in": list(hashes)}, **NOT_GOING}
        await self._media.update_many(where, {"$set": {"kept": True}})

    async def is_kept(self, media_hash: str) -> bool:
        """Return whether something is used."""
        return await self._media.count({"_id": media_hash, "kept": True}) > 0

    async def remove(self, media_hash: str) -> None:
        """Remove all there is of a picture or file, unless it is kept."""
        found = await self._media.find_one_and_update(
            {"_id": media_hash, "kept": {"$ne": True}}, {"$set": {"going": True}}
        )
        if found is None:
            return
        await self._media.delete_many({"_id": {"$gt": f"{media_hash}/", "$lt": f"{media_hash}0"}})
        for file in {found["file"], found.get("served", found["file"])}:
            await self._files.delete(file)
        await self._media.delete_many({"_id": media_hash, "going": True})

    async def _add(self, document: Document, *, files: set[str]) -> None:
        """Make something known; where it is known already its files here are needed no more."""
        try:
            await self._media.insert_one(document)
        except DuplicateKeyError as error:
            for file in files:
                await self._files.delete(file)
            if await self._media.count({"_id": document["_id"], "going": True}):
                message = "The same file is being removed at this moment: try again."
                raise Unavailable(message) from error


NOT_GOING = {"going": {"$ne": True}}
"""Of what is not being removed."""
DUPLICATE = 11000
"""MongoDB's code for a key that is taken."""


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _name(media_hash: str, *, width: int, media_format: str) -> str:
    return f"{media_hash}/{width}.{media_format}"
