"""Fetching for others: only public hosts, only JSON, only so much and so long."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from services.credentials.repository.web import MAX_BYTES, PublicResolver, Web, is_public
from services.kit.errors import Invalid, NotFound, Unavailable


@pytest.fixture
async def origin() -> AsyncIterator[str]:
    """A server on loopback that misbehaves in every way."""

    async def good(_request: web.Request) -> web.Response:
        return web.json_response({"good": True})

    async def words(_request: web.Request) -> web.Response:
        return web.Response(text="<html>")

    async def huge(_request: web.Request) -> web.Response:
        return web.Response(body=b" " * (MAX_BYTES + 1))

    async def moved(request: web.Request) -> web.Response:
        raise web.HTTPFound(request.query.get("to", "/good"))

    async def round_and_round(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/round_and_round")

    async def packed(_request: web.Request) -> web.Response:
        return web.Response(body=b"{}", headers={"Content-Encoding": "gzip"})

    async def gone(_request: web.Request) -> web.Response:
        raise web.HTTPGone

    app = web.Application()
    for handler in (good, words, huge, moved, round_and_round, packed, gone):
        app.router.add_get(f"/{handler.__name__}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_json_of_the_own_origin_is_read(origin: str) -> None:
    """Guards against a deployment on a laptop that cannot look up its own documents."""
    assert await Web(exempt=(origin,)).json(f"{origin}/good") == {"good": True}


async def test_a_redirect_is_followed(origin: str) -> None:
    """Guards against issuers who moved, and whose badges would no longer count."""
    assert await Web(exempt=(origin,)).json(f"{origin}/moved") == {"good": True}


async def test_only_what_is_exempt_is_exempt(origin: str) -> None:
    """Guards against an exception for one address that opens the whole machine."""
    with pytest.raises(Invalid, match="no https address"):
        await Web(exempt=("http://127.0.0.1:1",)).json(f"{origin}/good")


@pytest.mark.parametrize(
    "path,error",
    [
        ("words", Invalid),
        ("huge", Invalid),
        ("packed", Invalid),
        ("round_and_round", Invalid),
        ("moved?to=http://127.0.0.2/", Invalid),
        ("moved?to=https://169.254.169.254/latest/", Invalid),
        ("moved?to=file:///etc/passwd", Invalid),
        ("missing", NotFound),
        ("gone", NotFound),
    ],
)
async def test_what_is_not_the_document_is_refused(
    origin: str, path: str, error: type[Exception]
) -> None:
    """Guards against memory filled by a stranger, and against a redirect past every check."""
    with pytest.raises(error):
        await Web(exempt=(origin,)).json(f"{origin}/{path}")


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
        "https://0x7f.1/did.json",
        "https://[::1/did.json",
        "https://example.org:port/did.json",
        "https://example.org/\n",
        f"https://example.org/{'a' * 3_000}",
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


async def test_a_host_that_does_not_answer_is_said_to_be_away(unused_tcp_port: int) -> None:
    """Guards against an error of the library in place of words."""
    gone = f"http://127.0.0.1:{unused_tcp_port}"

    with pytest.raises(Unavailable, match="did not answer"):
        await Web(exempt=(gone,)).fetch(f"{gone}/badge")


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0"),  # noqa: S104 - nothing is bound to it
        *("169.254.169.254", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1"),
        *("fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
        *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "no address"),
    ],
)
def test_no_private_address_counts_as_public(address: str) -> None:
    """Guards against a machine of ours that is reached by another way to write its address."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_called(address: str) -> None:
    """Guards against a verifier that reaches nobody."""
    assert is_public(address)
