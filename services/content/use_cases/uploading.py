"""Uploads: an address to PUT one file to, what is checked as it comes, and what is swept."""

import hashlib
import re
from collections.abc import AsyncIterator
from uuid import uuid4

from services.content import contract
from services.content.domain.captions import normalise
from services.content.domain.files import StoredFile
from services.content.domain.media_types import (
    TYPES,
    MediaKind,
    sniff,
)
from services.content.use_cases.access import author_organisation, sending_organisation
from services.content.use_cases.arriving import checked, watched
from services.content.use_cases.ports import MediaStore
from services.content.use_cases.projection.scene import shown_picture
from services.content.use_cases.upload_ports import (
    FileStore,
    PictureEncoder,
    StoredUpload,
    UploadStore,
)
from services.kit.capabilities import Capabilities
from services.kit.errors import Forbidden, Invalid, LimitReached, NotFound
from services.kit.ids import Kind, global_id
from services.kit.records import Actor, Record

DAY_SECONDS = 24 * 60 * 60
"""After so long without use an upload is swept."""
PATH = "/uploads/"
NOT_COME = "The bytes of this upload have not come: PUT them to its address first."
_SHA256 = re.compile(r"[0-9a-f]{64}")


class UploadLimits(Record):
    """How much may be sent: in one file of each kind, and by one organisation in all."""

    sizes: dict[MediaKind, int]
    """In bytes."""
    quota: int
    """In bytes."""


class Uploading:
    """Takes files in for an organisation, each stored once by its hash."""

    def __init__(
        self,
        uploads: UploadStore,
        media: MediaStore,
        files: FileStore,
        *,
        encoder: PictureEncoder,
        capabilities: Capabilities,
        limits: UploadLimits,
    ) -> None:
        """Keep the stores, who encodes pictures, who signs addresses, and the limits."""
        self._uploads = uploads
        self._media = media
        self._files = files
        self._encoder = encoder
        self._capabilities = capabilities
        self._limits = limits

    async def request_upload(self, actor: Actor, wanted: contract.RequestUpload) -> contract.Upload:
        """Return where to PUT a file, or that its bytes are here; asking again changes nothing."""
        organisation = sending_organisation(actor)
        if organisation is None:
            raise Forbidden("A file belongs to an organisation, and your token names none.")
        self._check(wanted)
        expected = await self._expect(organisation, wanted)
        if await self._is_here(expected):
            return contract.Upload(id=expected.id)
        url = self._capabilities.url(PATH + expected.id)
        return contract.Upload(id=expected.id, url=url)

    def check_address(self, upload_id: str, *, expires: str, signature: str) -> None:
        """Return when the parameters of an address open the upload now, else NotFound."""
        self._capabilities.check(PATH + upload_id, expires=expires, signature=signature)

    async def expected(self, upload_id: str) -> StoredUpload:
        """Return an upload that may be sent now; NotFound when it was swept."""
        upload = await self._uploads.upload(upload_id)
        if upload is None:
            raise _expected_no_longer()
        return upload

    async def receive(self, upload: StoredUpload, body: AsyncIterator[bytes]) -> bool:
        """Take a file in and return True, or False where it was here; half a file is nothing."""
        arriving = checked(upload, body)
        if await self._is_here(upload):
            async for _ in arriving:
                pass
            return False
        match TYPES[upload.media_type].kind:
            case MediaKind.IMAGE:
                await self._take_picture(b"".join([part async for part in arriving]))
            case MediaKind.CAPTIONS:
                await self._take_captions(upload, b"".join([part async for part in arriving]))
            case MediaKind.PACKAGE:
                await self._uploads.attach(upload.id, await self._write(upload, arriving))
            case MediaKind.AUDIO | MediaKind.VIDEO:
                await self._take_recording(upload, arriving)
        if not await self._uploads.finish(upload.id):
            raise _expected_no_longer()
        return True

    async def picture(self, actor: Actor, upload_id: str) -> contract.Image:
        """Return a picture that the actor's organisation sent, kept from now on."""
        path = ("imageUploadId",)
        upload = await self._sent(upload_id, sending_organisation(actor), path)
        if TYPES[upload.media_type].kind is not MediaKind.IMAGE:
            raise Invalid(f"This upload is {upload.media_type}, and no picture.", path=path)
        await self._media.keep((upload.hash,))  # before the look: a sweep may be at work
        stored = (await self._media.media({upload.hash})).get(upload.hash)
        if stored is None or not upload.stored:
            raise Invalid(NOT_COME, path=path)
        return shown_picture(stored, alt={"en": ""})

    async def package(self, actor: Actor, upload_id: str) -> bytes:
        """Return the bytes of a package that the actor's organisation sent; NotFound, Invalid."""
        upload = await self._sent(upload_id, author_organisation(actor), ("uploadId",))
        if TYPES[upload.media_type].kind is not MediaKind.PACKAGE:
            message = f"This upload is {upload.media_type}, and a package is application/zip."
            raise Invalid(message, path=("uploadId",))
        if upload.file is None:
            raise Invalid(NOT_COME, path=("uploadId",))
        return await self._files.whole(upload.file)

    async def sweep(self) -> None:
        """Remove what nobody used for a day; what is cut off here is done by the next sweep."""
        for upload in await self._uploads.stale(seconds=DAY_SECONDS):
            if await self._media.is_kept(upload.hash):
                await self._uploads.keep(upload.hash)
                continue
            used = (await self._media.files({upload.hash})).get(upload.hash)
            in_use = () if used is None else (used.file, used.original)
            for file in {*upload.attempts, upload.file} - {None, *in_use}:
                await self._files.delete(str(file))
            if not await self._uploads.is_held(upload.hash, besides=upload.id):
                await self._media.remove(upload.hash)
            await self._uploads.drop(upload.id)

    async def _sent(
        self, upload_id: str, organisation: str | None, path: tuple[str, ...]
    ) -> StoredUpload:
        """Return an upload of an organisation; NotFound."""
        upload = await self._uploads.upload(upload_id)
        if upload is None or upload.organisation != organisation:
            raise NotFound("Your organisation has no such upload.", path=path)
        return upload

    def _check(self, wanted: contract.RequestUpload) -> None:
        media_type = TYPES.get(wanted.media_type)
        if wanted.media_type == "image/svg+xml":
            message = "SVG can hold scripts and is not taken: save the drawing as PNG."
            raise Invalid(message, path=("mediaType",))
        if media_type is None:
            message = f"The media type is one of {', '.join(TYPES)}."
            raise Invalid(message, path=("mediaType",))
        if not _SHA256.fullmatch(wanted.sha256):
            raise Invalid("The SHA-256 has 64 digits, 0-9 and a-f.", path=("sha256",))
        if wanted.bytes < 1:
            raise Invalid("A file has 1 byte or more.", path=("bytes",))
        limit = self._limits.sizes[media_type.kind]
        if wanted.bytes > limit:
            raise LimitReached(
                f"A file of {wanted.media_type} has at most {_words(limit)}.", path=("bytes",)
            )

    async def _expect(self, organisation: str, wanted: contract.RequestUpload) -> StoredUpload:
        """Expect an upload; LimitReached, and nothing is expected, where the quota is reached."""
        upload = StoredUpload(
            id=_upload_id(organisation, wanted),
            organisation=organisation,
            media_type=wanted.media_type,
            bytes=wanted.bytes,
            hash=wanted.sha256,
        )
        if await self._uploads.upload(upload.id) is not None:
            return await self._uploads.expect(upload)
        expected = await self._uploads.expect(upload)  # counted first: two at once cannot pass
        held = await self._uploads.held_bytes(organisation)
        if held > self._limits.quota:
            await self._uploads.drop(upload.id)
            raise LimitReached(
                f"Your organisation has {_words(self._limits.quota)} for uploads, and "
                f"{_words(held - wanted.bytes)} of them are taken.",
                path=("bytes",),
            )
        return expected

    async def _is_here(self, upload: StoredUpload) -> bool:
        """Return whether the organisation has sent these bytes and they can be used."""
        if not upload.stored:
            return False
        kind = TYPES[upload.media_type].kind
        if kind is MediaKind.PACKAGE:
            return upload.file is not None
        if kind is MediaKind.IMAGE:
            return upload.hash in await self._media.media({upload.hash})
        found = (await self._media.files({upload.hash})).get(upload.hash)
        return found is not None and upload.media_type in found.media_types

    async def _take_picture(self, data: bytes) -> None:
        stored, renditions = await self._encoder.encode(data, name="The file")
        await self._media.add_media(stored, renditions, original=data)

    async def _take_captions(self, upload: StoredUpload, data: bytes) -> None:
        """Store captions as they came, and as they are served."""
        served = normalise(data)
        await self._media.add_file(
            StoredFile(
                hash=upload.hash,
                media_types=(upload.media_type,),
                bytes=len(served),
                file=await self._write(upload, _once(served)),
                original=await self._write(upload, _once(data)),
            )
        )

    async def _take_recording(self, upload: StoredUpload, checked: AsyncIterator[bytes]) -> None:
        head, tail = bytearray(), bytearray()
        file = await self._write(upload, watched(checked, head, tail))
        await self._media.add_file(
            StoredFile(
                hash=upload.hash,
                media_types=tuple(sorted(sniff(bytes(head)))),
                bytes=upload.bytes,
                file=file,
                original=file,
            )
        )

    async def _write(self, upload: StoredUpload, parts: AsyncIterator[bytes]) -> str:
        """Store a file as it comes, and return under what id."""
        file = uuid4().hex
        if not await self._uploads.begin(upload.id, file):
            raise _expected_no_longer()
        await self._files.write(file, parts)
        return file


def _expected_no_longer() -> NotFound:
    return NotFound("This upload is expected no longer: ask for a new address.")


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _upload_id(organisation: str, wanted: contract.RequestUpload) -> str:
    """Return the id that follows from all that an upload is bound to."""
    bound = f"{organisation}\0{wanted.media_type}\0{wanted.bytes}\0{wanted.sha256}"
    return global_id(Kind.UPLOAD, hashlib.sha256(bound.encode()).digest()[:16])


def _words(size: int) -> str:
    return f"{size / (1 << 20):,.1f} MB".replace(".0 MB", " MB")
