"""A client of graphql-transport-ws that sends whatever a test wants it to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import WSCloseCode, WSMsgType

PROTOCOL = "graphql-transport-ws"
SECONDS = 5
QUIET_SECONDS = 0.25
"""How long a client listens to be sure that nothing comes."""
CHANGED = "subscription { viewerChanged { kinds } }"


class Socket:
    """A socket, and what came over it."""

    def __init__(self, raw: aiohttp.ClientWebSocketResponse) -> None:
        self.raw = raw

    async def say(self, kind: str, **members: Any) -> None:
        """Send a message."""
        await self.raw.send_json({"type": kind, **members})

    async def hear(self) -> dict[str, Any]:
        """Return the next message."""
        message = await self.raw.receive(SECONDS)
        assert message.type is WSMsgType.TEXT, (message.type, message.data, message.extra)
        told: dict[str, Any] = message.json()
        return told

    async def init(self, token: str | None = None) -> None:
        """Be acknowledged."""
        payload = {"Authorization": f"Bearer {token}"} if token else None
        await self.say("connection_init", payload=payload)
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, query: str = CHANGED, id_: str = "1", **payload: Any) -> None:
        """Ask for an operation, and return when the server has begun with it."""
        await self.say("subscribe", id=id_, payload={"query": query, **payload})
        await self.settle()

    async def settle(self) -> None:
        """Return when the server has read everything that was sent before."""
        await self.say("ping", payload={"settle": True})
        assert await self.hear() == {"type": "pong", "payload": {"settle": True}}

    async def closed(self) -> tuple[int, str]:
        """Return the code and reason with which the server closes, before anything else."""
        message = await self.raw.receive(SECONDS)
        assert message.type is WSMsgType.CLOSE, (message.type, message.data)
        assert isinstance(message.data, WSCloseCode | int)
        return int(message.data), message.extra or ""

    async def is_quiet(self) -> bool:
        """Return whether nothing comes for a moment."""
        try:
            await self.raw.receive(QUIET_SECONDS)
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def opened(url: str, *protocols: str, **headers: str) -> AsyncIterator[Socket]:
    """Open a socket at an HTTP origin, by the right subprotocol unless others are named."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(
            f"{url}/graphql", protocols=protocols or (PROTOCOL,), headers=headers
        ) as raw,
    ):
        yield Socket(raw)


def next_of(id_: str, n: int, *kinds: str) -> dict[str, Any]:
    """Return the message of one event of viewerChanged."""
    payload = {"data": {"viewerChanged": {"kinds": list(kinds)}}, "extensions": {"cursor": str(n)}}
    return {"type": "next", "id": id_, "payload": payload}
