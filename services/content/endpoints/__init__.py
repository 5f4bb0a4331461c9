"""Doors of the content service: calls of other services, and files for everybody."""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from services.content.contract import AuthoringApi, CatalogApi, ComparingApi, MarkingApi
from services.content.endpoints.immutable import away, send, unchanged
from services.content.endpoints.packs import pack_routes
from services.content.use_cases.pack_store import PackStore
from services.content.use_cases.ports import MediaStore
from services.kit import rpc
from services.kit.errors import Unavailable
from services.kit.identity import Identity
from services.kit.records import FeedApi

_FILE = re.compile(
    r"(?P<hash>[0-9a-f]{64})/(?P<width>[1-9]\d{0,4})\.(?P<format>webp|avif|jpeg|png)"
)


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


def public_routes(media: MediaStore, packs: PackStore) -> list[BaseRoute]:
    """Return the routes under the contract's PUBLIC_PATHS."""

    async def picture(request: Request) -> Response:
        """Answer with one rendition: /media/{hash}/{width}.{format}."""
        match = _FILE.fullmatch(request.path_params["file"])
        if match is None:
            return away("A picture's address is /media/{hash}/{width}.{webp|avif|jpeg|png}.")
        etag = f'"{match[0]}"'
        known = unchanged(request, etag)
        if known is not None:
            return known
        try:
            data = await media.rendition(
                match["hash"], width=int(match["width"]), media_format=match["format"]
            )
        except Unavailable as error:
            return JSONResponse({"error": error.message}, status_code=503)
        if data is None:
            return away("There is no such picture, or not at this width.")
        return send(request, data, f"image/{match['format']}", etag=etag)

    return [Route("/media/{file:path}", picture), *pack_routes(packs, media)]
