"""Traces: nothing while off; one trace over HTTP and calls while on, at a collector of the test."""

import asyncio
import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import aiohttp
import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.kit import rpc
from services.kit.errors import NotFound, SettingsError
from services.kit.health import Server
from services.kit.identity import Identity, public_key
from services.kit.telemetry import RequestLog
from services.kit.tracing import tracing
from tests.support.serving import serving

KEY = urlsafe_b64encode(os.urandom(32)).decode()
FOREIGN_TRACE = "a" * 32
SERVER, CLIENT = Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CLIENT


class TitlesApi(Protocol):
    """Gives a course's title."""

    async def title(self, course: str) -> str:
        """Return it; NotFound."""


class Titles:
    """Knows one course."""

    async def title(self, course: str) -> str:
        if course != "crs_1":
            raise NotFound("There is no such course: secret-answer.")
        return "Spotting phishing"


class Collector:
    """Takes what an exporter sends, as any OpenTelemetry collector does."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        return web.Response(content_type="application/x-protobuf")

    def spans(self) -> dict[tuple[str, int], Span]:
        """Return all spans by name and kind."""
        exports = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return {
            (span.name, span.kind): span
            for export in exports
            for resource in export.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        }


def _attributes(span: Span) -> dict[str, Any]:
    return {
        pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "")
        for pair in span.attributes
    }


@pytest.fixture(autouse=True)
def _off() -> Iterator[None]:
    """Leave tracing as it was."""
    yield
    tracing.stop()


@pytest.fixture
async def collector() -> AsyncIterator[tuple[Collector, str]]:
    """A collector and its address."""
    collector = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", collector.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield collector, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@asynccontextmanager
async def _gateway() -> AsyncIterator[str]:
    """Serve one route whose answer a service behind it knows; stops as the real processes do."""
    service = Identity("content", internal_key=KEY, internal_peers=f"gateway:{public_key(KEY)}")
    known: TitlesApi = Titles()
    routes = rpc.serve(TitlesApi, known, identity=service)
    async with serving(RequestLog(Starlette(routes=routes))) as address:
        peer = rpc.Peer("content", address, identity=Identity("gateway", internal_key=KEY))
        titles = rpc.connect(TitlesApi, peer)

        async def course(request: Request) -> Response:
            return PlainTextResponse(await titles.title(request.path_params["course"]))

        app = RequestLog(Starlette(routes=[Route("/courses/{course}", course)]))
        server = Server(app, host="127.0.0.1", port=0)
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        server.should_exit = True
        await task
        await peer.close()


async def _get(url: str) -> int:
    headers = {
        "authorization": "Bearer secret-token",
        "traceparent": f"00-{FOREIGN_TRACE}-{'b' * 16}-01",
        "x-request-id": "phone-1234",
    }
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status


async def test_a_request_and_its_call_are_one_trace(collector: tuple[Collector, str]) -> None:
    """Breaks when a span loses its parent between processes, or a stop loses what waits."""
    taken, address = collector
    tracing.start("gateway", endpoint=address, ratio=1.0)

    async with _gateway() as gateway:
        assert await _get(f"{gateway}/courses/crs_1?token=secret-query") == 200

    spans = taken.spans()
    assert set(spans) == {
        ("GET /courses/{course}", SERVER),
        ("TitlesApi/title", CLIENT),
        ("TitlesApi/title", SERVER),
    }
    request = spans["GET /courses/{course}", SERVER]
    asked, answered = spans["TitlesApi/title", CLIENT], spans["TitlesApi/title", SERVER]
    assert request.trace_id == asked.trace_id == answered.trace_id
    assert request.parent_span_id == b""
    assert asked.parent_span_id == request.span_id
    assert answered.parent_span_id == asked.span_id
    assert _attributes(request) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "http.route": "/courses/{course}",
        "morsel.request_id": "phone-1234",
        "url.path": "/courses/crs_1",
    }
    assert _attributes(asked) == {
        "morsel.request_id": "phone-1234",
        "rpc.system": "morsel",
        "server.address": "content",
    }
    assert _attributes(answered) == {"morsel.request_id": "phone-1234", "rpc.system": "morsel"}


async def test_a_client_neither_names_the_trace_nor_leaves_its_secrets_there(
    collector: tuple[Collector, str],
) -> None:
    """Breaks when anybody can choose a trace's id, or tokens, queries or answers reach one."""
    taken, address = collector
    tracing.start("gateway", endpoint=address, ratio=1.0)

    async with _gateway() as gateway:
        assert await _get(f"{gateway}/courses/crs_2?token=secret-query") == 500

    request, asked, answered = (
        taken.spans()[key]
        for key in (
            ("GET /courses/{course}", SERVER),
            ("TitlesApi/title", CLIENT),
            ("TitlesApi/title", SERVER),
        )
    )
    assert request.trace_id != bytes.fromhex(FOREIGN_TRACE)
    assert b"secret" not in b"".join(taken.bodies)
    assert _attributes(asked)["error.type"] == _attributes(answered)["error.type"] == "NOT_FOUND"
    assert [span.status.code for span in (request, asked, answered)] == [
        Status.STATUS_CODE_ERROR,
        Status.STATUS_CODE_UNSET,
        Status.STATUS_CODE_UNSET,
    ]


async def test_a_share_of_nothing_sends_nothing(collector: tuple[Collector, str]) -> None:
    """Breaks when the share is not heeded, by the first process or by those that it calls."""
    taken, address = collector
    tracing.start("gateway", endpoint=address, ratio=0.0)

    async with _gateway() as gateway:
        assert await _get(f"{gateway}/courses/crs_1") == 200

    assert taken.bodies == []


async def test_a_collector_that_is_away_harms_no_request(unused_tcp_port: int) -> None:
    """Breaks when a request, or the end of a process, needs the collector."""
    tracing.start("gateway", endpoint=f"http://127.0.0.1:{unused_tcp_port}", ratio=1.0)

    async with asyncio.timeout(10), _gateway() as gateway:
        assert await _get(f"{gateway}/courses/crs_1") == 200


PROCESSES = (
    "import sys, gateway.__main__, morsel.origin\n"
    "import services.content.__main__, services.progress.__main__, services.credentials.__main__\n"
    "from services.kit.tracing import tracing\n"
    "tracing.start('gateway', endpoint='')\n"
    "print([name for name in sys.modules if name.startswith('opentelemetry')])\n"
)


def test_opentelemetry_is_not_imported_while_off() -> None:
    """Breaks when every process pays for what few turn on."""
    ended = subprocess.run(
        [sys.executable, "-c", PROCESSES], capture_output=True, text=True, check=True
    )

    assert ended.stdout == "[]\n"


def test_a_missing_extra_stops_the_start_with_a_sentence() -> None:
    """Breaks when an operator gets a traceback, or a process that silently traces nothing."""
    without = "import sys; sys.modules['opentelemetry'] = None\n"
    ended = subprocess.run(
        [sys.executable, "-c", f"{without}from services.content.__main__ import main; main()"],
        env={
            "MORSEL_MONGO_URI": "mongodb://127.0.0.1:9/?replicaSet=rs0",
            "MORSEL_PUBLIC_URL": "http://127.0.0.1:8000",
            "MORSEL_INTERNAL_KEY": KEY,
            "MORSEL_OTLP_ENDPOINT": "http://127.0.0.1:4318",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (
        1,
        "MORSEL_OTLP_ENDPOINT is set, but OpenTelemetry is not installed: install morsel[traces]\n",
    )


@pytest.mark.parametrize(
    "endpoint, ratio, named",
    [("collector:4318", 0.1, "MORSEL_OTLP_ENDPOINT"), ("http://c:4318", 1.5, "MORSEL_TRACE_RATIO")],
)
def test_a_wrong_setting_is_named(endpoint: str, ratio: float, named: str) -> None:
    """Breaks when an address without a scheme, or a share above one, is taken."""
    with pytest.raises(SettingsError, match=f"{named} is wrong"):
        tracing.start("gateway", endpoint=endpoint, ratio=ratio)
