"""Calls between services, from their Protocols: `serve` gives routes, `connect` a client.

HTTP POST of msgpack to `/rpc/Protocol/method`. Arguments travel by name, and unknown fields are
ignored, so versions may differ by one. In one process the implementation is passed instead.
"""

import asyncio
import inspect
import json
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, TypeAlias, TypeVar, cast, get_type_hints

import aiohttp
import msgspec
from prometheus_client import Counter, Histogram
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.kit.errors import BY_CODE, Code, Fault, Invalid, ServiceError, Unavailable
from services.kit.identity import Identity
from services.kit.metrics import SECONDS
from services.kit.records import Untrusted
from services.kit.telemetry import REQUEST_ID_HEADER, request_id
from services.kit.tracing import tracing

P = TypeVar("P")
Method: TypeAlias = Callable[..., Awaitable[Any]]

TIMEOUT_SECONDS = 5.0
TIMEOUT_HEADER = "x-timeout-ms"  # how long the caller still waits: a span, since clocks differ
PAUSES_SECONDS = (0.05, 0.2)  # before the second and the third try of a read
KEEP_ALIVE_SECONDS = 3  # below uvicorn's 5: never used in the moment in which the server closes
STATUS = {
    Code.UNAUTHENTICATED: 401,
    Code.FORBIDDEN: 403,
    Code.NOT_FOUND: 404,
    Code.UNAVAILABLE: 503,
}

CALLS = Histogram(
    "morsel_rpc_seconds", "How long calls took here, by method.", ["method"], buckets=SECONDS
)
FAILURES = Counter(
    "morsel_rpc_failures", "Calls that ended in an error, by method and code.", ["method", "code"]
)
FAULT = "FAULT"  # the code of what nobody foresaw

deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))
"""When, by the event loop's clock, the caller of this task gives up: calls for it end then."""


class _Failure(msgspec.Struct, frozen=True, array_like=True):
    """A ServiceError on its way."""

    code: str
    message: str
    path: tuple[str, ...]
    others: tuple[Fault, ...] = ()


class PeerFailed(RuntimeError):
    """A peer's answer is none: a fault of its code, logged there under the same request id."""


class Peer:
    """A service at its address, with one session for all calls to it, opened by the first."""

    def __init__(self, name: str, base_url: str, *, identity: Identity) -> None:
        """Keep who it is, where it is and who asks."""
        self.name = name
        self._base_url = base_url.rstrip("/")
        self._identity = identity
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()

    async def call(
        self, path: str, body: bytes, *, seconds: float, pauses: tuple[float, ...]
    ) -> bytes:
        """Return the answer; the peer's ServiceError, Unavailable if away or late, PeerFailed."""
        now = asyncio.get_running_loop().time
        end = min(now() + seconds, deadline.get())
        for pause in (*pauses, None):
            try:
                async with asyncio.timeout_at(end):
                    return await self._post(path, body, millis=int((end - now()) * 1000))
            except (aiohttp.ClientError, TimeoutError, Unavailable) as error:
                if pause is None or now() + pause >= end:
                    raise Unavailable(f"The {self.name} service did not answer in time.") from error
                await asyncio.sleep(pause)
        raise AssertionError

    async def _post(self, path: str, body: bytes, *, millis: int) -> bytes:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS)
            self._session = aiohttp.ClientSession(connector=connector)
        headers = {
            "authorization": f"Bearer {self._identity.token(self.name)}",
            TIMEOUT_HEADER: str(millis),
            REQUEST_ID_HEADER: request_id.get() or "",
            **tracing.headers(),
        }
        async with self._session.post(
            self._base_url + path, data=body, headers=headers
        ) as response:
            answer = await response.read()
            if response.status == 200:  # noqa: PLR2004 - the one status of an answer
                return answer
            raise _error(f"{self.name} answered {path} with {response.status}", answer)


def connect(
    protocol: Callable[..., P], peer: Peer, *, reads: bool = False, seconds: float = TIMEOUT_SECONDS
) -> P:
    """Return a client of the Protocol; `reads`: all its methods only read, so try them again."""

    def caller(name: str, function: Method) -> Method:
        path, signature = f"/rpc/{protocol.__name__}/{name}", inspect.signature(function)
        decoder = msgspec.msgpack.Decoder(get_type_hints(function)["return"], dec_hook=_unpack)

        async def call(*args: Any, **kwargs: Any) -> Any:
            _, *arguments = signature.bind(*args, **kwargs).arguments.items()
            body = msgspec.msgpack.encode(dict(arguments), enc_hook=_pack)
            pauses = PAUSES_SECONDS if reads else ()
            with tracing.call(path, peer.name, request_id.get()):
                return decoder.decode(await peer.call(path, body, seconds=seconds, pauses=pauses))

        return call

    methods = {name: caller(name, function) for name, function in _methods(protocol)}
    return cast("P", type(f"{protocol.__name__}Client", (), methods)())


def serve(protocol: Callable[..., P], implementation: P, *, identity: Identity) -> list[Route]:
    """Return a route for each method of the Protocol, refused without an internal token."""

    def route(name: str, function: Method) -> Route:
        decoder, method = (
            msgspec.msgpack.Decoder(_arguments(function), dec_hook=_unpack),
            getattr(implementation, name),
        )
        path, label = f"/rpc/{protocol.__name__}/{name}", f"{protocol.__name__}.{name}"

        async def endpoint(request: Request) -> Response:
            begun, code = time.perf_counter(), FAULT
            try:
                identity.caller(request.headers.get("authorization", ""))
                with tracing.answer(path, request.headers, request_id.get()):
                    arguments = _decode(decoder, await request.body())
                    answer, status, code = await _in_time(request, method, arguments), 200, ""
            except ServiceError as error:
                told = _Failure(error.code, error.message, error.path, error.others)
                answer, status = told, STATUS.get(error.code, 400)
                code = error.code
            finally:
                CALLS.labels(label).observe(time.perf_counter() - begun)
                if code:
                    FAILURES.labels(label, code).inc()
            return Response(
                msgspec.msgpack.encode(answer, enc_hook=_pack),
                status,
                media_type="application/msgpack",
            )

        return Route(path, endpoint, methods=["POST"])

    return [route(name, function) for name, function in _methods(protocol)]


def _pack(value: Any) -> bytes:
    """Return what msgpack cannot hold as JSON text, in ASCII: broken text survives as escapes."""
    if isinstance(value, Untrusted):
        return json.dumps(value.value).encode()
    raise TypeError(f"{type(value).__name__} is no part of a contract")


def _unpack(kind: type, packed: Any) -> Any:
    if kind is Untrusted:
        return Untrusted(json.loads(packed))
    raise TypeError(f"{kind.__name__} is no part of a contract")


def _methods(protocol: Callable[..., Any]) -> list[tuple[str, Method]]:
    found = inspect.getmembers(protocol, inspect.iscoroutinefunction)
    return [(name, function) for name, function in found if not name.startswith("_")]


def _arguments(function: Method) -> type[msgspec.Struct]:
    """Return the record of a method's arguments, with their defaults."""
    hints, (_, *parameters) = (
        get_type_hints(function),
        inspect.signature(function).parameters.values(),
    )
    defaults = {p.name: () if p.default is p.empty else (p.default,) for p in parameters}
    fields: Any = [(name, hints[name], *default) for name, default in defaults.items()]
    return msgspec.defstruct(function.__name__, fields, kw_only=True)


def _decode(decoder: msgspec.msgpack.Decoder[Any], body: bytes) -> dict[str, Any]:
    try:
        return msgspec.structs.asdict(decoder.decode(body))
    except msgspec.DecodeError as error:
        raise Invalid(f"The call's arguments are malformed: {error}.") from error


async def _in_time(request: Request, method: Method, arguments: dict[str, Any]) -> Any:
    seconds = int(request.headers.get(TIMEOUT_HEADER, TIMEOUT_SECONDS * 1000)) / 1000
    deadline.set(asyncio.get_running_loop().time() + seconds)
    try:
        async with asyncio.timeout(seconds):
            return await method(**arguments)
    except TimeoutError as error:
        raise Unavailable("The call took longer than its caller waits.") from error


def _error(what: str, answer: bytes) -> Exception:
    try:
        failure = msgspec.msgpack.decode(answer, type=_Failure)
        error = BY_CODE[Code(failure.code)]
        return error(failure.message, path=failure.path, others=failure.others)
    except (msgspec.DecodeError, ValueError):
        return PeerFailed(what)
