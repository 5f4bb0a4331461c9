"""Over real HTTP: what anybody may fetch, and what nobody may without a capability."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import msgspec
import pytest
from starlette.applications import Starlette
from yarl import URL

from services.credentials.domain.baking import unbake
from services.kit.clock import to_rfc3339
from services.kit.errors import Invalid
from services.kit.health import Server
from services.kit.records import Actor
from tests.support.issuing import ORIGIN, World


@pytest.fixture
async def client(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of the public routes, served on a free port of loopback."""
    app = Starlette(routes=world.service.routes)
    server = Server(app, host="127.0.0.1", port=0, lifespan="off")
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session
    server.should_exit = True
    await task


async def test_capability_urls_serve_every_form(
    world: World, client: aiohttp.ClientSession
) -> None:
    """Guards against a server that re-encodes JSON: these are the bytes that were signed."""
    issued = await world.issue()
    read = {}

    for url, media_type in (
        (issued.json_url, "application/vc+ld+json"),
        (issued.png_url, "image/png"),
        (issued.svg_url, "image/svg+xml"),
        (issued.pdf_url, "application/pdf"),
        (issued.bundle_url, "application/json"),
        (world.service.credentials.capabilities.url(f"/credentials/{issued.id}.jwt"), "text/plain"),
    ):
        async with client.get(url.removeprefix(ORIGIN)) as answer:
            assert (answer.status, answer.content_type) == (200, media_type), url
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Disposition"].startswith("attachment")
            read[media_type] = await answer.read()
    assert read["application/vc+ld+json"] == issued.json
    assert read["text/plain"] == issued.jwt.encode()
    assert unbake(read["image/png"]).encode() == issued.json


async def test_a_form_is_revalidated(world: World, client: aiohttp.ClientSession) -> None:
    """Guards against a picture that is sent again though the app has it, or kept for all to see."""
    path = (await world.issue()).png_url.removeprefix(ORIGIN)

    async with client.get(path) as answer:
        tag = answer.headers["ETag"]
        assert answer.headers["Cache-Control"] == "private, no-cache"
    async with client.get(path, headers={"If-None-Match": tag}) as answer:
        assert (answer.status, await answer.read()) == (304, b"")


async def test_a_capability_opens_one_form_alone(
    world: World, client: aiohttp.ClientSession
) -> None:
    """Guards against a picture's address that can be made into that of the holder's scores."""
    issued = await world.issue()

    async with client.get(issued.png_url.removeprefix(ORIGIN).replace(".png", ".json")) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("suffix", ["", ".json", ".jwt", ".json?expires=1&signature=x", ".exe"])
async def test_without_a_capability_nothing_is_told(
    world: World, client: aiohttp.ClientSession, suffix: str
) -> None:
    """Guards against credentials that can be read by who knows, or guesses, an id."""
    issued = await world.issue()

    async with client.get(f"/credentials/{issued.id}{suffix}") as answer:
        known = answer.status, await answer.json()
    async with client.get(f"/credentials/cre_AAAA{suffix}") as answer:
        unknown = answer.status, await answer.json()

    assert known == unknown
    assert known[0] == 404
    assert known[1]["error"]["code"] == "NOT_FOUND"


async def test_a_status_list_is_revalidated_and_changes_with_a_revocation(
    world: World, client: aiohttp.ClientSession
) -> None:
    """Guards against verifiers that fetch an unchanged list again, or keep one that changed."""
    issued = await world.issue()
    path = msgspec.json.decode(issued.json)["credentialStatus"]["statusListCredential"]
    path = path.removeprefix(ORIGIN)

    async with client.get(path) as answer:
        tag = answer.headers["ETag"]
        assert answer.content_type == "application/vc+ld+json"
        assert answer.headers["Cache-Control"] == "public, max-age=1"
        assert (await answer.json(content_type=None))["id"] == ORIGIN + path
    async with client.get(path, headers={"If-None-Match": f'"other", W/{tag}'}) as answer:
        assert (answer.status, await answer.read()) == (304, b"")
    await world.revoke(issued)
    async with client.get(path, headers={"If-None-Match": tag}) as answer:
        assert answer.status == 200
        assert answer.headers["ETag"] != tag


async def test_a_status_list_is_told_as_it_stood_then(
    world: World, client: aiohttp.ClientSession
) -> None:
    """Guards against an employer who cannot learn whether it counted on the day of the contract."""
    issued = await world.issue()
    path = msgspec.json.decode(issued.json)["credentialStatus"]["statusListCredential"]
    path = path.removeprefix(ORIGIN)
    async with client.get(path) as answer:
        first = await answer.read()
    before = await world.signed_at(issued)
    await world.revoke(issued)
    async with client.get(path) as answer:
        second = await answer.read()
    after = await world.signed_at(issued)

    found = []
    for moment in (before, after - timedelta(milliseconds=1), after):
        async with client.get(path, params={"timestamp": to_rfc3339(moment)}) as answer:
            assert (answer.status, answer.content_type) == (200, "application/vc+ld+json")
            found.append(await answer.read())

    assert first != second
    assert found == [first, first, second]


async def test_whoever_has_a_copy_gets_the_newest(
    world: World, client: aiohttp.ClientSession
) -> None:
    """Guards against a refresh service that a verifier cannot follow, or that anybody can ask."""
    issued = await world.issue()
    holder = Actor(subject=issued.holder_id)
    newer = await world.service.refreshing.refresh(holder, issued.id)
    url = msgspec.json.decode(issued.json)["refreshService"]["id"].removeprefix(ORIGIN)

    async with client.get(url) as answer:
        assert (answer.status, answer.content_type) == (200, "application/vc+ld+json")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert await answer.read() == newer.json
    async with client.get(url, headers={"Accept": "application/vc+jwt"}) as answer:
        assert (answer.status, answer.content_type) == (200, "application/vc+jwt")
        assert await answer.text() == newer.jwt
    for wrong in (url.partition("?")[0], url[:-1], f"{url}x"):
        async with client.get(wrong) as answer:
            assert answer.status == 404


@pytest.mark.parametrize(
    "timestamp, status, name",
    [
        ("2020-01-01T00:00:00Z", 404, "STATUS_RETRIEVAL_ERROR"),
        ("2020-01-01T00:00:00+01:00", 404, "STATUS_RETRIEVAL_ERROR"),
        ("2199-01-01T00:00:00Z", 400, "MALFORMED_VALUE_ERROR"),
        ("2026-01-01T00:00:00", 400, "MALFORMED_VALUE_ERROR"),
        ("yesterday", 400, "MALFORMED_VALUE_ERROR"),
        ("", 400, "MALFORMED_VALUE_ERROR"),
    ],
)
async def test_a_time_without_a_list_is_a_problem_in_the_specifications_words(
    world: World, client: aiohttp.ClientSession, timestamp: str, status: int, name: str
) -> None:
    """Guards against a verifier that takes today's list for that of another day."""
    issued = await world.issue()
    path = msgspec.json.decode(issued.json)["credentialStatus"]["statusListCredential"]

    url = URL(f"{path.removeprefix(ORIGIN)}?timestamp={timestamp}", encoded=True)
    async with client.get(url) as answer:
        problem = await answer.json(content_type="application/problem+json")

    assert (answer.status, problem["status"]) == (status, status)
    assert problem["type"] == f"https://www.w3.org/ns/credentials/status-list#{name}"
    assert problem["detail"]


async def test_an_issuer_is_public_and_so_is_its_achievement(
    world: World, client: aiohttp.ClientSession
) -> None:
    """Guards against addresses inside credentials that lead nowhere."""
    signed = msgspec.json.decode((await world.issue()).json)

    async with client.get("/issuers/morsel-academy/did.json") as answer:
        document = await answer.json(content_type="application/did+json")
    async with client.get("/.well-known/did.json") as answer:
        assert await answer.json(content_type=None) == document
    async with client.get("/issuers/morsel-academy") as answer:
        assert await answer.json() == signed["issuer"]
    achievement = signed["credentialSubject"]["achievement"]
    async with client.get(achievement["id"].removeprefix(ORIGIN)) as answer:
        assert await answer.json() == achievement
    assert document["id"] == signed["issuer"]["id"]
    assert signed["proof"][0]["verificationMethod"] in document["assertionMethod"]
    assert b"sealed" not in msgspec.json.encode(document)


async def test_a_badge_is_where_its_credentials_say(
    world: World, client: aiohttp.ClientSession
) -> None:
    """Guards against wallets that show an empty frame: the badge is public, and no credential."""
    signed = msgspec.json.decode((await world.issue()).json)
    path = signed["credentialSubject"]["achievement"]["image"]["id"].removeprefix(ORIGIN)

    async with client.get(path) as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")
        picture, tag = await answer.read(), answer.headers["ETag"]
    async with client.get(path, headers={"If-None-Match": tag}) as answer:
        assert answer.status == 304
    async with client.get(path.replace(".png", ".svg")) as answer:
        assert (answer.status, answer.content_type) == (200, "image/svg+xml")
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    with pytest.raises(Invalid, match="no badge in this picture"):
        unbake(picture)
    for elsewhere in (path.replace("morsel-academy", "acme"), path.replace(".png", ".pdf")):
        async with client.get(elsewhere) as answer:
            assert answer.status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/issuers/nobody",
        "/issuers/nobody/did.json",
        "/issuers/morsel-academy/achievements/ach_AAAA/1",
        "/issuers/morsel-academy/badges/ach_AAAA/1.png",
        "/issuers/morsel-academy/badges/ach_AAAA/1",
        "/issuers/nobody/badges/ach_AAAA/1.png",
    ],
)
async def test_what_is_not_there_is_said_in_json(client: aiohttp.ClientSession, path: str) -> None:
    """Guards against issuers, and keys, that come into being because somebody asked for them."""
    async with client.get(path) as answer:
        assert answer.status == 404
        assert (await answer.json())["error"]["code"] == "NOT_FOUND"
