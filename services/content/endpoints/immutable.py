"""Files that never change: cached for ever, with a strong tag, and given in parts (RFC 9110).

Whatever they hold, nothing of it runs: their type is fixed, and a browser that is shown one as a
page puts it in a sandbox. Web apps of any origin may play them.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from services.kit.records import Record

FOREVER = "public, max-age=31536000, immutable"
PARTIAL, UNSATISFIABLE = 206, 416
_RANGE = re.compile(r"bytes=[ \t]*(\d{0,15})-(\d{0,15})", re.IGNORECASE)


class Part(Record):
    """A stretch of a file; one of no bytes is none that can be given."""

    first: int
    size: int


def unchanged(
    request: Request, etag: str, more: Mapping[str, str] | None = None
) -> Response | None:
    """Return 304 for who has the file of that tag already, else None."""
    known = request.headers.get("if-none-match", "")
    tags = (tag.strip().removeprefix("W/") for tag in known.split(","))
    if known.strip() == "*" or etag in tags:
        return Response(status_code=304, headers=_headers(etag, more))
    return None


def send(
    request: Request,
    data: bytes,
    media_type: str,
    *,
    etag: str,
    more: Mapping[str, str] | None = None,
) -> Response:
    """Return the bytes, or the one part of them that was asked for; `more` are further headers."""
    status, part, headers = _asked(request, _headers(etag, more), etag=etag, length=len(data))
    body = data[part.first : part.first + part.size]
    return Response(body, status, media_type=media_type, headers=headers)


def stream(
    request: Request,
    read: Callable[[Part], AsyncIterator[bytes]],
    media_type: str,
    *,
    etag: str,
    length: int,
) -> Response:
    """Return a file that is read as it is sent, or the part asked for; of HEAD the headers."""
    status, part, headers = _asked(request, _headers(etag, None), etag=etag, length=length)
    headers["content-length"] = str(part.size)
    if request.method == "HEAD" or not part.size:
        return Response(status_code=status, media_type=media_type, headers=headers)
    return StreamingResponse(read(part), status, media_type=media_type, headers=headers)


def away(message: str) -> Response:
    """Return 404 with words."""
    return JSONResponse({"error": message}, status_code=404)


def read_range(asked: str, *, length: int) -> Part | None:
    """Return what a Range header asks for of a file, None for all of it.

    Several parts at once, other units and what is malformed mean all of it, as RFC 9110 (14.2) has
    it. A part of no bytes lies outside the file.
    """
    match = _RANGE.fullmatch(asked.strip())
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        size = min(int(match[2]), length)
        return Part(first=length - size, size=size)
    first, last = int(match[1]), int(match[2] or length)
    if match[2] and last < first:
        return None
    return Part(first=first, size=max(0, min(last + 1, length) - first))


def _asked(
    request: Request, headers: dict[str, str], *, etag: str, length: int
) -> tuple[int, Part, dict[str, str]]:
    """Return the status, part and headers of an answer to GET or HEAD.

    Parts of what the client knows under another tag (If-Range) are answered with all of it.
    """
    part = read_range(request.headers.get("range", ""), length=length)
    if part is None or request.headers.get("if-range", etag) != etag:
        return 200, Part(first=0, size=length), headers
    if not part.size:
        del headers["cache-control"]
        return UNSATISFIABLE, part, {**headers, "content-range": f"bytes */{length}"}
    where = f"bytes {part.first}-{part.first + part.size - 1}/{length}"
    return PARTIAL, part, {**headers, "content-range": where}


def _headers(etag: str, more: Mapping[str, str] | None) -> dict[str, str]:
    return {
        "etag": etag,
        "cache-control": FOREVER,
        "accept-ranges": "bytes",
        "access-control-allow-origin": "*",
        "content-security-policy": "sandbox; default-src 'none'",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
        **(more or {}),
    }
