"""What uploads are kept in, what was announced and the bytes, and who encodes pictures."""

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from typing import Protocol

from services.content.domain.pictures import Rendition, StoredPicture
from services.kit.records import Record


class StoredUpload(Record):
    """What an organisation said that it would send, and what became of it."""

    id: str
    organisation: str
    media_type: str
    bytes: int
    hash: str
    """SHA-256 in hex."""
    stored: bool = False
    """All of it has come."""
    file: str | None = None
    """Where it is, of a package; media are kept by their hash."""
    attempts: tuple[str, ...] = ()
    """Files that were begun and perhaps not finished."""


class FileStore(Protocol):
    """Files of any size by id, in chunks; one is there once all of it is."""

    async def write(self, file_id: str, data: AsyncIterable[bytes]) -> int:
        """Store a stream under a new id and return its size; if it fails, nothing is there."""

    def read(
        self, file_id: str, *, first: int = 0, size: int | None = None
    ) -> AsyncIterator[bytes]:
        """Yield `size` bytes (None: all) from `first` on; NotFound."""

    async def whole(self, file_id: str) -> bytes:
        """Return all bytes of a file that is known to be small; NotFound."""

    async def delete(self, file_id: str) -> None:
        """Remove a file, or what is left of one whose writing was cut off."""


class UploadStore(Protocol):
    """Uploads, timed by the database's clock."""

    async def expect(self, upload: StoredUpload) -> StoredUpload:
        """Return an upload as it stands, expected from now on for another day."""

    async def upload(self, upload_id: str) -> StoredUpload | None:
        """Return an upload by id."""

    async def held_bytes(self, organisation: str) -> int:
        """Return how much an organisation has sent and may still send."""

    async def begin(self, upload_id: str, file: str) -> bool:
        """Note a file before it is written, so that a sweep finds it; False when not expected."""

    async def attach(self, upload_id: str, file: str) -> None:
        """Note the file of an upload that is kept with itself: a package."""

    async def finish(self, upload_id: str) -> bool:
        """Note that all has come; False when it is not expected."""

    async def keep(self, media_hash: str) -> None:
        """Keep all uploads of what is used."""

    async def stale(self, *, seconds: int) -> Sequence[StoredUpload]:
        """Return some uploads that nobody asked for or used for that long."""

    async def is_held(self, media_hash: str, *, besides: str) -> bool:
        """Return whether there is another upload of the same bytes."""

    async def drop(self, upload_id: str) -> None:
        """Forget an upload that is not used."""


class PictureEncoder(Protocol):
    """What makes renditions of pictures, away from the event loop."""

    async def encode(
        self, data: bytes, *, name: str
    ) -> tuple[StoredPicture, tuple[Rendition, ...]]:
        """Return a picture's renditions; Invalid, LimitReached, or Unavailable: then try again."""
