"""Offline packs: files by hash, shared by all versions, and a manifest for each version."""

from collections.abc import Collection as Many
from collections.abc import Mapping, Sequence

import msgspec
from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.content.domain.pack.encodings import BROTLI, GZIP, IDENTITY, EncodedFile
from services.content.domain.pack.manifest import WEBP, ImageRendition, Manifest
from services.content.repository.media import DUPLICATE
from services.content.use_cases.pack_store import PackEntry
from services.kit.mongo import Collection, Document


class Packs:
    """The PackStore over MongoDB; what is stored never changes."""

    def __init__(self, manifests: Collection, files: Collection) -> None:
        """Keep the collections."""
        self._manifests = manifests
        self._files = files

    async def manifests(self, hashes: Many[str]) -> Mapping[str, Manifest]:
        """Return manifests by the hash of their version."""
        found = await self._manifests.find({"_id": {"$in": list(hashes)}})
        return {each["_id"]: msgspec.msgpack.decode(each["body"], type=Manifest) for each in found}

    async def add_manifest(self, manifest: Manifest) -> None:
        """Store a manifest, whose files are all there; nothing happens when it is there."""
        body = msgspec.msgpack.encode(manifest)
        try:
            await self._manifests.insert_one({"_id": manifest.version_hash, "body": body})
        except DuplicateKeyError:
            return

    async def compressed(self, hashes: Many[str]) -> Mapping[str, int]:
        """Return, for each text that is stored, how many bytes it has with brotli."""
        where = {"_id": {"$in": list(hashes)}, "compressed_bytes": {"$exists": True}}
        found = await self._files.find(where, {"compressed_bytes": 1})
        return {each["_id"]: each["compressed_bytes"] for each in found}

    async def add_files(self, files: Sequence[EncodedFile]) -> None:
        """Store texts, their bytes first: a file that is known is there in every encoding."""
        for file in files:  # one at a time, so that no message grows with the course
            data = {IDENTITY: file.identity, BROTLI: file.br, GZIP: file.gzip}
            await self._add([{"_id": f"{file.hash}/{kind}", "data": data[kind]} for kind in data])
        known = [
            {"_id": file.hash, "media_type": file.media_type, "compressed_bytes": len(file.br)}
            for file in files
        ]
        await self._add(known)

    async def pictures(self, hashes: Many[str]) -> Mapping[str, tuple[ImageRendition, ...]]:
        """Return the known renditions of pictures by their hash, narrowest first."""
        where = {"_id": {"$in": [f"picture/{each}" for each in hashes]}}
        found = await self._files.find(where)
        return {
            each["_id"].removeprefix("picture/"): tuple(
                msgspec.convert(each["renditions"], type=list[ImageRendition])
            )
            for each in found
        }

    async def add_picture(self, picture: str, renditions: Sequence[ImageRendition]) -> None:
        """Store what is known of a picture's renditions, each by its own hash first."""
        await self._add(
            [
                {"_id": each.hash, "media_type": WEBP, "picture": picture, "width": each.width}
                for each in renditions
            ]
        )
        whole = [msgspec.to_builtins(each) for each in renditions]
        await self._add([{"_id": f"picture/{picture}", "renditions": whole}])

    async def entry(self, file: str) -> PackEntry | None:
        """Return what a file is."""
        found = await self._files.find_one({"_id": file})
        return None if found is None else msgspec.convert(found, type=PackEntry)

    async def data(self, file: str, encoding: str) -> bytes | None:
        """Return a text's bytes in an encoding."""
        found = await self._files.find_one({"_id": f"{file}/{encoding}"})
        return None if found is None else bytes(found["data"])

    async def _add(self, documents: Sequence[Document]) -> None:
        """Insert what is not there yet."""
        if not documents:
            return
        try:
            await self._files.insert_many(documents)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE for each in error.details["writeErrors"]):
                raise
