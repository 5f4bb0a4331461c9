"""Fetching for others: only public hosts, only JSON, only so much and so long."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from services.credentials.repository.web import MAX_BYTES, PublicResolver, Web
from services.kit.errors import Invalid, Unavailable


@pytest.fixture
async def origin() -> AsyncIterator[str]:
    """A server on loopback that misbehaves in every way."""

    async def good(_request: web.Request) -> web.Response:
        return web.json_response({"good": True})

    async def words(_request: web.Request) -> web.Response:
        return web.Response(text="<html>")

    async def huge(_request: web.Request) -> web.Response:
        return web.Response(body=b" " * (MAX_BYTES + 1))

    async def moved(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/good")

    app = web.Application()
    for handler in (good, words, huge, moved):
        app.router.add_get(f"/{handler.__name__}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_json_of_the_own_origin_is_read(origin: str) -> None:
    """Guards against a deployment on a laptop that cannot look up its own documents."""
    assert await Web(own_origin=origin).json(f"{origin}/good") == {"good": True}


@pytest.mark.parametrize(
    "path,error",
    [("words", Invalid), ("huge", Invalid), ("moved", Unavailable), ("missing", Unavailable)],
)
async def test_what_is_not_the_document_is_refused(
    origin: str, path: str, error: type[Exception]
) -> None:
    """Guards against memory filled by a stranger, and against a redirect past every check."""
    with pytest.raises(error):
        await Web(own_origin=origin).json(f"{origin}/{path}")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/did.json",
        "https://127.0.0.1/did.json",
        "https://[::1]/did.json",
        "https://2130706433/did.json",
        "https://127.1/did.json",
        "https://localhost/did.json",
        "https://user@example.org/did.json",
        "file:///etc/passwd",
        "https:///did.json",
    ],
)
async def test_an_address_that_is_not_public_is_never_called(url: str) -> None:
    """Guards against a badge that makes this server talk to machines behind its firewall."""
    with pytest.raises(Invalid):
        await Web().json(url)


async def test_a_name_that_resolves_to_a_private_address_is_not_called() -> None:
    """Guards against a public name for a private machine: where the call goes is what counts."""
    resolver = PublicResolver()

    with pytest.raises(OSError, match="no public address"):
        await resolver.resolve("localhost", 443)

    await resolver.close()
