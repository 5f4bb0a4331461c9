"""Pack files by their hash, in the encoding that the client likes best."""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.content.contract import PACKS_PATH
from services.content.domain.pack.encodings import BROTLI, GZIP, IDENTITY
from services.content.endpoints.immutable import away, send, unchanged
from services.content.use_cases.pack_store import PackEntry, PackStore
from services.content.use_cases.ports import MediaStore
from services.kit.errors import Unavailable

_HASH = re.compile(r"[0-9a-f]{64}")
_QUALITY = re.compile(r"\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)
_UNNAMED = 0.0001
"""Below any quality that can be written: identity is acceptable even when nobody names it."""


def pack_routes(packs: PackStore, media: MediaStore) -> list[Route]:
    """Return the route of pack files; pictures are read from where the media are."""
    files = _Files(packs, media)

    async def file(request: Request) -> Response:
        """Answer with one file: /packs/sha256/{hash}."""
        try:
            return await files.answer(request, request.path_params["hash"])
        except Unavailable as error:
            return JSONResponse({"error": error.message}, status_code=503)

    return [Route(f"{PACKS_PATH}{{hash}}", file)]


class _Files:
    def __init__(self, packs: PackStore, media: MediaStore) -> None:
        self._packs = packs
        self._media = media

    async def answer(self, request: Request, digest: str) -> Response:
        if _HASH.fullmatch(digest) is None:
            return away(f"A pack file's address is {PACKS_PATH} and 64 hex digits.")
        entry = await self._packs.entry(digest)
        if entry is None:
            return away(NO_FILE)
        offered = (IDENTITY,) if entry.picture else (BROTLI, GZIP, IDENTITY)
        encoding = best_encoding(request.headers.get("accept-encoding"), offered)
        if encoding is None:
            words = f"This file comes as {', '.join(offered)}; your Accept-Encoding allows none."
            return JSONResponse({"error": words}, status_code=406, headers=_VARY)
        encoded = encoding != IDENTITY
        etag = f'"{digest}-{encoding}"' if encoded else f'"{digest}"'
        more = {**_VARY, "content-encoding": encoding} if encoded else _VARY
        known = unchanged(request, etag, more)
        if known is not None:
            return known
        data = await self._read(digest, entry, encoding)
        if data is None:
            return away(NO_FILE)
        return send(request, data, entry.media_type, etag=etag, more=more)

    async def _read(self, digest: str, entry: PackEntry, encoding: str) -> bytes | None:
        if entry.picture is None:
            return await self._packs.data(digest, encoding)
        return await self._media.rendition(entry.picture, width=entry.width, media_format="webp")


NO_FILE = "There is no such pack file."
_VARY = {"vary": "accept-encoding"}


def best_encoding(accept: str | None, offered: tuple[str, ...]) -> str | None:
    """Return the encoding to answer with (RFC 9110, 12.5.3), None where none is acceptable.

    `offered` has the best first; who says nothing gets identity.
    """
    if accept is None or not accept.strip():
        return IDENTITY
    weights = dict(filter(None, (_weighed(part) for part in accept.split(","))))

    def weight(encoding: str) -> float:
        unnamed = _UNNAMED if encoding == IDENTITY else 0.0
        return weights.get(encoding, weights.get("*", unnamed))

    best = max(offered, key=weight)
    return best if weight(best) > 0 else None


def _weighed(part: str) -> tuple[str, float] | None:
    """Return a coding and its quality; None for what cannot be read."""
    name, _, parameter = part.partition(";")
    match = _QUALITY.fullmatch(parameter)
    if not name.strip() or (parameter and match is None):
        return None
    return name.strip().lower().removeprefix("x-"), float(match[1]) if match else 1.0
