"""Offline packs: files are made at publish, once for all versions that share them."""

import asyncio
from collections.abc import Collection, Mapping
from weakref import WeakValueDictionary

import msgspec

from services.content.contract import (
    MAX_IMAGE_WIDTH,
    CourseVersion,
    OfflinePack,
    PackQuery,
)
from services.content.domain.pack.choosing import bytes_to_fetch, choose_pack
from services.content.domain.pack.encodings import EncodedFile, encode, file_hash
from services.content.domain.pack.manifest import JSON, ImageRendition, Manifest
from services.content.domain.pack.writing import (
    Renditions,
    Written,
    picture_hashes,
    write_files,
)
from services.content.domain.texts import fallbacks
from services.content.use_cases.library import Recent
from services.content.use_cases.pack_store import PackStore
from services.content.use_cases.ports import MediaStore
from services.kit.errors import Invalid

CAPACITY = 128


class Packing:
    """Makes the files of versions, and puts packs together from them."""

    def __init__(self, packs: PackStore, media: MediaStore, *, capacity: int = CAPACITY) -> None:
        """Keep the stores; at most `capacity` manifests stay in memory."""
        self._packs = packs
        self._media = media
        self._known: Recent[Manifest] = Recent(capacity)
        self._making: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def pack(self, version: CourseVersion, query: PackQuery) -> OfflinePack:
        """Return the pack of a version that a query asks for."""
        return choose_pack(
            await self.ensure(version),
            image_width=query.image_width,
            max_bytes=query.max_bytes,
            chain=None if query.locale is None else fallbacks(query.locale),
            first=query.first,
        )

    async def ensure(self, version: CourseVersion) -> Manifest:
        """Return the manifest of a version whose files are all stored; make what is not there."""
        known = await self._find(version.hash)
        if known is not None:
            return known
        turn = self._making.setdefault(version.hash, asyncio.Lock())
        async with turn:  # who asks for the same meanwhile finds it made
            return await self._find(version.hash) or await self._make(version)

    async def plan(self, version: CourseVersion) -> Manifest:
        """Return what the manifest of a version would be; none of its texts is stored."""
        return (await self._write(version)).manifest

    async def bytes_to_fetch(
        self, before: CourseVersion | None, after: CourseVersion, *, image_width: int
    ) -> int:
        """Return what a phone that has all of `before` downloads for `after`, stored or not.

        In bytes of unpacked files; of several languages the most.
        """
        had = None if before is None else await self.ensure(before)
        return bytes_to_fetch(had, await self.plan(after), image_width=image_width)

    async def _find(self, version_hash: str) -> Manifest | None:
        found = self._known.get((version_hash,))
        if not found:
            found = dict(await self._packs.manifests({version_hash}))
            self._known.keep(found)
        return found.get(version_hash)

    async def _make(self, version: CourseVersion) -> Manifest:
        """Store the files of a version that are not there yet, then its manifest."""
        written = await self._write(version)
        compressed = dict(await self._packs.compressed(written.texts))
        missing = {key: text for key, text in written.texts.items() if key not in compressed}
        files = await asyncio.to_thread(_encode, missing)
        await self._packs.add_files(files)
        compressed |= {file.hash: len(file.br) for file in files}
        manifest = msgspec.structs.replace(written.manifest, compressed=compressed)
        await self._packs.add_manifest(manifest)
        self._known.keep({version.hash: manifest})
        return manifest

    async def _write(self, version: CourseVersion) -> Written:
        renditions = await self._renditions(picture_hashes(version))
        return await asyncio.to_thread(write_files, version, renditions)

    async def _renditions(self, pictures: Collection[str]) -> Renditions:
        """Return the WebP renditions of pictures; those that are met first are hashed."""
        known = dict(await self._packs.pictures(pictures))
        stored = await self._media.media(set(pictures) - known.keys())
        for picture in stored.values():
            renditions = await self._hashed(picture.hash, picture.widths)
            await self._packs.add_picture(picture.hash, renditions)
            known[picture.hash] = renditions
        return known

    async def _hashed(self, picture: str, widths: tuple[int, ...]) -> tuple[ImageRendition, ...]:
        found = []
        for width in widths:
            data = await self._media.rendition(picture, width=width, media_format="webp")
            if data is not None:
                digest = await asyncio.to_thread(file_hash, data)
                found.append(ImageRendition(width=width, hash=digest, bytes=len(data)))
        return tuple(found)


def check_query(query: PackQuery) -> None:
    """Raise Invalid for a width or a budget out of bounds."""
    if not 1 <= query.image_width <= MAX_IMAGE_WIDTH:
        message = f"imageWidth is from 1 to {MAX_IMAGE_WIDTH} pixels."
        raise Invalid(message, path=("imageWidth",))
    if query.max_bytes is not None and query.max_bytes < 0:
        raise Invalid("maxBytes is 0 or more; leave it out for no limit.", path=("maxBytes",))


def _encode(texts: Mapping[str, bytes]) -> list[EncodedFile]:
    return [encode(text, media_type=JSON) for text in texts.values()]
