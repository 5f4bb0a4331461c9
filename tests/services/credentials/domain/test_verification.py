"""Verification meets anything: it answers in words, and says yes only to what it knows."""

import copy
from datetime import timedelta
from functools import cache, partial
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.credentials.contract import CheckOutcome, Verification
from services.credentials.domain import did, jwt, proofs, rdf
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.credential import Award, make_credential
from services.credentials.domain.rdf import Canonicalise
from services.credentials.domain.shape import read_json, read_token
from services.credentials.domain.signing import SeedSigner
from services.credentials.domain.verification import Findings, unreadable, verify
from services.credentials.repository.wheel import load_contexts
from services.kit.errors import Invalid
from tests.support.awards import COMPLETED_AT

DID = "did:web:localhost%3A8000:issuers:morsel-academy"
SIGNER = SeedSigner(b"s" * 32, method_id=f"{DID}#key-1")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2)
    ),
    max_leaves=4,
)

JWK = st.fixed_dictionaries(
    {"kty": st.sampled_from(["OKP", "EC", "RSA"])},
    optional={
        "crv": st.sampled_from(["Ed25519", "X25519", "P-256", "P-384"]) | JSON,
        **dict.fromkeys(["x", "y", "n", "e"], st.sampled_from(["AQAB", "A" * 43]) | JSON),
    },
)


@cache
def known_contexts() -> Contexts:
    """Return the pinned contexts, loaded once for all examples."""
    return load_contexts()


def findings(**changes: Any) -> Findings:
    """Return what is known a day later: the issuer's document, and no status list."""
    document = did.document(DID, {"key-1": SIGNER.public_key})
    known = {"documents": {DID: document}} | changes
    return Findings(now=COMPLETED_AT + timedelta(days=1), contexts=known_contexts(), **known)


def signed_badge() -> dict[str, Any]:
    """Return a small badge with both proofs."""
    document = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": DID, "type": ["Profile"], "name": "Morsel Academy"},
        "validFrom": "2026-11-20T09:30:15Z",
        "credentialSubject": {
            "id": "urn:uuid:00000000-0000-4000-8000-000000000002",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "urn:uuid:00000000-0000-4000-8000-000000000003",
                "type": ["Achievement"],
                "name": "Safe Ladder Use",
                "description": "Climbs safely.",
                "criteria": {"narrative": "Reached 70 percent."},
            },
        },
    }
    canonicalise = partial(rdf.canonical, contexts=known_contexts())
    return copy.deepcopy(
        proofs.secure(
            document, signer=SIGNER, created="2026-11-20T09:30:15Z", canonicalise=canonicalise
        )
    )


BADGE = signed_badge()


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value inside a JSON value."""
    inside: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    found = [(*path, step) for step, _ in inside]
    return found + [deeper for step, inner in inside for deeper in paths(inner, (*path, step))]


def test_the_badge_itself_verifies() -> None:
    """Guards against properties that hold because nothing ever verifies."""
    assert look_at(BADGE, findings()).verified


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(paths(BADGE)), JSON)
def test_any_value_in_any_place_is_answered_in_words(path: tuple[Any, ...], value: Any) -> None:
    """Guards against an error for a malformed badge, and against a yes for a changed one."""
    changed = copy.deepcopy(BADGE)
    node = changed
    for step in path[:-1]:
        node = node[step]
    unchanged = node[path[-1]] == value
    node[path[-1]] = value

    verification = look_at(changed, findings())

    assert verification.verified == unchanged
    assert all(check.message for check in verification.checks)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(paths(did.document(DID, {"key-1": b"k" * 32}))), JSON)
def test_any_issuers_document_is_answered_in_words(path: tuple[Any, ...], value: Any) -> None:
    """Guards against an issuer who brings a verifier down with the document of its keys."""
    document: Any = did.document(DID, {"key-1": SIGNER.public_key})
    node = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value

    verification = look_at(BADGE, findings(documents={DID: document}))

    assert len(verification.checks) == 8


@settings(max_examples=100, deadline=None)
@given(JSON | JWK)
@example({"kty": "OKP"})
@example({"kty": "OKP", "crv": "Ed25519", "x": "AA"})
@example({"kty": "OKP", "crv": "X25519", "x": "A" * 43})
@example({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"})
@example({"kty": "RSA", "n": "AQAB", "e": "AQAB"})
@example({"kty": "RSA", "n": 7, "e": None})
def test_any_jwk_is_answered_in_words(jwk: Any) -> None:
    """Guards against a key that no library can read: it fails, it does not crash."""
    method = {"id": f"{DID}#key-1", "controller": DID, "publicKeyJwk": jwk}
    document = {"id": DID, "verificationMethod": [method], "assertionMethod": [f"{DID}#key-1"]}
    token = jwt.secure({n: v for n, v in BADGE.items() if n != "proof"}, signer=SIGNER)

    by_proof = look_at(BADGE, findings(documents={DID: document}))
    by_token = verify(read_token(token), findings(documents={DID: document}))

    assert (by_proof.verified, by_token.verified) == (False, False)


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_any_status_list_is_answered_in_words(listed: Any) -> None:
    """Guards against a list that cannot be read and so counts as clear."""
    url = "https://example.org/status"
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "1",
        "statusListCredential": url,
    }

    verification = look_at(BADGE | {"credentialStatus": entry}, findings(lists={url: listed}))

    assert verification.checks[4].outcome is CheckOutcome.FAILED


def test_a_credential_for_a_year_is_valid_to_the_last_second(
    award: Award, signer: SeedSigner, canonicalise: Canonicalise
) -> None:
    """Guards against a credential that expires a moment early or late."""
    document = make_credential(award)
    signed = proofs.secure(
        document, signer=signer, created=document["validFrom"], canonicalise=canonicalise
    )
    end = award.valid_until
    assert end is not None

    outcomes = [
        verify(read_json(signed), Findings(now=now, contexts=known_contexts())).checks[5].outcome
        for now in (end - timedelta(seconds=1), end)
    ]

    assert outcomes == [CheckOutcome.PASSED, CheckOutcome.FAILED]


def look_at(badge: Any, known: Findings) -> Verification:
    try:
        presented = read_json(badge)
    except Invalid as error:
        return unreadable(error.message)
    return verify(presented, known)
