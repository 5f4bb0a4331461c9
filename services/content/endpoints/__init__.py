"""Doors of the content service: calls of other services, files for everybody, and uploads."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.routing import BaseRoute, Route

from services.content.endpoints.media import media_routes
from services.content.endpoints.packs import pack_routes
from services.content.endpoints.uploads import upload_routes
from services.content.use_cases.pack_store import PackStore
from services.content.use_cases.ports import MediaStore
from services.content.use_cases.upload_ports import FileStore
from services.content.use_cases.uploading import Uploading
from services.kit import rpc
from services.kit.identity import Identity


def internal_routes(doors: Mapping[Callable[..., Any], Any], *, identity: Identity) -> list[Route]:
    """Return the routes of calls between services; each is refused without an internal token.

    `doors` are the contract's Protocols, each with what keeps its promises.
    """
    return [
        route
        for protocol, implementation in doors.items()
        for route in rpc.serve(protocol, implementation, identity=identity)
    ]


def public_routes(
    media: MediaStore, files: FileStore, packs: PackStore, uploading: Uploading
) -> list[BaseRoute]:
    """Return the routes under the contract's PUBLIC_PATHS."""
    return [
        *media_routes(media, files),
        *pack_routes(packs, media),
        *upload_routes(uploading),
    ]
