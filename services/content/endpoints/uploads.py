"""PUT /uploads/{id}: the bytes of one file, by whoever holds its signed address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from services.content.domain.files import address
from services.content.domain.media_types import TYPES, MediaKind
from services.content.use_cases.upload_ports import StoredUpload
from services.content.use_cases.uploading import Uploading
from services.kit.errors import Code, LimitReached, ServiceError

IDLE_SECONDS = 15.0
"""A body of which nothing comes for so long is given up."""
SLOWEST = 4 * 1024
"""Bytes a second: a body takes a minute, and as long as this rate needs, but no hour more."""
MAX_SECONDS = 60 * 60
DRAIN_BYTES = 4 * 1024 * 1024
DRAIN_SECONDS = 5.0
"""How much of a body that is refused is still taken: who sends first and reads then hears why."""
STATUS = {Code.NOT_FOUND: 404, Code.LIMIT_REACHED: 413, Code.UNAVAILABLE: 503}
TOO_SLOW = "The bytes come too slowly, or not at all: send all of them again."


def upload_routes(uploading: Uploading) -> list[BaseRoute]:
    """Return the route under /uploads."""

    async def put(request: Request) -> Response:
        """Take a file in: 201, or 200 where it was here; else words, and nothing is stored."""
        body = _Body(request)
        try:
            upload = await _expected(request)
            is_new = await uploading.receive(upload, body.paced(upload.bytes))
        except ServiceError as error:
            return _Refusal(error.message, STATUS.get(error.code, 400), body)
        except TimeoutError:
            return _Refusal(TOO_SLOW, 408, body)
        except ClientDisconnect:
            return Response(status_code=400)
        return JSONResponse(_shown(upload), status_code=201 if is_new else 200)

    async def _expected(request: Request) -> StoredUpload:
        """Return the upload whose address this is; its size is known before any byte is read."""
        upload_id, query = request.path_params["id"], request.query_params
        uploading.check_address(
            upload_id, expires=query.get("expires", ""), signature=query.get("signature", "")
        )
        upload = await uploading.expected(upload_id)
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) != upload.bytes:
            raise LimitReached(
                f"This upload has {upload.bytes} bytes, and {announced} were about to come."
            )
        return upload

    return [Route("/uploads/{id}", put, methods=["PUT"])]


class _Body:
    """The body of a request, as it comes."""

    def __init__(self, request: Request) -> None:
        self._parts = request.stream()

    async def paced(self, size: int) -> AsyncIterator[bytes]:
        """Yield its parts; TimeoutError when they come too slowly."""
        now = asyncio.get_running_loop().time
        end = now() + min(MAX_SECONDS, 60 + size / SLOWEST)
        while True:
            async with asyncio.timeout(min(IDLE_SECONDS, end - now())):
                part = await anext(self._parts, None)
            if part is None:
                return
            yield part

    async def drain(self) -> None:
        """Take what still comes, up to a bound."""
        taken = 0
        with suppress(TimeoutError, ClientDisconnect):
            async with asyncio.timeout(DRAIN_SECONDS):
                while taken <= DRAIN_BYTES and (part := await anext(self._parts, None)) is not None:
                    taken += len(part)


class _Refusal(JSONResponse):
    """Words, sent at once; then some of the rest is taken, and the connection ends."""

    def __init__(self, message: str, status: int, body: _Body) -> None:
        headers = {"connection": "close", **({"retry-after": "5"} if status == 503 else {})}  # noqa: PLR2004 - the one status to come again for
        super().__init__({"error": message}, status_code=status, headers=headers)
        self._rest = body

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer; a server that closes with bytes unread resets, and the words are lost."""
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        await self._rest.drain()
        await send({"type": "http.response.body", "body": b""})


def _shown(upload: StoredUpload) -> dict[str, str]:
    kind = TYPES[upload.media_type].kind
    played = kind not in {MediaKind.IMAGE, MediaKind.PACKAGE}
    where = {"address": address(upload.hash, upload.media_type)} if played else {}
    return {"uploadId": upload.id, "sha256": upload.hash, **where}
