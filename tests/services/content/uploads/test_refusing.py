"""Words for who is refused: while still sending, on a page, or with the database away."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from starlette.applications import Starlette

from services.content.app import Content, build, create_app
from services.content.settings import Settings
from services.kit.mongo import Mongo
from tests.services.content.uploads.conftest import ORIGIN
from tests.support.recordings import mp3
from tests.support.running import free_port
from tests.support.serving import serving

PAGE = "https://studio.example"


async def sent(content: Content, target: str, size: int) -> bytes:
    """Send a body of zeros whole, then read all of the answer."""
    async with serving(Starlette(routes=content.routes)) as address:
        parts = urlsplit(address)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        head = f"PUT {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n"
        writer.write(head.encode())
        async with asyncio.timeout(60):
            for _ in range(size // 65_536):
                writer.write(bytes(65_536))
                await writer.drain()
            answer = await reader.read()
        writer.close()
        return answer


async def test_who_sends_all_before_reading_hears_why(client: Any, content: Content) -> None:
    """An app would see a broken connection, and send the same for ever."""
    upload = await client.ask(mp3(), "audio/mpeg")
    answer = await sent(content, upload.url.removeprefix(ORIGIN), 3 * 1024 * 1024)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413")
    assert "were about to come" in json.loads(body)["error"]


async def test_pages_of_allowed_origins_may_send(mongo_uri: str) -> None:
    """An authoring tool on another origin could not upload, or every page could."""
    settings = Settings(
        mongo_uri=mongo_uri,
        public_url=ORIGIN,
        cors_origins=PAGE,
        internal_key="A" * 43 + "=",
        database="x",
    )
    asks = {"Access-Control-Request-Method": "PUT", "Origin": PAGE}
    async with (
        serving(create_app(settings)) as address,
        aiohttp.ClientSession(address) as session,
    ):
        async with session.options("/uploads/x", headers=asks) as allowed:
            assert allowed.status == 200
            assert allowed.headers["Access-Control-Allow-Origin"] == PAGE
            assert "PUT" in allowed.headers["Access-Control-Allow-Methods"]
        other = {**asks, "Origin": "https://evil.example"}
        async with session.options("/uploads/x", headers=other) as refused:
            assert "Access-Control-Allow-Origin" not in refused.headers
        async with session.put("/uploads/x", data=b"x", headers={"Origin": PAGE}) as answer:
            assert answer.status == 404
            assert answer.headers["Access-Control-Allow-Origin"] == PAGE  # the page reads why


@pytest.mark.parametrize("name", [f"{'0' * 64}/360.webp", f"{'0' * 64}.mp4"])
async def test_media_say_that_the_database_is_away(name: str) -> None:
    """A picture would be 404, which caches keep, or an error of the server's without words."""
    mongo = Mongo(f"mongodb://127.0.0.1:{free_port()}", app_name="away", timeout_ms=300)
    content = build(Settings(mongo_uri="mongodb://127.0.0.1:1", public_url=ORIGIN), mongo)
    async with (
        serving(Starlette(routes=content.routes)) as address,
        aiohttp.ClientSession(address) as session,
        session.get(f"/media/{name}") as answer,
    ):
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "5"
        assert "cache-control" not in answer.headers
        assert (await answer.json())["error"]
    await content._encoders.close()
    await mongo.close()
