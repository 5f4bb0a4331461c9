"""Calls between services over real HTTP: every contract round-trips, errors and deadlines too."""

import asyncio
import inspect
import os
import typing
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from enum import Enum
from itertools import cycle, islice
from types import NoneType, UnionType
from typing import Any, Protocol

import aiohttp
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.content import contract as content
from services.credentials import contract as credentials
from services.kit import rpc
from services.kit.errors import (
    BY_CODE,
    Code,
    Forbidden,
    ServiceError,
    Unauthenticated,
    Unavailable,
)
from services.kit.identity import Identity, public_key
from services.kit.records import FeedApi, Record, Untrusted
from services.kit.telemetry import RequestLog, request_id
from services.progress import contract as progress
from tests.support.serving import serving

CALLER_KEY = urlsafe_b64encode(os.urandom(32)).decode()
SERVER_KEY = urlsafe_b64encode(os.urandom(32)).decode()
PROTOCOLS = (
    FeedApi,
    content.CatalogApi,
    content.AuthoringApi,
    content.MarkingApi,
    content.PathwaysApi,
    progress.TrackingApi,
    progress.LearnerApi,
    progress.HomeApi,
    progress.AdviceApi,
    progress.HealthApi,
    credentials.CredentialsApi,
    credentials.VerifyingApi,
)


def _caller(key: str = CALLER_KEY) -> Identity:
    return Identity("gateway", internal_key=key)


def _server() -> Identity:
    peers = f"gateway:{public_key(CALLER_KEY)}"
    return Identity("content", internal_key=SERVER_KEY, internal_peers=peers)


def _app(routes: list[Route]) -> RequestLog:
    return RequestLog(Starlette(routes=routes))


@asynccontextmanager
async def _peer(routes: list[Route], identity: Identity | None = None) -> AsyncIterator[rpc.Peer]:
    async with serving(_app(routes)) as address:
        peer = rpc.Peer("content", address, identity=identity or _caller())
        yield peer
        await peer.close()


# ---------------------------------------------------------------- every contract


def _values(kind: Any) -> Iterator[Any]:
    """Yield values of an annotation without end, so that each member of a union comes by."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    hostile = Untrusted([2**70, "\ud800", {"a\0": -(2**64)}, None])
    simple = {str: "ä$", int: 7, float: 0.5, bool: True, bytes: b"\x00\xff", NoneType: None}
    simple |= {Untrusted: hostile, date: date(2026, 11, 22)}
    if kind in simple:
        yield from cycle([simple[kind]])
    elif kind is Any:
        yield from cycle([{"a": [1, None, 0.5, "x"]}])
    elif kind is datetime:
        yield from cycle([datetime(2026, 11, 22, 18, 3, 7, 512000, tzinfo=UTC)])
    elif origin in {typing.Union, UnionType}:
        yield from (next(values) for values in cycle([_values(member) for member in arguments]))
    elif origin is tuple and arguments[1:] == (...,):
        yield from ((first, second) for first, second in _pairs(arguments[0]))
    elif origin is tuple:
        yield from zip(*(_values(member) for member in arguments), strict=True)
    elif origin is frozenset:
        yield from (frozenset(pair) for pair in _pairs(arguments[0]))
    elif origin is Mapping or getattr(origin, "__name__", "") == "Mapping":
        yield from ({key: value} for key, value in zip(*map(_values, arguments), strict=True))
    elif inspect.isclass(kind) and issubclass(kind, Enum):
        yield from cycle(list(kind))
    else:
        yield from _records(kind)


def _pairs(kind: Any) -> Iterator[tuple[Any, Any]]:
    values = _values(kind)
    return zip(values, values, strict=True)


def _records(kind: Any) -> Iterator[Any]:
    streams = {field.name: _values(field.type) for field in msgspec.structs.fields(kind)}
    while True:
        yield kind(**{name: next(values) for name, values in streams.items()})


ROUNDS = 10
"""More than the longest union of the contracts has members."""


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_every_method_of_every_contract_round_trips(protocol: Any) -> None:
    """Breaks when an annotation does not survive the wire: unions, generics, bytes, instants."""
    answers: list[Any] = []
    received: list[Any] = []

    async def method(**given: Any) -> Any:
        received.append(given)
        return answers[len(received) - 1]

    class Implementation:
        def __getattr__(self, _name: str) -> Any:
            return method

    async with _peer(rpc.serve(protocol, Implementation(), identity=_server())) as peer:
        client = rpc.connect(protocol, peer)
        for name, function in rpc._methods(protocol):
            hints = typing.get_type_hints(function)
            received.clear()
            answers[:] = islice(_values(hints.pop("return")), ROUNDS)
            calls = islice(zip(*map(_values, hints.values()), strict=True), ROUNDS)
            arguments = [dict(zip(hints, call, strict=True)) for call in calls]
            got = [await getattr(client, name)(**given) for given in arguments]

            assert received == arguments
            assert got == answers


# ---------------------------------------------------------------- a small one


class Greeting(Record):
    """An answer."""

    text: str


class GreeterApi(Protocol):
    """A contract that shows positional, keyword and defaulted arguments."""

    async def greet(self, name: str, *, loud: bool = False) -> Greeting:
        """Greet."""


class Greeter:
    """Greets, or does what the test tells it to."""

    def __init__(
        self, error: Exception | None = None, *, failures: int = 10**6, delay: float = 0
    ) -> None:
        self.error = error
        self.failures = failures
        self.delay = delay
        self.calls = 0
        self.rest = 0.0
        self.request_id: str | None = None

    async def greet(self, name: str, *, loud: bool = False) -> Greeting:
        self.calls += 1
        self.rest = rpc.deadline.get() - asyncio.get_running_loop().time()
        self.request_id = request_id.get()
        await asyncio.sleep(self.delay)
        if self.error and self.calls <= self.failures:
            raise self.error
        return Greeting(text=f"Hello {name}{'!' if loud else '.'}")


def _routes(greeter: GreeterApi) -> list[Route]:
    return rpc.serve(GreeterApi, greeter, identity=_server())


async def test_arguments_are_taken_as_the_protocol_says() -> None:
    """Breaks when positional, keyword or defaulted arguments get lost."""
    async with _peer(_routes(Greeter())) as peer:
        client = rpc.connect(GreeterApi, peer)

        assert await client.greet("Ann") == Greeting(text="Hello Ann.")
        assert await client.greet(name="Ann", loud=True) == Greeting(text="Hello Ann!")


@pytest.mark.parametrize("code", list(Code))
async def test_every_error_arrives_as_it_was_raised(code: Code) -> None:
    """Breaks when a code, a message or a path changes on the way."""
    others = (("Too long.", ("input", "text")), ("Too late.", ()))
    greeter = Greeter(BY_CODE[code]("No such name.", path=("input", "name"), others=others))

    async with _peer(_routes(greeter)) as peer:
        with pytest.raises(ServiceError) as caught:
            await rpc.connect(GreeterApi, peer).greet("Ann")

    error = caught.value if code is not Code.UNAVAILABLE else caught.value.__cause__
    assert isinstance(error, BY_CODE[code])
    assert (error.message, error.path) == ("No such name.", ("input", "name"))
    assert error.others == others


async def test_a_fault_of_the_peer_is_no_service_error() -> None:
    """Breaks when a bug of a peer looks like an outage, or its text reaches the caller."""
    async with _peer(_routes(Greeter(ZeroDivisionError("secret")))) as peer:
        with pytest.raises(
            rpc.PeerFailed, match=r"^content answered /rpc/GreeterApi/greet with 500$"
        ):
            await rpc.connect(GreeterApi, peer, reads=True).greet("Ann")


async def test_reads_are_tried_again_and_writes_are_not() -> None:
    """Breaks when a read gives up at once or a write is sent twice."""
    read, write = (Greeter(Unavailable("busy"), failures=2) for _ in range(2))

    async with _peer(_routes(read)) as peer:
        assert (await rpc.connect(GreeterApi, peer, reads=True).greet("Ann")).text == "Hello Ann."
    async with _peer(_routes(write)) as peer:
        with pytest.raises(Unavailable):
            await rpc.connect(GreeterApi, peer).greet("Ann")

    assert (read.calls, write.calls) == (3, 1)


async def test_what_the_caller_did_wrong_is_not_tried_again() -> None:
    """Breaks when a refusal is repeated."""
    greeter = Greeter(Forbidden("no"))

    async with _peer(_routes(greeter)) as peer:
        with pytest.raises(Forbidden):
            await rpc.connect(GreeterApi, peer, reads=True).greet("Ann")

    assert greeter.calls == 1


async def test_a_peer_that_is_away_is_unavailable() -> None:
    """Breaks when a refused connection surfaces as an error of the HTTP library."""
    peer = rpc.Peer("content", "http://127.0.0.1:9", identity=_caller())
    with pytest.raises(Unavailable, match="The content service did not answer in time"):
        await rpc.connect(GreeterApi, peer, reads=True).greet("Ann")
    await peer.close()


async def test_a_slow_peer_is_given_up_in_time() -> None:
    """Breaks when a call outlives its own timeout, or a retry extends it."""
    async with _peer(_routes(Greeter(delay=2))) as peer:
        begun = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable):
            await rpc.connect(GreeterApi, peer, reads=True, seconds=0.3).greet("Ann")
        assert asyncio.get_running_loop().time() - begun < 0.6


async def test_the_deadline_of_the_caller_travels() -> None:
    """Breaks when a peer works on for a caller that has given up; the shorter span counts."""
    greeter = Greeter()
    async with _peer(_routes(greeter)) as peer:
        token = rpc.deadline.set(asyncio.get_running_loop().time() + 1)
        await rpc.connect(GreeterApi, peer).greet("Ann")
        rpc.deadline.reset(token)

    assert 0.5 < greeter.rest <= 1


async def test_the_request_id_travels() -> None:
    """Breaks when the log of a peer cannot be joined with the caller's."""
    greeter = Greeter()
    async with _peer(_routes(greeter)) as peer:
        token = request_id.set("req-12345678")
        await rpc.connect(GreeterApi, peer).greet("Ann")
        request_id.reset(token)

    assert greeter.request_id == "req-12345678"


async def test_a_call_without_a_known_token_never_reaches_the_service() -> None:
    """Breaks when a service trusts its network."""
    greeter = Greeter()
    async with _peer(_routes(greeter), _caller(SERVER_KEY)) as peer:
        with pytest.raises(Unauthenticated):
            await rpc.connect(GreeterApi, peer).greet("Ann")
    async with (
        serving(_app(_routes(greeter))) as address,
        aiohttp.ClientSession() as session,
        session.post(f"{address}/rpc/GreeterApi/greet", data=b"\x80") as response,
    ):
        assert response.status == 401

    assert greeter.calls == 0


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x80", b"\x81\xa4name\x07"])
async def test_malformed_arguments_are_invalid(body: bytes) -> None:
    """Breaks when bytes that are no call end in a traceback."""
    greeter = Greeter()
    headers = {"authorization": f"Bearer {_caller().token('content')}"}
    async with serving(_app(_routes(greeter))) as address, aiohttp.ClientSession() as session:
        url = f"{address}/rpc/GreeterApi/greet"
        async with session.post(url, data=body, headers=headers) as response:
            code = msgspec.msgpack.decode(await response.read())[0]

    assert (response.status, code, greeter.calls) == (400, Code.INVALID, 0)


# ---------------------------------------------------------------- versions one apart


class NewGreeting(Record):
    """The next release's answer."""

    text: str
    mood: str = "calm"


class NewGreeterApi(Protocol):
    """The next release's contract."""

    async def greet(self, name: str, *, loud: bool = False, twice: bool = False) -> NewGreeting:
        """Greet."""


class NewGreeter:
    """Greets, as the next release does."""

    async def greet(self, name: str, *, loud: bool = False, twice: bool = False) -> NewGreeting:
        return NewGreeting(text=f"{name} {loud} {twice}", mood="merry")


def _renamed(protocol: Any) -> Any:
    """Return the newer Protocol under the name that both releases give it."""
    return type("GreeterApi", (protocol,), {"_is_protocol": True})


async def test_a_newer_caller_and_an_older_service_understand_each_other() -> None:
    """Breaks when an unknown argument is refused or a missing field is not defaulted."""
    async with _peer(_routes(Greeter())) as peer:
        client: NewGreeterApi = rpc.connect(_renamed(NewGreeterApi), peer)

        assert await client.greet("Ann", twice=True) == NewGreeting(text="Hello Ann.", mood="calm")


async def test_an_older_caller_and_a_newer_service_understand_each_other() -> None:
    """Breaks when an unknown field is refused or a missing argument is not defaulted."""
    routes = rpc.serve(_renamed(NewGreeterApi), NewGreeter(), identity=_server())
    async with _peer(routes) as peer:
        client = rpc.connect(GreeterApi, peer)

        assert await client.greet("Ann", loud=True) == Greeting(text="Ann True False")


async def test_an_answer_that_is_none_of_ours_is_a_fault() -> None:
    """Breaks when another program's 404 page is read as an error of the service."""

    async def page(_request: Request) -> Response:
        return PlainTextResponse("who?", 404)

    async with _peer([Route("/{path:path}", page, methods=["POST"])]) as peer:
        with pytest.raises(rpc.PeerFailed):
            await rpc.connect(GreeterApi, peer).greet("Ann")
