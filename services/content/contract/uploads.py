"""Files that organisations send: pictures, recordings, films, captions and packages."""

from typing import Protocol

from services.content.contract.questions import Image
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
    """Writes of authors and issuers: Forbidden unless the actor is one of an organisation."""

    async def request_upload(self, actor: Actor, wanted: RequestUpload) -> Upload:
        """Return where to PUT a file; Invalid, or LimitReached by its size or the quota."""

    async def picture(self, actor: Actor, upload_id: str) -> Image:
        """Return a picture that the actor's organisation sent, kept from now on; NotFound, Invalid.

        It has no text of its own.
        """
