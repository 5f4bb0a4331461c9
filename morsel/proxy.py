"""The services' public paths on the gateway's origin, where no ingress hands them out."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import aiohttp
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from yarl import URL

from services.kit.telemetry import REQUEST_ID_HEADER, request_id

HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding "
    b"upgrade expect".split()
)
"""Headers about one connection (RFC 9110, 7.6.1), and the one that the server here answers."""
SET_HERE = frozenset({b"date", b"server"})
"""Headers of an answer that this process sets itself."""
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=2, sock_read=30)
KEEP_ALIVE_SECONDS = 3  # below uvicorn's 5: never used in the moment in which the server closes

log = structlog.get_logger(__name__)


class Proxy:
    """Passes requests on to one service, bodies streamed both ways; an ASGI app."""

    def __init__(self, name: str, base_url: str) -> None:
        """Keep who answers, and where."""
        self._name = name
        self._base_url = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    def routes(self, paths: Iterable[str]) -> list[Route]:
        """Return routes for these paths and everything below them."""
        return [Route(path + below, self) for path in paths for below in ("", "/{below:path}")]

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the service does; 502 when it does not."""
        async with AsyncExitStack() as stack:
            try:
                answer = await stack.enter_async_context(self._ask(Request(scope, receive)))
                response = _streamed(answer)
            except (aiohttp.ClientError, TimeoutError) as error:
                log.warning("proxy.no_answer", service=self._name, reason=type(error).__name__)
                response = PlainTextResponse(f"The {self._name} service is away.\n", 502)
            except ClientDisconnect:
                return
            await response(scope, receive, send)

    def _ask(self, request: Request) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS),
                timeout=TIMEOUT,
                auto_decompress=False,
                skip_auto_headers=("accept", "accept-encoding", "content-type", "user-agent"),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        has_body = {"content-length", "transfer-encoding"} & set(request.headers.keys())
        return self._session.request(
            request.method,
            URL(self._base_url + _target(request.scope), encoded=True),
            headers=_passed_on(request),
            data=request.stream() if has_body else None,
            allow_redirects=False,
        )


def _target(scope: Scope) -> str:
    """Return path and query as the client wrote them."""
    query: bytes = scope["query_string"]
    path: bytes = scope["raw_path"]
    return (path + (b"?" + query if query else b"")).decode("latin-1")


def _passed_on(request: Request) -> list[tuple[str, str]]:
    dropped = HOP_BY_HOP | _named(request.headers.getlist("connection"))
    dropped |= {REQUEST_ID_HEADER.encode()}
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in request.headers.raw
        if name not in dropped
    ]
    return [*headers, (REQUEST_ID_HEADER, request_id.get() or "")]


def _streamed(answer: aiohttp.ClientResponse) -> Response:
    dropped = HOP_BY_HOP | SET_HERE | _named(answer.headers.getall("connection", []))
    response = StreamingResponse(answer.content.iter_any(), answer.status)
    response.raw_headers = [
        (name.lower(), value) for name, value in answer.raw_headers if name.lower() not in dropped
    ]
    return response


def _named(connection: list[str]) -> frozenset[bytes]:
    """Return the headers that a Connection header names: they are about the connection too."""
    return frozenset(
        name.strip().lower().encode("latin-1") for text in connection for name in text.split(",")
    )
