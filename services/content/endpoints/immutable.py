"""Files that never change: cached for ever, with a strong tag, and given in parts (RFC 9110)."""

import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

FOREVER = "public, max-age=31536000, immutable"
_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


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
    """Return the bytes, or the one part of them that was asked for; `more` are further headers.

    Several parts at once, parts that cannot be read, and parts of what the client knows under
    another tag (If-Range) are answered with all of it, as RFC 9110 (14.2) has it.
    """
    headers = _headers(etag, more)
    bounds = _bounds(request.headers.get("range", ""), len(data))
    if bounds is None or request.headers.get("if-range", etag) != etag:
        return Response(data, media_type=media_type, headers=headers)
    first, last = bounds
    if first >= len(data) or first > last:
        headers["content-range"] = f"bytes */{len(data)}"
        return Response(status_code=416, headers=headers)
    headers["content-range"] = f"bytes {first}-{last}/{len(data)}"
    part = data[first : last + 1]
    return Response(part, status_code=206, media_type=media_type, headers=headers)


def away(message: str) -> Response:
    """Return 404 with words."""
    return JSONResponse({"error": message}, status_code=404)


def _bounds(asked: str, length: int) -> tuple[int, int] | None:
    """Return the first and last byte asked for; one without a first counts from the end."""
    match = _RANGE.fullmatch(asked.strip())
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        return max(0, length - int(match[2])), length - 1 if int(match[2]) else -1
    return int(match[1]), min(int(match[2] or length), length - 1)


def _headers(etag: str, more: Mapping[str, str] | None) -> dict[str, str]:
    return {
        "etag": etag,
        "cache-control": FOREVER,
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
        **(more or {}),
    }
