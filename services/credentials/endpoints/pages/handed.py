"""What somebody hands to the verification page: one file, pasted text or a link, capped in size."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator

from python_multipart.exceptions import MultipartParseError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from services.credentials.contract import VerifyInput
from services.kit.errors import Invalid, LimitReached

MAX_BYTES = 5 * 1024 * 1024
"""Of everything that is sent: no badge is larger."""
MAX_DROPPED = 10 * MAX_BYTES
"""How much is read at most of what is too large."""
SECONDS = 60
"""How long a form may take to arrive."""
CARRIERS = (b"\x89PNG\r\n\x1a\n", b"%PDF-")
"""How files begin that hold a credential inside."""


async def handed_over(request: Request) -> VerifyInput:
    """Return the one thing that a form holds; Invalid when none, several, or a broken form.

    LimitReached when it is too large. The words of these errors are keys of the page's texts.
    """
    form = await _form(request)
    try:
        file = form.get("file")
        raw = await file.read() if isinstance(file, UploadFile) else b""
        pasted, address = _stripped(form.get("text")), _stripped(form.get("link"))
    finally:
        await form.close()
    if [bool(raw), bool(pasted), bool(address)].count(True) != 1:
        raise Invalid("several" if raw or pasted or address else "nothing")
    if address:
        return VerifyInput(url=address)
    return _of_file(raw) if raw else _of_text(pasted)


async def _form(request: Request) -> FormData:
    """Return a form as a browser sends it."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Invalid("form")
    body = await _body(request)
    parser = MultiPartParser(
        request.headers, _once(body), max_files=1, max_fields=4, max_part_size=MAX_BYTES
    )
    try:
        return await parser.parse()
    except (MultiPartException, MultipartParseError, KeyError, UnicodeError) as error:
        raise Invalid("form") from error


def _of_file(raw: bytes) -> VerifyInput:
    is_svg = raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    if raw.startswith(CARRIERS) or is_svg:
        return VerifyInput(image=b64encode(raw).decode())
    try:
        return _of_text(raw.decode("utf-8-sig").strip())
    except UnicodeDecodeError as error:
        raise Invalid("unreadable") from error


def _of_text(text: str) -> VerifyInput:
    if text.startswith(("http://", "https://")) and not any(mark.isspace() for mark in text):
        return VerifyInput(url=text)
    return VerifyInput(json=text) if text.startswith(("{", "[")) else VerifyInput(jwt=text)


def _stripped(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


async def _body(request: Request) -> bytes:
    """Return the body; LimitReached where it is larger than allowed.

    What is too much is read and dropped, up to a limit: a browser reads no answer before it has
    sent everything.
    """
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size <= MAX_BYTES:
                    body += chunk
                elif size > MAX_DROPPED:
                    break
    except (TimeoutError, ClientDisconnect) as error:
        raise Invalid("form") from error
    if size > MAX_BYTES:
        raise LimitReached("large")
    return bytes(body)


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
