"""Doors of the content service: calls of other services, and pictures for everybody."""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from services.content.contract import AuthoringApi, CatalogApi, ComparingApi, MarkingApi
from services.content.use_cases.ports import MediaStore
from services.kit import rpc
from services.kit.errors import Unavailable
from services.kit.identity import Identity
from services.kit.records import FeedApi

FOREVER = "public, max-age=31536000, immutable"
_FILE = re.compile(
    r"(?P<hash>[0-9a-f]{64})/(?P<width>[1-9]\d{0,4})\.(?P<format>webp|avif|jpeg|png)"
)
_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


def internal_routes(
    *,
    catalog: CatalogApi,
    authoring: AuthoringApi,
    marking: MarkingApi,
    comparing: ComparingApi,
    feed: FeedApi,
    identity: Identity,
) -> list[Route]:
    """Return the routes of calls between services; each is refused without an internal token."""
    return [
        *rpc.serve(CatalogApi, catalog, identity=identity),
        *rpc.serve(AuthoringApi, authoring, identity=identity),
        *rpc.serve(MarkingApi, marking, identity=identity),
        *rpc.serve(ComparingApi, comparing, identity=identity),
        *rpc.serve(FeedApi, feed, identity=identity),
    ]


def public_routes(media: MediaStore) -> list[BaseRoute]:
    """Return the routes under the contract's PUBLIC_PATHS."""

    async def picture(request: Request) -> Response:
        """Answer with one rendition: /media/{hash}/{width}.{format}."""
        match = _FILE.fullmatch(request.path_params["file"])
        if match is None:
            return _away("A picture's address is /media/{hash}/{width}.{webp|avif|jpeg|png}.")
        etag = f'"{match[0]}"'
        if _knows(request, etag):
            return Response(status_code=304, headers=_headers(etag))
        try:
            data = await media.rendition(
                match["hash"], width=int(match["width"]), media_format=match["format"]
            )
        except Unavailable as error:
            return JSONResponse({"error": error.message}, status_code=503)
        if data is None:
            return _away("There is no such picture, or not at this width.")
        return _send(data, f"image/{match['format']}", etag, request.headers.get("range"))

    return [Route("/media/{file:path}", picture)]


def _send(data: bytes, media_type: str, etag: str, asked: str | None) -> Response:
    """Return the bytes, or the one range of them that was asked for (RFC 9110, 14)."""
    headers = _headers(etag)
    match = _RANGE.fullmatch(asked or "")
    if match is None or match[0] == "bytes=-":
        return Response(data, media_type=media_type, headers=headers)
    first, last = _bounds(match, len(data))
    if first > last or first >= len(data):
        headers["content-range"] = f"bytes */{len(data)}"
        return Response(status_code=416, headers=headers)
    headers["content-range"] = f"bytes {first}-{last}/{len(data)}"
    part = data[first : last + 1]
    return Response(part, status_code=206, media_type=media_type, headers=headers)


def _bounds(match: re.Match[str], length: int) -> tuple[int, int]:
    """Return the first and last byte of a range; one without a first counts from the end."""
    if not match[1]:
        return max(0, length - int(match[2])), length - 1
    return int(match[1]), min(int(match[2] or length), length - 1)


def _knows(request: Request, etag: str) -> bool:
    known = request.headers.get("if-none-match", "")
    return known == "*" or etag in (tag.strip().removeprefix("W/") for tag in known.split(","))


def _headers(etag: str) -> dict[str, str]:
    return {
        "etag": etag,
        "cache-control": FOREVER,
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
    }


def _away(message: str) -> Response:
    return JSONResponse({"error": message}, status_code=404)
