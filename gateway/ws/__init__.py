"""GraphQL over WebSocket: graphql-transport-ws, the protocol of npm's graphql-ws.

Queries, mutations and subscriptions; the bearer token comes in the payload of connection_init.
"""

from collections.abc import Collection

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from gateway.context import Surroundings
from gateway.execution import Execution
from gateway.ws.connection import Connection
from gateway.ws.messages import UNKNOWN_PROTOCOL
from gateway.ws.seats import Seats

PROTOCOL = "graphql-transport-ws"


class GraphQLOverWebSocket:
    """The ASGI endpoint of sockets at /graphql."""

    def __init__(
        self, execution: Execution, surroundings: Surroundings, *, origins: Collection[str]
    ) -> None:
        """Answer with `execution`; pages of other origins than these and our own are refused."""
        self._execution = execution
        self._surroundings = surroundings
        self._origins = frozenset({surroundings.public_url, *origins})
        self._seats = Seats()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it is closed."""
        socket = WebSocket(scope, receive, send)
        if not self._may_call(socket):
            await socket.close()  # before it is accepted: the handshake is answered with 403
            return
        if PROTOCOL not in scope["subprotocols"]:
            await socket.accept()
            await socket.close(*UNKNOWN_PROTOCOL)
            return
        await socket.accept(PROTOCOL)
        await Connection(socket, self._execution, self._surroundings, self._seats).serve()

    def _may_call(self, socket: WebSocket) -> bool:
        """Return whether the socket is not opened by a page of another origin.

        A browser lets any page open a socket anywhere; only the server can tell and refuse.
        """
        origin = socket.headers.get("origin")
        if origin is None or not self._origins.isdisjoint({origin, "*"}):
            return True
        return origin.partition("://")[2] == socket.headers.get("host")
