"""Tampering: nine kinds of it and reordered JSON, in every signed form, are refused."""

from typing import Any

import msgspec
import pytest

from services.credentials.contract import Check, CheckName, CheckOutcome, Credential, VerifyInput
from services.credentials.domain.multikey import base64url, base64url_decode
from services.kit.mongo import Mongo
from tests.support.issuing import World, new_world
from tests.support.tampering import REORDERED, SAID, TAMPERINGS, tampered


class Issued:
    """A credential, and the service that verifies copies of it."""

    def __init__(self, world: World, credential: Credential) -> None:
        self.world = world
        self.json: Any = msgspec.json.decode(credential.json)
        self.jwt = credential.jwt

    async def failed(self, given: VerifyInput) -> list[CheckName]:
        """Return the checks that fail; a copy is verified when there are none."""
        (answer,) = await self.world.service.verifying.verify((given,))
        failed = [check for check in answer.checks if check.outcome is CheckOutcome.FAILED]
        assert answer.verified == (not failed)
        assert all(_is_explained(check) for check in failed)
        return [check.name for check in failed]


@pytest.fixture(scope="module")
async def issued(mongo: Mongo, mongo_uri: str) -> Any:
    """One credential of all whom the tests tamper with."""
    async with new_world(mongo, mongo_uri) as world:
        yield Issued(world, await world.issue())


async def test_the_untouched_one_is_verified(issued: Issued) -> None:
    """Guards against a verifier that says no to all."""
    assert await issued.failed(VerifyInput(json=issued.json)) == []
    assert await issued.failed(VerifyInput(jwt=issued.jwt)) == []


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_tampered_json_is_refused(issued: Issued, name: str) -> None:
    """Guards against a copy that says more than its issuer did."""
    failed = await issued.failed(VerifyInput(json=tampered(issued.json, name)))

    assert set(failed) & {CheckName.PROOF, CheckName.ISSUER}


@pytest.mark.parametrize("name", [*SAID, *REORDERED])
async def test_a_tampered_token_is_refused(issued: Issued, name: str) -> None:
    """Guards against a token whose claims are read and whose signature is not."""
    head, body, signature = issued.jwt.split(".")
    payload = tampered(msgspec.json.decode(base64url_decode(body)), name)
    payload["iss"], payload["exp"] = payload["issuer"]["id"], None
    written = base64url(msgspec.json.encode({k: v for k, v in payload.items() if v is not None}))

    assert await issued.failed(VerifyInput(jwt=f"{head}.{written}.{signature}"))


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "EdDSA", "typ": "JWT"},
        {"alg": "EdDSA", "kid": "did:web:x.example#key-1"},
        {"alg": "EdDSA", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}},
    ],
    ids=["none", "secret", "no key", "another's key", "a key of its own"],
)
async def test_a_token_under_another_header_is_refused(
    issued: Issued, header: dict[str, Any]
) -> None:
    """Guards against a token that says by itself how, and by whom, it wants to be believed."""
    _, body, signature = issued.jwt.split(".")
    head = base64url(msgspec.json.encode(header))

    assert await issued.failed(VerifyInput(jwt=f"{head}.{body}.{signature}"))
    assert await issued.failed(VerifyInput(jwt=f"{head}.{body}."))


def _is_explained(check: Check) -> bool:
    return check.message.endswith(".") and len(check.message.split()) > 3
