"""Doors of the content service: calls of other services here, and public ones beside."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.routing import Route

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
