"""Uploads as a client makes them: asked for, and PUT over real HTTP."""

import hashlib
import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette

from services.content.app import Content
from services.content.contract import RequestUpload, Upload
from services.kit.records import Actor
from tests.support.serving import serving


class Client:
    """An author with a content service over HTTP."""

    def __init__(self, content: Content, author: Actor, session: aiohttp.ClientSession) -> None:
        self.content = content
        self.author = author
        self.session = session

    async def ask(self, data: bytes, media_type: str = "", /, **other: Any) -> Upload:
        """Ask where to send bytes; `other` says something else of them."""
        given: dict[str, Any] = {
            "media_type": media_type,
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            **other,
        }
        return await self.content.uploads.request_upload(self.author, RequestUpload(**given))

    async def put(self, upload: Upload, body: Any) -> tuple[int, dict[str, Any]]:
        """PUT a body to an upload's address; return status and answer."""
        assert upload.url is not None
        body = io.BytesIO(body) if isinstance(body, bytes) else body
        async with self.session.put(upload.url.removeprefix(ORIGIN), data=body) as response:
            return response.status, await response.json()

    async def send(self, data: bytes, media_type: str) -> tuple[int, dict[str, Any]]:
        """Ask and PUT."""
        return await self.put(await self.ask(data, media_type), data)

    async def get(self, path: str, **headers: str) -> tuple[int, Any, bytes]:
        """GET a path; return status, headers and body."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.get(path, headers=named) as response:
            return response.status, response.headers, await response.read()


ORIGIN = "http://localhost:8000"


@pytest.fixture
async def client(content: Content, author: Actor) -> AsyncIterator[Client]:
    """An author who sends files."""
    async with (
        serving(Starlette(routes=content.routes)) as address,
        aiohttp.ClientSession(address) as session,
    ):
        yield Client(content, author, session)
