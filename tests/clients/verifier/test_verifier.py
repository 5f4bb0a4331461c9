"""An independent verifier from npm: it accepts what we issue, and nothing that was changed."""

import copy
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest

from services.credentials.contract import Credential
from services.credentials.domain.multikey import base64url, base64url_decode
from services.kit.mongo import Mongo
from tests.support.awards import QUOTES, award_of, course_version
from tests.support.issuing import World, new_world

Verify = Callable[..., list[dict[str, Any]]]


@pytest.fixture
async def world(mongo: Mongo, mongo_uri: str) -> AsyncIterator[World]:
    """The credentials service on a fresh database."""
    async with new_world(mongo, mongo_uri) as made:
        yield made


@pytest.fixture(scope="session")
def verify(npm_client: Callable[[str], Callable[..., bytes]]) -> Verify:
    """Verify credentials, JSON or JWT, given all documents that they refer to by address."""
    run = npm_client("verifier")

    def check(*credentials: Any, documents: dict[str, Any]) -> list[dict[str, Any]]:
        job = {"credentials": credentials, "documents": documents}
        answer: list[dict[str, Any]] = msgspec.json.decode(
            run("verify.mjs", msgspec.json.encode(job))
        )
        return answer

    return check


async def test_all_that_we_sign_is_accepted(world: World, verify: Verify) -> None:
    """Guards against what nobody else can check: JSON, token and status list, plain and odd."""
    odd = {"en": QUOTES}
    award = msgspec.structs.replace(award_of("odd"), name=odd, description=odd, criteria=odd)
    plain = await world.issue()
    spiced = await world.issue(version=course_version("odd", award=award))
    documents = await documents_of(world, plain)
    (listed,) = (one for url, one in documents.items() if "/status/" in url)

    results = verify(
        *(msgspec.json.decode(one.json) for one in (plain, spiced)),
        *(plain.jwt, spiced.jwt, listed),
        documents=documents,
    )

    assert results == [{"verified": True, "revoked": False, "errors": []}] * 5


async def test_a_revoked_credential_is_seen_as_revoked(world: World, verify: Verify) -> None:
    """Guards against a list that only our own reader understands."""
    revoked, valid = await world.issue("ada"), await world.issue("bo")

    await world.revoke(revoked)

    documents = await documents_of(world, valid)
    results = verify(
        *(msgspec.json.decode(one.json) for one in (revoked, valid)), documents=documents
    )
    assert [result["revoked"] for result in results] == [True, False]


async def test_every_changed_copy_is_refused(world: World, verify: Verify) -> None:
    """Guards against a verifier that says yes to all: each copy differs in one thing."""
    issued = await world.issue()
    original = msgspec.json.decode(issued.json)
    changed = [change(original) for change in CHANGES]
    tokens = [change(issued.jwt) for change in TOKEN_CHANGES]

    results = verify(original, *changed, *tokens, documents=await documents_of(world, issued))

    assert [result["verified"] for result in results] == [True, *[False] * (len(changed) + 3)]
    assert len(changed) == 12


async def test_a_key_that_the_issuer_dropped_is_refused(world: World, verify: Verify) -> None:
    """Guards against a stolen key that goes on signing after its issuer dropped it."""
    issued = await world.issue()
    documents = await documents_of(world, issued)
    for document in documents.values():
        document.pop("assertionMethod", None)

    results = verify(msgspec.json.decode(issued.json), issued.jwt, documents=documents)

    assert [result["verified"] for result in results] == [False, False]


def edit(*path: str | int, value: Any) -> Callable[[Any], Any]:
    """Return a change that puts a value at a path of a copy."""

    def change(credential: Any) -> Any:
        changed = copy.deepcopy(credential)
        node = changed
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = value
        return changed

    return change


def reverse_identities(credential: Any) -> Any:
    changed = copy.deepcopy(credential)
    changed["credentialSubject"]["identifier"].reverse()
    return changed


def swap_proof_values(credential: Any) -> Any:
    changed = copy.deepcopy(credential)
    first, second = changed["proof"]
    first["proofValue"], second["proofValue"] = second["proofValue"], first["proofValue"]
    return changed


CHANGES = (
    edit("name", value="Something better"),
    edit("validUntil", value="2099-01-01T00:00:00Z"),
    edit("issuer", "name", value="Somebody Else"),
    edit("issuer", "id", value="did:web:localhost%3A8000:issuers:somebody"),
    edit("credentialSubject", "result", 0, "value", value="100"),
    edit("credentialSubject", "identifier", 1, "identityHash", value="Somebody Else"),
    edit("credentialSubject", "achievement", "alignment", 0, "targetName", value="surgery"),
    edit("credentialStatus", "statusListIndex", value="1"),
    edit("evidence", 0, "narrative", value="none"),
    edit("proof", 0, "created", value="2020-01-01T00:00:00Z"),
    reverse_identities,
    swap_proof_values,
)


def change_payload(token: str) -> str:
    head, body, signature = token.split(".")
    payload = msgspec.json.decode(base64url_decode(body)) | {"name": "Something better"}
    return f"{head}.{base64url(msgspec.json.encode(payload))}.{signature}"


def drop_signature(token: str) -> str:
    return token.rpartition(".")[0] + "."


def unsigned(token: str) -> str:
    header = base64url(b'{"alg":"none"}')
    return f"{header}.{token.split('.')[1]}."


TOKEN_CHANGES = (change_payload, drop_signature, unsigned)


async def documents_of(world: World, issued: Credential) -> dict[str, Any]:
    """Return the DID document and the status list that a credential refers to, by address."""
    url = msgspec.json.decode(issued.json)["credentialStatus"]["statusListCredential"]
    found = await world.service.credentials.status_list(url.rpartition("/")[2])
    document = await world.service.credentials.did_document("morsel-academy")
    return {document["id"]: document, url: msgspec.json.decode(found.signed)}
