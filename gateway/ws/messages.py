"""The messages of graphql-transport-ws, read strictly: what is none of them closes the socket."""

from typing import Any, NamedTuple

from starlette.types import Message

from gateway.execution.requests import OperationRequest, decode, read_operation

CLIENTS_TYPES = frozenset({"connection_init", "ping", "pong", "subscribe", "complete"})
NAMED_TYPES = frozenset({"subscribe", "complete"})
"""Types whose messages have the id of an operation."""
MAX_REASON_BYTES = 123
"""What a close frame has room for (RFC 6455, 5.5)."""


class Close(NamedTuple):
    """Why a socket is closed, as its client is told."""

    code: int
    reason: str

    def fitted(self) -> "Close":
        """Return it with no more words than a close frame has room for."""
        return Close(self.code, self.reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore"))


BAD_REQUEST = 4400
TRY_AGAIN_LATER = Close(1013, "Try again later")
UNAUTHORIZED = Close(4401, "Unauthorized")
FORBIDDEN = Close(4403, "Forbidden")
UNKNOWN_PROTOCOL = Close(4406, "Subprotocol not acceptable")
INIT_TIMEOUT = Close(4408, "Connection initialisation timeout")
TOO_MANY_INITS = Close(4429, "Too many initialisation requests")


class Violation(Exception):
    """The client does not keep to the protocol, or may not be here."""

    def __init__(self, close: Close) -> None:
        """Keep how to close."""
        super().__init__(close.reason)
        self.close = close


def malformed(reason: str) -> Violation:
    """Return the violation of a message that is no message."""
    return Violation(Close(BAD_REQUEST, reason))


class ClientMessage(NamedTuple):
    """One message of a client."""

    type: str
    id: str
    payload: dict[str, Any] | None


def read(received: Message) -> ClientMessage:
    """Return the message of a frame; Violation when it is none."""
    text = received.get("text")
    if text is None:
        raise malformed("Messages are text frames")
    try:
        message = decode(text)
    except ValueError as error:
        raise malformed("The message is not JSON") from error
    if not isinstance(message, dict):
        raise malformed("A message is one JSON object")
    kind, id_, payload = message.get("type"), message.get("id", ""), message.get("payload")
    if kind not in CLIENTS_TYPES:
        raise malformed("The type of the message is unknown")
    if kind in NAMED_TYPES and not (isinstance(id_, str) and id_):
        raise malformed("The message needs an id, a string")
    if payload is not None and not isinstance(payload, dict):
        raise malformed("The payload must be an object")
    return ClientMessage(kind, id_, payload)


def read_request(message: ClientMessage) -> OperationRequest:
    """Return what a subscribe message asks for; Violation when that is malformed."""
    try:
        request = read_operation(message.payload or {})
    except ValueError as error:
        raise malformed(f"Of the payload, {error}") from error
    if request.query is None and request.document_id is None and request.persisted_hash is None:
        raise malformed("The payload needs a query or a documentId")
    return request
