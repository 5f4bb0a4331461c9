"""Health: `/livez` never looks at the database, `/readyz` says whether to give us work.

`run` serves an app so that readiness flips before the process stops to listen: a rolling restart
loses no request.
"""

import asyncio
import socket
from types import FrameType
from typing import Any

import uvicorn
import uvloop
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from services.kit.errors import Unavailable
from services.kit.metrics import loop_watched
from services.kit.mongo import Driver, Mongo
from services.kit.tracing import tracing

READY_PATH = "/readyz"
PING_TIMEOUT_MS = 1_000
FAILURES_TO_FLIP = 2
"""Pings that fail in a row before a process says that it is not ready."""
DRAIN_SECONDS = 0.6
"""Between the flip of readiness and the end of listening, for load balancers to see it."""
GRACE_SECONDS = 20
"""How long requests in flight may take once a process stops."""
MAX_FRAME_BYTES = 1024 * 1024
"""Of one WebSocket message; a longer one closes its socket (1009)."""


class Health:
    """Readiness of a process: MongoDB answers, on a client of its own: a busy pool is not dead."""

    def __init__(
        self,
        mongo_uri: str,
        *,
        app_name: str,
        driver: Driver = Driver.MOTOR,
        timeout_ms: int = PING_TIMEOUT_MS,
    ) -> None:
        """Prepare the client; nothing is opened before the first question."""
        name = f"{app_name}-health"
        self._mongo = Mongo(mongo_uri, app_name=name, driver=driver, timeout_ms=timeout_ms)
        self._failures = FAILURES_TO_FLIP  # not ready before the first answer

    def routes(self) -> list[Route]:
        """Return `/livez` and `/readyz`."""
        return [Route("/livez", _live), Route(READY_PATH, self._ready)]

    async def close(self) -> None:
        """Close the client."""
        await self._mongo.close()

    async def _ready(self, _request: Request) -> Response:
        try:
            await self._mongo.ping()
        except Unavailable:
            self._failures += 1
        else:
            self._failures = 0
        return _answer(["mongodb"] if self._failures >= FAILURES_TO_FLIP else [])


class Drainable:
    """An ASGI app whose readiness can be flipped from outside, whatever the app would say."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app."""
        self._app = app
        self.draining = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer readiness with 503 while draining; all else goes to the app."""
        if self.draining and scope["type"] == "http" and scope["path"] == READY_PATH:
            await _answer(["this process: it is stopping"])(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class Server(uvicorn.Server):
    """A uvicorn server that drains before it stops; a second signal stops it at once.

    Sockets are pinged every 20 s, and told (1012) when listening ends.
    """

    def __init__(self, app: ASGIApp, *, drain: float = DRAIN_SECONDS, **config: Any) -> None:
        """Prepare to serve; `config` is uvicorn's own."""
        self.drainable = Drainable(app)
        self._drain = drain
        super().__init__(
            uvicorn.Config(
                self.drainable,
                http="httptools",
                ws="websockets-sansio",
                ws_max_size=MAX_FRAME_BYTES,
                ws_per_message_deflate=False,  # costs memory for each socket that is open
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
                **config,
            )
        )

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to stop, and measure how well the event loop keeps up."""
        async with loop_watched():
            await super().serve(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish what is in flight, then send its traces: the signal ends the process next."""
        await super().shutdown(sockets)
        await asyncio.to_thread(tracing.stop)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Flip readiness, then stop a moment later; uvicorn calls this for SIGINT and SIGTERM."""
        if self.drainable.draining or not self.started:
            super().handle_exit(sig, frame)
            return
        self.drainable.draining = True
        # A handler may run anywhere in the loop's thread, so the loop is only asked from outside.
        asyncio.get_running_loop().call_soon_threadsafe(self._stop_later)

    def _stop_later(self) -> None:
        asyncio.get_running_loop().call_later(self._drain, self._stop)

    def _stop(self) -> None:
        self.should_exit = True


def run(app: ASGIApp, *, host: str, port: int, drain: float = DRAIN_SECONDS) -> None:
    """Serve an app until SIGINT or SIGTERM; returns when it stopped cleanly."""
    uvloop.run(Server(app, host=host, port=port, drain=drain).serve())


async def _live(_request: Request) -> Response:
    return PlainTextResponse("alive\n")


def _answer(away: list[str]) -> Response:
    return JSONResponse({"ready": not away, "away": away}, status_code=503 if away else 200)
