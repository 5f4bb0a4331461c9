"""What is kept of offline packs, and the store that it is kept in."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from services.content.domain.pack.encodings import EncodedFile
from services.content.domain.pack.manifest import ImageRendition, Manifest
from services.kit.records import Record


class PackEntry(Record):
    """A stored pack file: a text in its encodings, or a picture's rendition kept with the media."""

    media_type: str
    picture: str | None = None
    """SHA-256 in hex of the picture's original."""
    width: int = 0


class PackStore(Protocol):
    """Files of packs by the SHA-256 in hex of their bytes, and the manifests of versions."""

    async def manifests(self, hashes: Collection[str]) -> Mapping[str, Manifest]:
        """Return manifests by the hash of their version."""

    async def add_manifest(self, manifest: Manifest) -> None:
        """Store a manifest, whose files are all there; nothing happens when it is there."""

    async def compressed(self, hashes: Collection[str]) -> Mapping[str, int]:
        """Return, for each text that is stored, how many bytes it has with brotli."""

    async def add_files(self, files: Sequence[EncodedFile]) -> None:
        """Store texts; those that are there stay as they are."""

    async def pictures(self, hashes: Collection[str]) -> Mapping[str, tuple[ImageRendition, ...]]:
        """Return the known renditions of pictures by their hash, narrowest first."""

    async def add_picture(self, picture: str, renditions: Sequence[ImageRendition]) -> None:
        """Store what is known of a picture's renditions, all at once."""

    async def entry(self, file: str) -> PackEntry | None:
        """Return what a file is."""

    async def data(self, file: str, encoding: str) -> bytes | None:
        """Return a text's bytes in an encoding."""
