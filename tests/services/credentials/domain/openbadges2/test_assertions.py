"""Badges of Open Badges 2.0: what stands at their addresses decides, and every check says why."""

import copy
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import RSAKey

from services.credentials.contract import CheckName, Verification
from services.credentials.domain.fetched import Unresolved
from services.credentials.domain.handed import Address, read_compact, read_value
from services.credentials.domain.openbadges2.assertion import Assertion, wanted
from services.credentials.domain.openbadges2.verification import verify_assertion
from services.kit.errors import Invalid

NOW = datetime(2026, 11, 26, tzinfo=UTC)
SITE = "https://badges.example.org"
ONE, CLASS, ISSUER, KEY, REVOKED = (
    f"{SITE}/{name}" for name in ("one", "class", "issuer", "key", "revoked")
)
CONTEXT = "https://w3id.org/openbadges/v2"
PRIVATE = RSAKey.generate_key(2048, private=True)
HOSTED: dict[str, Any] = {
    "@context": CONTEXT,
    "id": ONE,
    "type": "Assertion",
    "recipient": {"type": "email", "hashed": True, "salt": "s", "identity": "sha256$00"},
    "badge": CLASS,
    "verification": {"type": "HostedBadge"},
    "issuedOn": "2025-03-01T12:00:00Z",
}
SIGNED = HOSTED | {
    "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
    "verification": {"type": "SignedBadge", "creator": KEY},
}
WORLD: dict[str, Any] = {
    ONE: HOSTED,
    CLASS: {
        "@context": CONTEXT,
        "id": CLASS,
        "type": "BadgeClass",
        "name": "Welding",
        "description": "Joins steel.",
        "criteria": {"narrative": "Joined steel."},
        "issuer": ISSUER,
        "alignment": [{"targetName": "weld", "targetUrl": "https://example.org/weld"}],
    },
    ISSUER: {
        "@context": CONTEXT,
        "id": ISSUER,
        "type": "Issuer",
        "name": "Guild",
        "url": SITE,
        "publicKey": [KEY],
        "revocationList": REVOKED,
    },
    KEY: {
        "id": KEY,
        "type": "CryptographicKey",
        "owner": ISSUER,
        "publicKeyPem": PRIVATE.as_pem(private=False).decode(),
    },
    REVOKED: {"id": REVOKED, "issuer": ISSUER, "revokedAssertions": ["urn:uuid:other"]},
}


def test_a_hosted_badge_passes_and_is_described() -> None:
    """Guards against the badges that most people hold, refused or shown without a word."""
    verification = look_at(read_value(HOSTED), WORLD)

    assert outcomes(verification) == "PPPPPPSS"
    assert verification.verified
    assert verification.issuer_name == "Guild"
    assert verification.issuer_id == ISSUER
    assert verification.achievement_name == "Welding"
    assert verification.skills == ("weld",)
    assert "make sure that you know this address" in message(verification, "ISSUER")


def test_a_signed_badge_passes() -> None:
    """Guards against a verifier that knows hosted badges only."""
    assert outcomes(look_at(read_compact(sign(SIGNED)), WORLD)) == "PPPPPPSS"


def test_everything_is_asked_for_step_by_step() -> None:
    """Guards against a class, a key or a list of revocations that nobody looks up."""
    assertion = read_compact(sign(SIGNED))
    assert isinstance(assertion, Assertion)

    found: dict[str, Any] = {}
    while missing := wanted(assertion, found) - found.keys():
        found |= {url: WORLD[url] for url in missing}

    assert found.keys() == {CLASS, ISSUER, KEY, REVOKED}


@pytest.mark.parametrize(
    "change,failed,words",
    [
        (lambda w: w[ONE].update(badge=f"{SITE}/other"), "PROOF", "something else under"),
        (lambda w: w[ONE].update(id=f"{SITE}/two"), "PROOF", "is something else"),
        (lambda w: w.update({ONE: gone()}), "PROOF", "answered 410"),
        (lambda w: w.update({ONE: gone()}), "STATUS", "no longer publishes it"),
        (
            lambda w: w[ONE].update(revoked=True, revocationReason="Copied"),
            "STATUS",
            "revoked it: 'Copied'",
        ),
        (lambda w: w[CLASS].update(id="https://o.example/c"), "ISSUER", "class) is something else"),
        (lambda w: w[CLASS].pop("name"), "SCHEMA", "name"),
        (lambda w: w[ISSUER].update(id="https://o.example/i"), "ISSUER", "issuer) is something"),
        (lambda w: w.pop(ISSUER), "ISSUER", "could not be looked up"),
        (
            lambda w: w[ISSUER].update(verification={"startsWith": f"{SITE}/badges/"}),
            "ISSUER",
            "not published where its issuer",
        ),
        (
            lambda w: w[ISSUER].update(verification={"allowedOrigins": ["cdn.example"]}),
            "ISSUER",
            "not published where its issuer publishes",
        ),
    ],
)
def test_a_hosted_badge_fails_where_it_is_wrong(
    change: Callable[[Any], object], failed: str, words: str
) -> None:
    """Guards against a forged badge that passes, or a failure that nobody can act on."""
    world = copy.deepcopy(WORLD)
    change(world)

    verification = look_at(read_value(HOSTED), world)

    assert not verification.verified
    assert words in message(verification, failed)


def test_a_badge_at_a_strangers_address_is_not_its_issuers() -> None:
    """Guards against anybody who hosts a badge in the name of a known issuer."""
    forged = HOSTED | {"id": "https://evil.example/one"}

    verification = look_at(read_value(forged), WORLD | {"https://evil.example/one": forged})

    assert outcomes(verification) == "PPPFPPSS"
    assert "not published where its issuer" in message(verification, "ISSUER")


@pytest.mark.parametrize(
    "changes,failed",
    [
        ({"expires": "2026-11-26T00:00:00Z"}, "VALIDITY"),
        ({"issuedOn": "2027-01-01T00:00:00Z"}, "VALIDITY"),
        ({"issuedOn": "yesterday"}, "VALIDITY"),
        ({"recipient": "somebody"}, "SCHEMA"),
        ({"verification": {"type": "SignedBadge"}}, "SCHEMA"),
        ({"badge": "urn:uuid:class"}, "ISSUER"),
    ],
)
def test_what_the_badge_itself_says_counts(changes: dict[str, Any], failed: str) -> None:
    """Guards against an old badge, or one of another form, that passes because it is published."""
    badge = HOSTED | changes

    verification = look_at(read_value(badge), WORLD | {ONE: badge})

    assert check(verification, failed) == "FAILED"


@pytest.mark.parametrize(
    "change,failed,words",
    [
        (
            lambda w: w[KEY].update(owner="https://o.example"),
            "ISSUER",
            "is none of its issuer's",
        ),
        (lambda w: w[ISSUER].update(publicKey=[]), "ISSUER", "is none of its"),
        (lambda w: w[KEY].update(publicKeyPem="no key"), "PROOF", "cannot be read"),
        (lambda w: w[KEY].update(publicKeyPem=stranger_pem()), "PROOF", "changed after"),
        (lambda w: w.pop(KEY), "PROOF", "could not be looked up"),
        (
            lambda w: w[REVOKED]["revokedAssertions"].append(
                {"id": SIGNED["id"], "revocationReason": "Left"}
            ),
            "STATUS",
            "revoked it: 'Left'",
        ),
        (lambda w: w[REVOKED].update(issuer="https://other.example"), "STATUS", "not its issuer's"),
        (lambda w: w.pop(REVOKED), "STATUS", "could not be looked up"),
    ],
)
def test_a_signed_badge_fails_where_it_is_wrong(
    change: Callable[[Any], object], failed: str, words: str
) -> None:
    """Guards against a key of somebody else, and against a revocation that nobody reads."""
    world = copy.deepcopy(WORLD)
    change(world)

    verification = look_at(read_compact(sign(SIGNED)), world)

    assert not verification.verified
    assert words in message(verification, failed)


@pytest.mark.parametrize("value", [WORLD[CLASS], WORLD[ISSUER]])
def test_another_part_of_a_badge_is_told_from_the_badge(value: Any) -> None:
    """Guards against a verdict about a class, which nobody holds."""
    with pytest.raises(Invalid, match="not the Assertion itself"):
        read_value(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([ONE, KEY]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "type", "a"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from([(url, name) for url in WORLD for name in WORLD[url]]), JSON)
@example((ONE, "verification"), {"type": {}})
@example((ONE, "verification"), {"type": [{}]})
@example((ISSUER, "verification"), {"startsWith": [{}], "allowedOrigins": {}})
@example((ONE, "id"), "https://[")
@example((CLASS, "issuer"), "https://[")
def test_anything_at_any_address_is_answered_in_words(place: tuple[str, str], value: Any) -> None:
    """Guards against a stranger's document that ends in an error."""
    url, name = place
    world = WORLD | {url: WORLD[url] | {name: value}}
    hosted = world[ONE] | {"type": "Assertion", "@context": CONTEXT}

    for assertion in (read_value(HOSTED), read_value(hosted), read_compact(sign(SIGNED))):
        verification = look_at(assertion, world)
        assert [each.name for each in verification.checks] == list(CheckName)
        assert all(each.message for each in verification.checks)


def look_at(read: Any, world: Mapping[str, Any]) -> Verification:
    assert not isinstance(read, Address)
    wanted(read, world)
    return verify_assertion(read, world, NOW)


def sign(document: Any) -> str:
    header = {"alg": "RS256"}
    return jws.serialize_compact(header, msgspec.json.encode(document), PRIVATE)


def stranger_pem() -> str:
    return RSAKey.generate_key(2048, private=True).as_pem(private=False).decode()


def gone() -> Unresolved:
    return Unresolved(reason=f"{SITE} answered 410", gone=True)


def outcomes(verification: Verification) -> str:
    return "".join(each.outcome[0] for each in verification.checks)


def check(verification: Verification, name: str) -> str:
    (found,) = (each for each in verification.checks if each.name == name)
    return found.outcome


def message(verification: Verification, name: str) -> str:
    (found,) = (each for each in verification.checks if each.name == name)
    return found.message
