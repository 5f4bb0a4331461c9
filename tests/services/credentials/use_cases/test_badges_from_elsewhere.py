"""Badges of other issuers over real HTTP: what they point to is fetched once, and judged."""

from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from aiohttp import web
from joserfc import jws
from joserfc.jwk import RSAKey

from services.credentials.app import Credentials
from services.credentials.contract import Verification, VerifyInput
from services.credentials.domain import jwt
from services.credentials.domain.baking import bake
from services.kit.clock import utc_now
from services.kit.mongo import Mongo
from tests.support.badges import SIGNED_AT, badge, sign, status_entry, status_list
from tests.support.issuing import World, new_world

DRAWN = b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'
KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)


class Site:
    """Somebody else's server: what stands at its paths, and how often each was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {}
        self.asked: Counter[str] = Counter()
        self.origin = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Answer bytes and text as they are, and all else as JSON."""
        self.asked[request.path] += 1
        page = self.pages.get(request.path)
        if page is None:
            raise web.HTTPNotFound
        if isinstance(page, bytes | str):
            return web.Response(body=page)
        return web.json_response(page)

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"{self.origin}{path}"


@pytest.fixture(scope="module")
async def world(mongo: Mongo, mongo_uri: str) -> AsyncIterator[World]:
    """One world for all tests here: none of them changes what another one reads."""
    async with new_world(mongo, mongo_uri) as made:
        yield made


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A server on loopback."""
    made, app = Site(), web.Application()
    app.router.add_get("/{path:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
def service(world: World, site: Site) -> Credentials:
    """A service that may fetch from that server."""
    return world.another(msgspec.structs.replace(world.settings, fetch_origins=site.origin))


async def test_a_badge_is_read_in_whatever_form_its_address_answers(
    service: Credentials, site: Site
) -> None:
    """Guards against a link that works for one kind of issuer only."""
    signed = sign(badge())
    text = msgspec.json.encode(signed).decode()
    site.pages |= {
        "/json": signed,
        "/text": f"\ufeff {text}\n",
        "/svg": bake(DRAWN, text),
        "/link": bake(DRAWN, site.url("/json")),
        "/ring": site.url("/ring"),
        "/page": "<!doctype html><title>Badge</title>",
        "/image": b"GIF89a\xff",
    }

    found = await verify(service, *(VerifyInput(url=site.url(path)) for path in site.pages))

    assert [each.verified for each in found] == [True, True, True, True, False, False, False]
    assert found[0].issuer_name == "Guild of Welders"
    assert found[0].holder_name == "Ana Souza"
    assert "only one more address" in message(found[4], "SYNTAX")
    assert "no signed token" in message(found[5], "SYNTAX")
    assert "neither a badge's picture nor text" in message(found[6], "SYNTAX")


async def test_a_token_of_an_issuer_with_an_address_counts_by_keys_at_that_address(
    service: Credentials, site: Site
) -> None:
    """Guards against Open Badges 3.0 as most platforms issue them: RS256, and a key at a URL."""
    site.pages["/keys.json"] = {"keys": [KEY.as_dict(private=False)]}
    site.pages["/issuer"] = {"id": site.url("/issuer"), "type": ["Profile"], "name": "Guild"}
    mine = token(site.url("/issuer"), kid=site.url("/keys.json#one"))
    others = token("http://localhost:9/issuer", kid=site.url("/keys.json#one"))

    good, forged = await verify(service, VerifyInput(jwt=mine), VerifyInput(jwt=others))

    assert outcomes(good) == "PPPPSPSS"
    assert outcomes(forged) == "PPPFSPSS"
    assert "Neither does the issuer name this key" in message(forged, "ISSUER")


async def test_a_status_list_of_another_issuer_is_fetched_once_and_read(
    service: Credentials, site: Site
) -> None:
    """Guards against revoked badges of others that pass, and a call for each badge of a batch."""
    listed = status_list(site.url("/list"), revoked=[7], now=utc_now())
    site.pages["/list"] = sign(listed)
    site.pages["/unsigned"] = listed
    places = [("/list", 6), ("/list", 7), ("/unsigned", 6), ("/none", 6)]
    badges = [
        sign(badge(number, credentialStatus=status_entry(site.url(path), index)))
        for number, (path, index) in enumerate(places)
    ]

    found = await verify(service, *(VerifyInput(json=each) for each in badges))

    assert [each.verified for each in found] == [True, False, False, False]
    assert message(found[1], "STATUS") == "Its issuer has revoked it."
    assert "not the one at that address" in message(found[2], "STATUS")
    assert "answered 404" in message(found[3], "STATUS")
    assert site.asked["/list"] == 1


async def test_a_hosted_badge_of_open_badges_2_is_followed_to_its_issuer(
    service: Credentials, site: Site
) -> None:
    """Guards against the badges of a decade, which came baked with no more than an address."""
    hosted = open_badges_2(site)
    site.pages |= hosted
    link = b64encode(bake(DRAWN, site.url("/one"))).decode()

    first, second = await verify(service, VerifyInput(image=link), VerifyInput(json=hosted["/one"]))
    again = await verify(service, VerifyInput(json=hosted["/one"] | {"badge": "https://x.example"}))

    assert outcomes(first) == outcomes(second) == "PPPPPPSS"
    assert (first.issuer_name, first.achievement_name) == ("Guild", "Welding")
    assert "publishes something else" in message(again[0], "PROOF")
    assert site.asked["/issuer"] == 1


async def test_a_badge_that_refers_to_very_much_is_refused(
    service: Credentials, site: Site
) -> None:
    """Guards against one badge that makes this server call a thousand others."""
    entries = [status_entry(site.url(f"/{number}"), 1) for number in range(40)]

    (found,) = await verify(service, VerifyInput(json=sign(badge(credentialStatus=entries))))

    assert "more than 32 documents" in message(found, "SYNTAX")
    assert not site.asked


async def test_addresses_that_are_private_are_not_called(world: World, site: Site) -> None:
    """Guards against a badge that explores the network of whoever verifies it."""
    site.pages["/json"] = sign(badge())

    (found,) = await world.service.verifying.verify((VerifyInput(url=site.url("/json")),))

    assert "is no https address" in message(found, "SYNTAX")
    assert not site.asked


def token(issuer: str, *, kid: str) -> str:
    """Return a badge as a token with RS256."""
    document = badge(issuer={"id": issuer, "type": ["Profile"], "name": "Guild"})
    payload = msgspec.json.encode(document | jwt.claims(document))
    return jws.serialize_compact({"alg": "RS256", "kid": kid}, payload, KEY)


def open_badges_2(site: Site) -> dict[str, Any]:
    """Return the pages of a hosted badge."""
    context = "https://w3id.org/openbadges/v2"
    return {
        "/one": {
            "@context": context,
            "id": site.url("/one"),
            "type": "Assertion",
            "recipient": {"type": "email", "hashed": True, "identity": "sha256$00"},
            "badge": site.url("/class"),
            "verification": {"type": "HostedBadge"},
            "issuedOn": SIGNED_AT,
        },
        "/class": {
            "@context": context,
            "id": site.url("/class"),
            "type": "BadgeClass",
            "name": "Welding",
            "description": "Joins steel.",
            "criteria": "https://guild.example/criteria",
            "issuer": site.url("/issuer"),
        },
        "/issuer": {
            "@context": context,
            "id": site.url("/issuer"),
            "type": "Issuer",
            "name": "Guild",
            "url": "https://guild.example",
        },
    }


async def verify(service: Credentials, *inputs: VerifyInput) -> tuple[Verification, ...]:
    return await service.verifying.verify(inputs)


def outcomes(verification: Verification) -> str:
    return "".join(check.outcome[0] for check in verification.checks)


def message(verification: Verification, name: str) -> str:
    (found,) = (check for check in verification.checks if check.name == name)
    return found.message
