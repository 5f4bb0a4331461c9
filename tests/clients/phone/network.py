"""A network that fails, between one phone and the server.

It drops requests, drops replies after the server has acted, cuts replies, repeats and delays. What
happens to which request follows from a seed.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

KEPT_HEADERS = ("Content-Type", "Authorization", "Accept", "Accept-Language")
FAULTS = ("drop request", "drop reply", "cut reply", "repeat", "delay", "busy")
LONGEST_DELAY = 0.05


class Network:
    """A proxy that loses things: about every other request meets a fault."""

    def __init__(self, target: str, *, seed: int) -> None:
        self._target = target
        self._rng = random.Random(seed)  # noqa: S311 - reproducible trouble
        self.down = False
        self.faults: Counter[str] = Counter()
        self.url = ""
        self._swallowed: asyncio.Event | None = None

    @asynccontextmanager
    async def up(self) -> AsyncIterator["Network"]:
        """Serve on a free port."""
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_post("/graphql", self._answer)
        # replies that nobody waits for any more are none of a test's business
        runner = web.AppRunner(app, access_log=None, handler_cancellation=False)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession() as self._session:
            yield self
            await runner.cleanup()

    def swallow(self) -> asyncio.Event:
        """Go down after the next request, its reply not delivered; return what tells of it."""
        self._swallowed = asyncio.Event()
        return self._swallowed

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers}
        fault = self._fault()
        self.faults[fault] += 1
        if self.down or fault == "drop request":
            return self._hang_up(request)
        if fault == "busy":
            return web.Response(status=503, text="busy")
        if fault == "delay":
            await asyncio.sleep(self._rng.random() * LONGEST_DELAY)
        if fault == "repeat":
            await self._forward(body, headers)
        status, reply = await self._forward(body, headers)
        if self._swallowed is not None:
            self._swallowed.set()
            self._swallowed, self.down = None, True
        if self.down or fault == "drop reply":
            return self._hang_up(request)
        if fault == "cut reply":
            return await self._cut(request, reply)
        return web.Response(status=status, body=reply, content_type="application/json")

    def _fault(self) -> str:
        return self._rng.choice([*FAULTS, *["none"] * len(FAULTS)])

    async def _forward(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        url = f"{self._target}/graphql"
        async with self._session.post(url, data=body, headers=headers) as response:
            return response.status, await response.read()

    def _hang_up(self, request: web.Request) -> web.Response:
        """Close the connection without a word."""
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _cut(self, request: web.Request, reply: bytes) -> web.StreamResponse:
        """Send half of a reply, then close."""
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.content_length = len(reply)
        await response.prepare(request)
        await response.write(reply[: len(reply) // 2])
        self._hang_up(request)
        return response
