"""Media for everybody: renditions of pictures, and what is played; no address ever changes.

Originals of pictures are never served: they may hold a place, a name, or a script.
"""

import re
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from services.content.domain.files import UPLOADED, read_address
from services.content.endpoints.immutable import Part, away, send, stream, unchanged
from services.content.use_cases.ports import MediaStore
from services.content.use_cases.upload_ports import FileStore
from services.kit.errors import Unavailable

_PICTURE = re.compile(
    r"(?P<hash>[0-9a-f]{64})/(?P<width>[1-9]\d{0,4})\.(?P<format>webp|avif|jpeg|png)"
)
NO_ADDRESS = (
    "A picture's address is /media/{hash}/{width}.{webp|avif|jpeg|png}, that of a recording, film "
    "or captions /media/{hash}.{mp3|mp4|vtt|...}."
)
_RETRY = {"retry-after": "5"}


def media_routes(media: MediaStore, files: FileStore) -> list[BaseRoute]:
    """Return the routes under /media."""
    shelf = _Shelf(media, files)

    async def show(request: Request) -> Response:
        """Answer with what the address names; 404 and 503 in words."""
        name = request.path_params["file"]
        picture, file = _PICTURE.fullmatch(name), read_address(UPLOADED + name)
        if picture is None and file is None:
            return away(NO_ADDRESS)
        etag = f'"{name}"'
        known = unchanged(request, etag)
        if known is not None:
            return known
        try:
            if file is not None:
                return await shelf.file(request, *file, etag=etag)
            assert picture is not None
            return await shelf.picture(request, picture, etag=etag)
        except Unavailable as error:
            return JSONResponse({"error": error.message}, status_code=503, headers=_RETRY)

    return [Route("/media/{file:path}", show)]


class _Shelf:
    """What is shown, from the stores."""

    def __init__(self, media: MediaStore, files: FileStore) -> None:
        self._media = media
        self._files = files

    async def picture(self, request: Request, name: re.Match[str], *, etag: str) -> Response:
        data = await self._media.rendition(
            name["hash"], width=int(name["width"]), media_format=name["format"]
        )
        if data is None:
            return away("There is no such picture, or not at this width.")
        return send(request, data, f"image/{name['format']}", etag=etag)

    async def file(self, request: Request, sha256: str, media_type: str, *, etag: str) -> Response:
        stored = (await self._media.files({sha256})).get(sha256)
        if stored is None or media_type not in stored.media_types:
            return away("There is no such file.")
        file = stored.file

        def read(part: Part) -> AsyncIterator[bytes]:
            return self._files.read(file, first=part.first, size=part.size)

        return stream(request, read, media_type, etag=etag, length=stored.bytes)
