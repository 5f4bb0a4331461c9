"""The services' public paths on the gateway's origin: what comes through is what was sent."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from yarl import URL

from morsel.proxy import Proxy
from services.kit.telemetry import RequestLog
from tests.support.running import free_port
from tests.support.serving import serving

PACKED = gzip.compress(b"a course, packed")


async def _echo(request: Request) -> Response:
    body = await request.body()
    told = {
        "method": request.method,
        "raw": request.scope["raw_path"].decode(),
        "query": request.url.query,
        "headers": dict(request.headers),
        "length": len(body),
    }
    return Response(json.dumps(told), headers={"x-told": request.method, "connection": "x-told"})


async def _packed(_request: Request) -> Response:
    return Response(PACKED, headers={"content-encoding": "gzip", "etag": '"1"'})


async def _elsewhere(_request: Request) -> Response:
    return RedirectResponse("/media/echo")


async def _slowly(_request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.sleep(0.5)
        yield b"second"

    return StreamingResponse(pieces())


SERVICE = Starlette(
    routes=[
        Route("/media/packed", _packed, methods=["GET"]),
        Route("/media/elsewhere", _elsewhere),
        Route("/media/slowly", _slowly),
        Route("/media/{path:path}", _echo, methods=["GET", "POST"]),
        Route("/rpc/secret", _echo),
    ]
)


@asynccontextmanager
async def _origin(base_url: str) -> AsyncIterator[str]:
    proxy = Proxy("content", base_url)
    async with serving(RequestLog(Starlette(routes=proxy.routes(("/media", "/did.json"))))) as url:
        yield url
    await proxy.close()


@pytest.fixture
async def origin() -> AsyncIterator[str]:
    """The one origin over a service."""
    async with serving(SERVICE) as service, _origin(service) as url:
        yield url


async def _told(response: aiohttp.ClientResponse) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(await response.read())
    return told


async def test_a_request_arrives_as_it_was_sent(origin: str) -> None:
    """Breaks when a signed address is rewritten on its way, or a body does not come along."""
    async with aiohttp.ClientSession() as session:
        url = f"{origin}/media/a%20b%2Fc?signature=x%3D1&e=2"
        async with session.post(
            URL(url, encoded=True),
            data=b"x" * 300_000,
            headers={"x-request-id": "phone-1234", "x-own": "1", "connection": "x-own"},
        ) as response:
            told = await _told(response)

    assert (told["method"], told["raw"]) == ("POST", "/media/a%20b%2Fc")
    assert (told["query"], told["length"]) == ("signature=x%3D1&e=2", 300_000)
    assert told["headers"]["x-request-id"] == "phone-1234"
    assert "x-own" not in told["headers"]
    assert told["headers"].get("connection", "keep-alive") == "keep-alive"


async def test_a_read_has_no_body_and_an_answer_keeps_its_form(origin: str) -> None:
    """Breaks when a packed file is unpacked on its way, or headers of the connection pass."""
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        async with session.get(f"{origin}/media/echo") as response:
            told, connection_header = await _told(response), response.headers.get("x-told")
        async with session.get(f"{origin}/media/packed") as response:
            packed, headers = await response.read(), response.headers
        async with session.head(f"{origin}/media/packed") as response:
            head = (response.status, response.headers["content-length"])

    assert "transfer-encoding" not in told["headers"]
    assert connection_header is None
    assert (packed, headers["content-encoding"], headers["etag"]) == (PACKED, "gzip", '"1"')
    assert len(headers.getall("date")) == 1
    assert head == (200, str(len(PACKED)))


async def test_a_long_answer_is_passed_on_as_it_comes(origin: str) -> None:
    """Breaks when a large export is held in memory until its last byte."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{origin}/media/slowly") as response,
    ):
        first = await response.content.readany()
        rest = await response.read()

    assert (first, rest) == (b"first", b"second")


async def test_only_the_public_paths_pass(origin: str) -> None:
    """Breaks when somebody outside reaches the calls between processes, or a redirect is eaten."""
    async with aiohttp.ClientSession() as session:
        statuses = []
        for path in ("/rpc/secret", "/mediation", "/media/elsewhere", "/did.json", "/livez"):
            async with session.get(origin + path, allow_redirects=False) as response:
                statuses.append(response.status)

    assert statuses == [404, 404, 307, 404, 404]


async def test_a_service_that_is_away_is_said() -> None:
    """Breaks when an outage of one service is a traceback, or hangs."""
    async with (
        _origin(f"http://127.0.0.1:{free_port()}") as url,
        aiohttp.ClientSession() as session,
        session.get(f"{url}/media/x") as response,
    ):
        answer = (response.status, await response.text())

    assert answer == (502, "The content service is away.\n")
