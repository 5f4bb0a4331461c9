"""Files that authors send: pictures, recordings, films, captions and packages."""

from typing import Protocol

from services.kit.records import Actor, Record


class RequestUpload(Record):
    """A file that is to be sent: what it is, its size and its SHA-256 in hex."""

    media_type: str
    bytes: int
    sha256: str


class Upload(Record):
    """Where to PUT a file; no address when its bytes are here."""

    id: str
    url: str | None = None


class UploadsApi(Protocol):
    """Writes of authors: Forbidden unless the actor is an AUTHOR of an organisation."""

    async def request_upload(self, actor: Actor, wanted: RequestUpload) -> Upload:
        """Return where to PUT a file; Invalid, or LimitReached by its size or the quota."""
