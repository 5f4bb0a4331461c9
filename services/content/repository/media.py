"""Pictures: a document for what is known of each, one a rendition, and the original as a file."""

from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Collection as Many
from uuid import uuid4

from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.content.domain.pictures import Rendition, StoredPicture
from services.kit.mongo import Collection
from services.kit.mongo.files import Files


class Media:
    """The MediaStore over MongoDB; what is stored never changes."""

    def __init__(self, collection: Collection, files: Files) -> None:
        """Keep the collection, and where originals are."""
        self._media = collection
        self._files = files

    async def media(self, hashes: Many[str]) -> Mapping[str, StoredPicture]:
        """Return what is known of stored pictures."""
        found = await self._media.find({"_id": {"$in": list(hashes)}})
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
        try:
            await self._media.insert_one({**known, "widths": list(stored.widths)})
        except DuplicateKeyError:
            await self._files.delete(file)

    async def rendition(self, media_hash: str, *, width: int, media_format: str) -> bytes | None:
        """Return one rendition's bytes."""
        name = _name(media_hash, width=width, media_format=media_format)
        found = await self._media.find_one({"_id": name}, {"data": 1})
        return None if found is None else bytes(found["data"])

    async def original(self, media_hash: str) -> bytes | None:
        """Return a picture as it was brought in; for authors alone, it may hold private data."""
        found = await self._media.find_one({"_id": media_hash}, {"file": 1})
        return None if found is None else await self._files.whole(found["file"])


DUPLICATE = 11000
"""MongoDB's code for a key that is taken."""


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _name(media_hash: str, *, width: int, media_format: str) -> str:
    return f"{media_hash}/{width}.{media_format}"
