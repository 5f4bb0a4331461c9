"""Pictures: one document for what is known of each, and one for each rendition."""

from collections.abc import Collection as Many
from collections.abc import Mapping, Sequence

from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.content.domain.pictures import Rendition, StoredPicture
from services.kit.mongo import Collection


class Media:
    """The MediaStore over MongoDB; what is stored never changes."""

    def __init__(self, collection: Collection) -> None:
        """Keep the collection."""
        self._media = collection

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

    async def add_media(self, stored: StoredPicture, renditions: Sequence[Rendition]) -> None:
        """Store a picture, its renditions first: a picture that is known can be shown whole."""
        documents = [
            {
                "_id": _name(stored.hash, width=each.width, media_format=each.format),
                "height": each.height,
                "data": each.data,
            }
            for each in renditions
        ]
        known = {"_id": stored.hash, "width": stored.width, "height": stored.height}
        try:
            await self._media.insert_many(documents)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE for each in error.details["writeErrors"]):
                raise
        try:
            await self._media.insert_one({**known, "widths": list(stored.widths)})
        except DuplicateKeyError:
            return

    async def rendition(self, media_hash: str, *, width: int, media_format: str) -> bytes | None:
        """Return one rendition's bytes."""
        name = _name(media_hash, width=width, media_format=media_format)
        found = await self._media.find_one({"_id": name}, {"data": 1})
        return None if found is None else bytes(found["data"])


DUPLICATE = 11000
"""MongoDB's code for a key that is taken."""


def _name(media_hash: str, *, width: int, media_format: str) -> str:
    return f"{media_hash}/{width}.{media_format}"
