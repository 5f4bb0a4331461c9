"""One socket: from connection_init to its close, with the operations that run on it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from time import time
from typing import Any

import structlog
from graphql import OperationType
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from gateway.context import Context, Surroundings
from gateway.errors import ErrorCode, RequestRefused, masked
from gateway.execution import Execution
from gateway.execution.encoding import encode
from gateway.execution.requests import OperationRequest
from gateway.identity.subjects import Identity
from gateway.schema.languages import accepted
from gateway.ws.messages import (
    FORBIDDEN,
    INIT_TIMEOUT,
    TOO_MANY_INITS,
    TRY_AGAIN_LATER,
    UNAUTHORIZED,
    ClientMessage,
    Close,
    Violation,
    malformed,
    read,
    read_request,
)
from gateway.ws.seats import Seats
from services.kit.errors import Unauthenticated, Unavailable
from services.kit.ids import uuid7
from services.kit.telemetry import request_id

INIT_SECONDS = 3.0
"""How long a client may take from the handshake to connection_init."""
MAX_RUNNING = 50
"""Operations of one socket at once."""
DUPLICATE_ID = 4409

log = structlog.get_logger(__name__)


class Connection:
    """A socket whose subprotocol is agreed."""

    def __init__(
        self, socket: WebSocket, execution: Execution, surroundings: Surroundings, seats: Seats
    ) -> None:
        """Take an accepted socket."""
        self._socket = socket
        self._execution = execution
        self._surroundings = surroundings
        self._seats = seats
        self._identity: Identity | None = None
        self._initialised = False
        self._acknowledged = False
        self._running: dict[str, asyncio.Task[None]] = {}

    async def serve(self) -> None:
        """Answer until the client goes, breaks the protocol, or its token expires."""
        try:
            close = await self._reason_to_close()
        finally:
            await self._stop_all()
        if close is not None:
            with suppress(WebSocketDisconnect, RuntimeError):  # the client was first
                await self._socket.close(*close.fitted())

    async def _reason_to_close(self) -> Close | None:
        """Read until there is a reason to close the socket; None when the client has."""
        try:
            async with asyncio.timeout(INIT_SECONDS) as self._patience:
                await self._read_all()
        except TimeoutError:
            return FORBIDDEN if self._acknowledged else INIT_TIMEOUT
        except Violation as violation:
            return violation.close
        except WebSocketDisconnect:
            pass
        return None

    async def _read_all(self) -> None:
        while (received := await self._socket.receive())["type"] != "websocket.disconnect":
            await self._take(received)

    async def _take(self, received: Message) -> None:
        message = read(received)
        match message.type:
            case "connection_init":
                await self._initialise(message)
            case "ping":
                await self._send("pong", payload=message.payload)
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                self._complete(message.id)

    async def _initialise(self, message: ClientMessage) -> None:
        if self._initialised:
            raise Violation(TOO_MANY_INITS)
        self._initialised = True
        self._identity = await self._identify(message.payload or {})
        self._acknowledged = True
        self._patience.reschedule(self._end_of_token())
        await self._send("connection_ack")

    async def _identify(self, payload: dict[str, Any]) -> Identity | None:
        """Return whose token was sent, in the message or with the handshake; None without one."""
        told = payload.get("Authorization", payload.get("authorization"))
        if told is None:
            told = self._socket.headers.get("authorization")
        if told is not None and not isinstance(told, str):
            raise malformed("Authorization must be a string")
        try:
            return await self._surroundings.authenticator.identify(told)
        except Unavailable as error:
            raise Violation(TRY_AGAIN_LATER) from error
        except Unauthenticated as error:
            raise Violation(Close(FORBIDDEN.code, error.message)) from error

    def _end_of_token(self) -> float | None:
        if self._identity is None:
            return None
        return asyncio.get_running_loop().time() + self._identity.expires - time()

    async def _subscribe(self, message: ClientMessage) -> None:
        request = read_request(message)
        if not self._acknowledged:
            raise Violation(UNAUTHORIZED)
        if message.id in self._running:
            raise Violation(Close(DUPLICATE_ID, f"Subscriber for {message.id} already exists"))
        if len(self._running) >= MAX_RUNNING:
            full = f"A socket may run {MAX_RUNNING} operations at once."
            await self._refuse(message.id, RequestRefused(ErrorCode.RATE_LIMITED, full))
            return
        task = asyncio.create_task(self._operate(message.id, request))
        self._running[message.id] = task

    def _complete(self, id_: str) -> None:
        """End an operation as its client wishes; one that is not running has just ended."""
        task = self._running.pop(id_, None)
        if task is not None:
            task.cancel()

    async def _operate(self, id_: str, request: OperationRequest) -> None:
        """Run one operation to its end, and tell it; a socket that is gone needs no telling."""
        request_id.set(uuid7().hex)
        refused = None
        with suppress(WebSocketDisconnect):
            try:
                async with aclosing(self._answers(request)) as answers:
                    async for body in answers:
                        await self._send("next", id=id_, payload=body)
            except RequestRefused as error:
                refused = error
            except WebSocketDisconnect:
                raise
            except Exception as error:  # noqa: BLE001 - the edge: nothing of it may reach the client
                refused = masked(error)
            del self._running[id_]  # before it is told, for then the client may use the id again
            await (self._refuse(id_, refused) if refused else self._send("complete", id=id_))

    async def _answers(self, request: OperationRequest) -> AsyncGenerator[dict[str, Any], None]:
        prepared = self._execution.prepare(request)
        if prepared.type is not OperationType.SUBSCRIPTION:
            yield await self._execution.run(prepared, self._context())
            return
        learner = self._identity.actor.subject if self._identity else None
        with self._seats.taken(learner):
            events = self._execution.subscribe(prepared, lambda: self._context(request.since))
            async with aclosing(events):
                async for body in events:
                    yield body

    def _context(self, since: str | None = None) -> Context:
        languages = accepted(self._socket.headers.get("accept-language", ""))
        return Context(self._surroundings, self._identity, languages, since)

    async def _refuse(self, id_: str, refused: RequestRefused) -> None:
        await self._send("error", id=id_, payload=refused.formatted())

    async def _send(self, kind: str, **members: Any) -> None:
        told = {name: value for name, value in members.items() if value is not None}
        await self._socket.send_text(encode({"type": kind, **told}).decode())

    async def _stop_all(self) -> None:
        running = tuple(self._running.values())
        self._running.clear()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
