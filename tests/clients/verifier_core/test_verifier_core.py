"""A second opinion from npm, that of the Digital Credentials Consortium, with the official schema.

It reads Data Integrity alone; its first verifier shares no code with ours, but JSON-LD with the
other one.
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest

from services.credentials.contract import Credential
from services.credentials.domain.credential import SCHEMA
from services.kit.mongo import Mongo
from tests.support import obschema
from tests.support.awards import QUOTES, award_of, course_version
from tests.support.issuing import ORIGIN, World, new_world
from tests.support.tampering import SAID, tampered

pytestmark = pytest.mark.slow

Verify = Callable[..., list[dict[str, Any]]]
ACCEPTED = {"signature": True, "status": True, "expiration": True, "schema": True}


@pytest.fixture
async def world(mongo: Mongo, mongo_uri: str) -> AsyncIterator[World]:
    """The credentials service on a fresh database."""
    async with new_world(mongo, mongo_uri) as made:
        yield made


@pytest.fixture(scope="session")
def verify(npm_client: Callable[[str], Callable[..., bytes]]) -> Verify:
    """Verify credentials, given all documents that they refer to by address."""
    run = npm_client("verifier_core")

    def check(*credentials: Any, documents: dict[str, Any]) -> list[dict[str, Any]]:
        job = {"credentials": credentials, "documents": documents}
        answer: list[dict[str, Any]] = msgspec.json.decode(
            run("verify.mjs", msgspec.json.encode(job))
        )
        return answer

    return check


async def test_what_we_sign_is_accepted_and_nothing_else(world: World, verify: Verify) -> None:
    """Guards against credentials that the consortium's wallet and verifier refuse."""
    odd = {"en": QUOTES}
    award = msgspec.structs.replace(award_of("odd"), name=odd, description=odd, criteria=odd)
    plain = await world.issue()
    spiced = await world.issue(version=course_version("odd", award=award))
    signed = [msgspec.json.decode(one.json) for one in (plain, spiced)]
    copies = [tampered(signed[0], name) for name in SAID]

    results = verify(*signed, *copies, documents=await documents_of(world, plain))

    assert results[:2] == [ACCEPTED] * 2
    assert [result["signature"] for result in results[2:]] == [False] * len(SAID)


async def test_a_revoked_credential_is_seen_as_revoked(world: World, verify: Verify) -> None:
    """Guards against a list that others do not read."""
    revoked, valid = await world.issue("ada"), await world.issue("bo")

    await world.revoke(revoked)

    results = verify(
        *(msgspec.json.decode(one.json) for one in (revoked, valid)),
        documents=await documents_of(world, valid),
    )
    assert results == [{**ACCEPTED, "status": False}, ACCEPTED]


async def documents_of(world: World, issued: Credential) -> dict[str, Any]:
    """Return the DID document, the status list and the schema, by the addresses asked for."""
    made = await world.service.forms.make(issued.id, ".bundle.json")
    bundle = msgspec.json.decode(made.content)
    (document,) = bundle["didDocuments"].values()
    address = f"{ORIGIN.replace('http:', 'https:')}/issuers/morsel-academy/did.json"
    return {
        **bundle["statusLists"],
        address: document,
        SCHEMA: obschema.achievement_credential().schema,
    }
