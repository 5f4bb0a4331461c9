"""Verifying, as an employer asks for it: every check in words, for our badges and for others'."""

import copy
from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey

from services.content.contract import Skill
from services.credentials.contract import Check, CheckOutcome, Verification, VerifyInput
from services.credentials.domain import jwt, proofs, rdf
from services.credentials.domain.baking import bake
from services.credentials.domain.multikey import P256, encode_ed25519, multibase_encode
from services.credentials.domain.signing import SeedSigner, Signer
from services.credentials.repository.wheel import load_contexts
from services.kit.errors import LimitReached, NotFound
from services.kit.mongo import Mongo
from tests.support.awards import course_version
from tests.support.issuing import World, new_world

NAMES = ["SYNTAX", "SCHEMA", "PROOF", "ISSUER", "STATUS", "VALIDITY", "ENDORSEMENT", "LOG"]


@pytest.fixture(scope="module")
async def world(mongo: Mongo, mongo_uri: str) -> AsyncIterator[World]:
    """One world for all tests here: none of them changes what another one reads."""
    async with new_world(mongo, mongo_uri) as made:
        yield made


async def test_our_own_credential_passes_every_check(world: World) -> None:
    """Guards against a verification that says less than it found out."""
    issued = await world.issue()

    as_json, as_token = await world.service.verifying.verify(
        (VerifyInput(json=msgspec.json.decode(issued.json)), VerifyInput(jwt=issued.jwt))
    )

    for verification in (as_json, as_token):
        assert [check.name for check in verification.checks] == NAMES
        assert outcomes(verification) == "PPPPPPSS"
        assert verification.verified
        assert verification.issuer_name == "Morsel Academy"
        assert verification.issuer_id == "did:web:localhost%3A8000:issuers:morsel-academy"
        assert verification.holder_name == "Zoë Example"
        assert verification.achievement_name == "Safe Ladder Use"
        assert verification.skills == ("work safely at height",)
        assert message(verification, "ISSUER") == (
            "It was signed by Morsel Academy, an issuer of this system."
        )
    assert as_json.credential == msgspec.json.decode(issued.json)


async def test_its_address_verifies_while_it_lasts(world: World) -> None:
    """Guards against an app that must download a credential only to hand it back."""
    issued = await world.issue()
    token_url = world.service.credentials.capabilities.url(f"/credentials/{issued.id}.jwt")

    good, token, cut = await world.service.verifying.verify(
        (
            VerifyInput(url=issued.json_url),
            VerifyInput(url=token_url),
            VerifyInput(url=issued.json_url[:-1]),
        )
    )

    assert (good.verified, token.verified, cut.verified) == (True, True, False)
    assert message(cut, "SYNTAX").startswith("This address has expired or is not complete")


@pytest.mark.parametrize(
    "given,words",
    [
        (VerifyInput(), "Give one thing to verify"),
        (VerifyInput(json={}, jwt="a.b.c"), "Give one thing to verify"),
        (VerifyInput(json=[1]), "a JSON object is expected"),
        (VerifyInput(json="{"), "It is no JSON"),
        (VerifyInput(json={"proof": 1}), "Its proof is no JSON object"),
        (VerifyInput(json={"a": "b" * 600_000}), "larger than 512 KiB"),
        (VerifyInput(jwt="nonsense"), "three parts"),
        (VerifyInput(jwt="a.b.c"), "not JSON in base64url"),
        (VerifyInput(image="iVBORw0KGgo="), "The picture is no PNG"),
        (VerifyInput(image="R0lGODlhAQABAAAAACw="), "neither a PNG nor an SVG"),
        (VerifyInput(image="<svg>"), "not in base64"),
        (VerifyInput(image="A" * 12_000_000), "larger than 8 MiB"),
        (VerifyInput(url="http://example.org/badge.json"), "is no https address"),
        (VerifyInput(url="https://127.0.0.1/badge.json"), "names no public host"),
        (VerifyInput(url="https://[::1/"), "is no address"),
    ],
)
async def test_what_is_no_credential_fails_in_words(
    world: World, given: VerifyInput, words: str
) -> None:
    """Guards against an error, or a yes, for something that cannot be read."""
    (verification,) = await world.service.verifying.verify((given,))

    assert not verification.verified
    assert outcomes(verification)[0] == "F"
    assert words in message(verification, "SYNTAX")
    assert set(outcomes(verification)[1:]) == {"S"}


async def test_deep_nesting_is_refused(world: World) -> None:
    """Guards against a stack that overflows on a document made for it."""
    deep: Any = {}
    for _ in range(100):
        deep = {"a": deep}

    (verification,) = await world.service.verifying.verify((VerifyInput(json=deep),))

    assert message(verification, "SYNTAX") == "It is nested more than 64 levels deep."


@pytest.mark.parametrize(
    "change,failed,words",
    [
        (lambda c: c.update(name="Better"), "PROOF", "changed after it was signed"),
        (lambda c: c.update(unheard="of"), "PROOF", "a term that no vocabulary declares"),
        (lambda c: c.pop("proof"), "PROOF", "anybody could have written it"),
        (lambda c: c["credentialSubject"]["identifier"].reverse(), "PROOF", "not signed with this"),
        (lambda c: c["credentialSubject"].pop("achievement"), "SCHEMA", "achievement"),
        (lambda c: c.update(type=["VerifiableCredential"]), "SCHEMA", "AchievementCredential"),
        (lambda c: c["@context"].append("https://evil.example/v1"), "PROOF", "not known here"),
        (lambda c: c["issuer"].update(id="did:web:example.org"), "ISSUER", "somebody else than"),
        (lambda c: c.update(validFrom="2999-01-01T00:00:00Z"), "VALIDITY", "not valid before"),
        (lambda c: c.update(validUntil="2026-11-21T00:00:00Z"), "VALIDITY", "21 November 2026"),
        (lambda c: c.update(validUntil="soon"), "VALIDITY", "no date and time"),
        (lambda c: c["credentialStatus"].update(type="Other"), "STATUS", "not known here"),
        (lambda c: c["credentialStatus"].update(statusListIndex="999999"), "STATUS", "no entry"),
        (lambda c: c.update(credentialStatus="none"), "STATUS", "not written in a form"),
        (lambda c: c["proof"][0].update(cryptosuite="new-2030"), "PROOF", "'new-2030'"),
        (lambda c: c["proof"][1].update(proofPurpose="authentication"), "PROOF", "another purpose"),
        (lambda c: c["proof"][1].update(expires="2020-01-01T00:00:00Z"), "PROOF", "has expired"),
        (lambda c: c["proof"][1].update(verificationMethod="key"), "ISSUER", "by a DID URL"),
    ],
)
async def test_a_changed_credential_fails_where_it_was_changed(
    world: World, change: Callable[[Any], object], failed: str, words: str
) -> None:
    """Guards against a failed check that blames the wrong thing, or tells nothing."""
    changed = msgspec.json.decode((await world.issue()).json)
    change(changed)

    (verification,) = await world.service.verifying.verify((VerifyInput(json=changed),))

    assert not verification.verified
    assert check_of(verification, failed).outcome is CheckOutcome.FAILED
    assert words in message(verification, failed)


async def test_a_badge_of_an_issuer_by_did_key_verifies_with_a_word_of_caution(
    world: World,
) -> None:
    """Guards against taking anybody's word for who they are: the name is the issuer's own claim."""
    badge, did = foreign_badge(await own_document(world))

    (verification,) = await world.service.verifying.verify((VerifyInput(json=badge),))

    assert outcomes(verification) == "PPPPSPSS"
    assert verification.verified
    assert did in message(verification, "ISSUER")
    assert "make sure that you know this address" in message(verification, "ISSUER")


async def test_a_token_of_a_foreign_issuer_with_es256_verifies(world: World) -> None:
    """Guards against a verifier that can read its own kind of token only."""
    key = generate_private_key(SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    multikey = multibase_encode(P256 + point)
    document = await own_document(world)
    document["issuer"]["id"] = f"did:key:{multikey}"
    payload = document | jwt.claims(document)
    header = {"alg": "ES256", "kid": f"did:key:{multikey}#{multikey}"}
    token = jws.serialize_compact(header, msgspec.json.encode(payload), ECKey.import_key(key))
    other = ECKey.generate_key("P-256")
    forged = jws.serialize_compact(header, msgspec.json.encode(payload), other)

    good, bad = await world.service.verifying.verify(
        (VerifyInput(jwt=token), VerifyInput(jwt=forged))
    )

    assert (good.verified, bad.verified) == (True, False)
    assert outcomes(bad) == "PPFPSPSS"


@pytest.mark.parametrize("claim,value", [("iss", "did:web:x"), ("nbf", 0), ("exp", 9**9)])
async def test_a_token_whose_claims_contradict_it_is_refused(
    world: World, claim: str, value: object
) -> None:
    """Guards against a token that wallets read differently from the credential in it."""
    signer, did = stranger()
    document = await own_document(world)
    document["issuer"]["id"] = did
    payload = {**document, **jwt.claims(document), claim: value}
    header = {"alg": "EdDSA", "kid": signer.method_id}
    head, body = (
        urlsafe_b64encode(msgspec.json.encode(part)).rstrip(b"=").decode()
        for part in (header, payload)
    )

    (verification,) = await world.service.verifying.verify(
        (VerifyInput(jwt=f"{head}.{body}.AAAA"),)
    )

    assert message(verification, "SYNTAX").startswith(f"Its claim {claim} contradicts")


async def test_our_own_key_does_not_vouch_for_another_issuer(world: World) -> None:
    """Guards against one organisation of this system that issues in the name of another."""
    account = await world.service.issuers.ensure("acme")
    document = await own_document(world)
    forged = secure(document, world.service.issuers.signer(account))

    (verification,) = await world.service.verifying.verify((VerifyInput(json=forged),))

    assert outcomes(verification)[2:4] == "PF"
    assert "somebody else than the issuer" in message(verification, "ISSUER")


async def test_an_issuer_that_cannot_be_looked_up_fails_in_words(world: World) -> None:
    """Guards against a badge that passes because its issuer is away, and calls to private hosts."""
    signer, _ = stranger()
    document = await own_document(world)
    document["issuer"]["id"] = "did:web:localhost%3A9"
    hidden = SeedSigner(b"q" * 32, method_id="did:web:localhost%3A9#key-1")

    (verification,) = await world.service.verifying.verify(
        (VerifyInput(json=secure(document, hidden)),)
    )

    assert outcomes(verification) == "PPSFSPSS"
    assert "names no public host" in message(verification, "ISSUER")
    assert signer.method_id not in message(verification, "ISSUER")


async def test_a_foreign_list_is_not_taken_for_the_issuers(world: World) -> None:
    """Guards against a revoked badge that points to somebody else's clean list."""
    ours = msgspec.json.decode((await world.issue()).json)
    signer, did = stranger()
    document = {name: value for name, value in ours.items() if name != "proof"}
    document["issuer"]["id"] = did

    (verification,) = await world.service.verifying.verify(
        (VerifyInput(json=secure(document, signer)),)
    )

    assert outcomes(verification) == "PPPPFPSS"
    assert "not one of its issuer's" in message(verification, "STATUS")


async def test_a_picture_is_verified_by_what_is_baked_into_it(world: World) -> None:
    """Guards against a badge in the form that people have it in, which nobody could check."""
    issued = await world.issue()
    drawn = b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'
    pictures = [bake(drawn, issued.json.decode()), bake(drawn, issued.jwt)]
    given = [b64encode(picture).decode() for picture in pictures]
    given.append(f"data:image/svg+xml;base64,{given[0]}")

    found = await world.service.verifying.verify(tuple(VerifyInput(image=one) for one in given))

    assert [each.verified for each in found] == [True, True, True]
    assert found[0].credential == msgspec.json.decode(issued.json)


async def test_each_is_matched_against_a_job_role(world: World) -> None:
    """Guards against an employer who must read skills one by one, or trusts a badge that is bad."""
    issued = await world.issue()
    good = msgspec.json.decode(issued.json)
    changed = good | {"name": "Better"}
    other = Skill(id="skl_other", name="paint walls")
    role = world.shelf.relate("cleaner", (*course_version().skills, other))

    fits, forged = await world.service.verifying.verify(
        (VerifyInput(json=good), VerifyInput(json=changed)), job_role_id=role
    )

    assert fits.role_match == 2 / 3
    assert fits.role_skills == ("work safely at height", "check ladders")
    assert (forged.role_match, forged.role_skills) == (0.0, ())


async def test_what_is_not_reached_in_time_is_told_so(world: World) -> None:
    """Guards against a thousand answers lost for the last one, and against a yes for no look."""
    issued = await world.issue()

    found = await world.service.verifying.verify((VerifyInput(jwt=issued.jwt),) * 3, seconds=0)

    assert [outcomes(each) for each in found] == ["SSSSSSSS"] * 3
    assert not any(each.verified for each in found)
    assert message(found[0], "SYNTAX").endswith("ask for it again.")


async def test_an_unknown_job_role_is_not_found(world: World) -> None:
    """Guards against a match of nothing that looks like a match of nobody."""
    with pytest.raises(NotFound, match="no such job role"):
        await world.service.verifying.verify((), job_role_id="rol_none")


async def test_more_than_a_thousand_are_refused(world: World) -> None:
    """Guards against one call that keeps the service from everybody else."""
    with pytest.raises(LimitReached, match="At most 1000"):
        await world.service.verifying.verify((VerifyInput(),) * 1_001)


def stranger() -> tuple[SeedSigner, str]:
    """Return an issuer that nobody knows, by did:key."""
    public = encode_ed25519(SeedSigner(b"p" * 32, method_id="").public_key)
    did = f"did:key:{public}"
    return SeedSigner(b"p" * 32, method_id=f"{did}#{public}"), did


def foreign_badge(document: dict[str, Any]) -> tuple[dict[str, Any], str]:
    signer, did = stranger()
    document["issuer"]["id"] = did
    return secure(document, signer), did


async def own_document(world: World) -> dict[str, Any]:
    """Return what we issue, without signatures and status."""
    issued = msgspec.json.decode((await world.issue()).json)
    return {
        name: value for name, value in issued.items() if name not in {"proof", "credentialStatus"}
    }


def secure(document: dict[str, Any], signer: Signer) -> dict[str, Any]:
    contexts = load_contexts()
    return copy.deepcopy(
        proofs.secure(
            document,
            signer=signer,
            created=document["validFrom"],
            canonicalise=lambda one: rdf.canonical(one, contexts),
        )
    )


def outcomes(verification: Verification) -> str:
    """Return the outcomes of all checks by their first letters."""
    return "".join(check.outcome[0] for check in verification.checks)


def check_of(verification: Verification, name: str) -> Check:
    (check,) = (check for check in verification.checks if check.name == name)
    return check


def message(verification: Verification, name: str) -> str:
    return check_of(verification, name).message
