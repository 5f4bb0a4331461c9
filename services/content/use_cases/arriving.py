"""What is checked of a file while it comes, whatever its size."""

import hashlib
from collections.abc import AsyncIterator

from services.content.domain.media_types import HEAD_BYTES, TAIL_BYTES, disguise, sniff
from services.content.use_cases.upload_ports import StoredUpload
from services.kit.errors import Invalid, LimitReached


async def checked(upload: StoredUpload, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield a body's bytes; Invalid or LimitReached at the first that cannot be as announced."""
    digest, size, head = hashlib.sha256(), 0, b""
    async for part in body:
        size += len(part)
        if size > upload.bytes:
            raise LimitReached(f"More came than the {upload.bytes} bytes that were announced.")
        digest.update(part)
        if len(head) < HEAD_BYTES:
            head = (head + part)[:HEAD_BYTES]
            if len(head) == HEAD_BYTES:
                _check_type(upload, head)
        yield part
    if size < upload.bytes:
        raise Invalid(f"Only {size} of {upload.bytes} bytes came: send all of them again.")
    if digest.hexdigest() != upload.hash:
        raise Invalid(f"These are other bytes than announced: SHA-256 {digest.hexdigest()}.")
    if len(head) < HEAD_BYTES:
        _check_type(upload, head)


def _check_type(upload: StoredUpload, head: bytes) -> None:
    found = sniff(head)
    if upload.media_type not in found:
        known = " or ".join(sorted(found)) or "of no type that is known"
        raise Invalid(f"The file was announced as {upload.media_type}, but its bytes are {known}.")


async def watched(
    parts: AsyncIterator[bytes], head: bytearray, tail: bytearray
) -> AsyncIterator[bytes]:
    """Pass parts on, copy the first and last bytes of all; Invalid at the end of a polyglot."""
    async for part in parts:
        head += part[: HEAD_BYTES - len(head)]
        tail += part
        del tail[:-TAIL_BYTES]
        yield part
    if (other := disguise(bytes(head), bytes(tail))) is not None:
        raise Invalid(f"The file is a recording and {other} in one.")
