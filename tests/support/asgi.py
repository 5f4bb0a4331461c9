"""One GET request to an ASGI app without a server."""

from typing import Any, NamedTuple

import orjson
from starlette.types import ASGIApp, Message


class Answer(NamedTuple):
    """What an app answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body read as JSON."""
        return orjson.loads(self.body)


async def get(app: ASGIApp, path: str, *, query: str = "", **headers: str) -> Answer:
    """Return the answer to a request; an underscore in a header's name stands for a hyphen."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [
            (name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()
        ],
    }
    await app(scope, receive, send)
    start, *bodies = sent
    given = {name.decode(): text.decode() for name, text in start["headers"]}
    return Answer(start["status"], given, b"".join(message["body"] for message in bodies))
