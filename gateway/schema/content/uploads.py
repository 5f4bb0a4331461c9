"""Authors' files on their way in: pictures, recordings, films, captions and packages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.results import Trouble, payload_field, user_errors
from services.content import contract


class RequestUploadInput(graphene.InputObjectType):
    """A file that is to be sent: the address is good for these very bytes alone."""

    media_type = graphene.String(
        required=True, description="Such as image/png, audio/mpeg, video/mp4, text/vtt."
    )
    bytes = graphene.Int(required=True, description="Its size.")
    sha256 = graphene.String(required=True, description="SHA-256 of its bytes, in hex.")


class RequestUploadPayload(graphene.ObjectType):
    """Where to PUT the file.

    In a course document a picture is named by its sha256, and what is played by the url
    /media/{sha256}.{extension}.
    """

    upload_id = graphene.ID(description="For importCourse. Null when it was not done.")
    url = graphene.String(
        description="PUT the bytes here within an hour; null when they are here already."
    )
    present = graphene.Boolean(
        required=True, description="True: the same bytes are already here; no need to send them."
    )
    user_errors = user_errors()

    @staticmethod
    def refused(trouble: Trouble) -> "UploadOutcome":
        """Return the payload of what was not done."""
        return UploadOutcome(None, None, present=False, user_errors=(trouble,))


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """What RequestUploadPayload shows."""

    upload_id: str | None
    url: str | None
    present: bool
    user_errors: Sequence[Trouble] = ()


async def request_upload(context: Context, given: Any) -> UploadOutcome:
    """Ask where to PUT a file."""
    wanted = contract.RequestUpload(
        media_type=given.media_type, bytes=given.bytes, sha256=given.sha256
    )
    upload = await context.clients.uploads.request_upload(context.signed_in, wanted)
    return UploadOutcome(upload.id, upload.url, present=upload.url is None)


class UploadMutations(graphene.ObjectType):
    """Mutations about files."""

    request_upload = payload_field(
        RequestUploadPayload,
        RequestUploadInput,
        request_upload,
        description="Authors: an address to PUT one file to; asking again gives the same upload. "
        "LIMIT_REACHED: the file is too large, or the organisation's quota is taken.",
    )
