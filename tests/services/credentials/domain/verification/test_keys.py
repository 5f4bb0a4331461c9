"""Whose key signed: every way in which issuers publish keys, and what does not bind one to them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey

from services.credentials.contract import CheckOutcome, Verification
from services.credentials.domain import did, jwt
from services.credentials.domain.multikey import P256, base64url, multibase_encode
from services.credentials.domain.proofs import JCS, RDFC
from services.credentials.domain.shape import read_json, read_token
from services.credentials.domain.verification import Findings, verify
from services.kit.errors import Invalid
from tests.support.badges import DID, SIGNER, badge, known_contexts, sign

NOW = datetime(2026, 11, 26, tzinfo=UTC)
SITE = "https://guild.example"
ISSUER, WEB = f"{SITE}/issuer", "did:web:guild.example"
KEY = ECKey.generate_key("P-256", {"kid": "one"}, private=True)
PUBLIC = KEY.as_dict(private=False)
OTHER = ECKey.generate_key("P-256", {"kid": "one"}, private=True).as_dict(private=False)
PROFILE = {"id": ISSUER, "type": ["Profile"], "name": "Guild"}


def listing(key: Mapping[str, Any], *, subject: str = ISSUER) -> dict[str, Any]:
    """Return a document whose subject signs with a key."""
    name = f"{subject}#one"
    method = {"id": name, "type": "JsonWebKey", "controller": subject, "publicKeyJwk": dict(key)}
    return {"id": subject, "verificationMethod": [method], "assertionMethod": [name]}


@pytest.mark.parametrize(
    "issuer,header,documents,outcome",
    [
        (ISSUER, {"kid": f"{SITE}/keys#one"}, {f"{SITE}/keys": {"keys": [PUBLIC]}}, "PP"),
        (ISSUER, {"kid": f"{SITE}/keys"}, {f"{SITE}/keys": {"keys": [PUBLIC]}}, "PP"),
        (ISSUER, {"kid": f"{SITE}/keys"}, {f"{SITE}/keys": PUBLIC}, "PP"),
        (ISSUER, {"kid": f"{ISSUER}#one"}, {ISSUER: listing(PUBLIC)}, "PP"),
        (ISSUER, {"jwk": PUBLIC}, {ISSUER: listing(PUBLIC)}, "PP"),
        (WEB, {"jwk": PUBLIC}, {WEB: listing(PUBLIC, subject=WEB)}, "PP"),
        (WEB, {"kid": f"{WEB}#one"}, {WEB: listing(PUBLIC, subject=WEB)}, "PP"),
        (
            WEB,
            {"kid": "https://cdn.example/keys"},
            {WEB: listing(PUBLIC, subject=WEB), "https://cdn.example/keys": PUBLIC},
            "PP",
        ),
        (
            ISSUER,
            {"kid": "https://cdn.example/keys"},
            {
                ISSUER: PROFILE | {"publicKey": ["https://cdn.example/keys"]},
                "https://cdn.example/keys": PUBLIC,
            },
            "PP",
        ),
        # the key is right, and nobody says that it is the issuer's
        (ISSUER, {"jwk": PUBLIC}, {ISSUER: PROFILE}, "PF"),
        (ISSUER, {"jwk": PUBLIC}, {ISSUER: listing(OTHER)}, "PF"),
        (WEB, {"jwk": PUBLIC}, {}, "PF"),
        (
            ISSUER,
            {"kid": "https://evil.example/keys"},
            {ISSUER: PROFILE, "https://evil.example/keys": PUBLIC},
            "PF",
        ),
        (
            ISSUER,
            {"kid": f"{SITE}/keys"},
            {ISSUER: listing(OTHER), f"{SITE}/keys": PUBLIC},
            "PF",
        ),
        (
            ISSUER,
            {"kid": f"{SITE}/keys"},
            {ISSUER: PROFILE | {"publicKey": "urn:other"}, f"{SITE}/keys": PUBLIC},
            "PF",
        ),
        ("urn:issuer", {"kid": "https:///keys"}, {"https:///keys": PUBLIC}, "PF"),
        (
            ISSUER,
            {"kid": f"{SITE}/keys"},
            {f"{SITE}/keys": {"controller": f"{SITE}/somebody", "publicKeyJwk": PUBLIC}},
            "PF",
        ),
        (
            WEB,
            {"kid": "did:web:evil.example#one"},
            {
                WEB: listing(OTHER, subject=WEB),
                "did:web:evil.example": listing(PUBLIC, subject="did:web:evil.example"),
            },
            "PF",
        ),
        # the key is another, or cannot be had
        (ISSUER, {"kid": f"{SITE}/keys"}, {f"{SITE}/keys": OTHER}, "FP"),
        (ISSUER, {"kid": f"{SITE}/keys#two"}, {f"{SITE}/keys": {"keys": [PUBLIC]}}, "FF"),
        (ISSUER, {"kid": f"{SITE}/keys"}, {}, "SF"),
        ("https://[", {"kid": f"{SITE}/keys"}, {f"{SITE}/keys": PUBLIC}, "PF"),
        (ISSUER, {}, {ISSUER: listing(PUBLIC)}, "FF"),
        (ISSUER, {"jwk": KEY.as_dict(private=True)}, {ISSUER: listing(PUBLIC)}, "FP"),
    ],
    ids=range(24),
)
def test_a_key_counts_when_the_issuer_says_that_it_is_theirs(
    issuer: str, header: dict[str, Any], documents: dict[str, Any], outcome: str
) -> None:
    """Guards against a badge that anybody signs in the name of an issuer that people know."""
    document = badge(issuer={"id": issuer, "type": ["Profile"], "name": "Guild"})
    payload = msgspec.json.encode(document | jwt.claims(document))
    token = jws.serialize_compact({"alg": "ES256", **header}, payload, KEY)

    verification = verify(read_token(token), findings(documents))

    assert "".join(check.outcome[0] for check in verification.checks[2:4]) == outcome


def test_a_did_jwk_is_its_own_document() -> None:
    """Guards against issuers whose identifier is their key."""
    name = f"did:jwk:{base64url(msgspec.json.encode(PUBLIC))}"
    document = badge(issuer={"id": name, "type": ["Profile"]})
    payload = msgspec.json.encode(document | jwt.claims(document))
    token = jws.serialize_compact({"alg": "ES256", "kid": f"{name}#0"}, payload, KEY)

    assert verify(read_token(token), findings({name: did.jwk_document(name)})).verified


@pytest.mark.parametrize("suite", ["ecdsa-rdfc-2019", "ecdsa-jcs-2019"])
def test_proofs_with_p256_are_checked(suite: str) -> None:
    """Guards against issuers whose key store has no Ed25519."""
    key = generate_private_key(SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    multikey = multibase_encode(P256 + point)
    name = f"did:key:{multikey}"

    class P256Signer:
        """Signs as P-256 does in these suites: r and s, 32 bytes each."""

        method_id = f"{name}#{multikey}"
        public_key = point

        def sign(self, message: bytes) -> bytes:
            """Return the signature of a message."""
            r, s = decode_dss_signature(key.sign(message, ECDSA(SHA256())))
            return r.to_bytes(32) + s.to_bytes(32)

    document = badge(issuer={"id": name, "type": ["Profile"]})
    signed = sign(document, signer=P256Signer(), suites=(suite,))
    known = findings({name: did.key_document(name)})

    assert verify(read_json(signed), known).verified
    assert proof_of(verify(read_json(signed | {"name": "Better"}), known)) is CheckOutcome.FAILED


def test_a_signature_of_a_published_kind_that_is_not_read_is_told() -> None:
    """Guards against a good badge refused for one signature more, and one that has no other."""
    signed = sign(badge(), suites=(RDFC,))
    other = signed["proof"][0] | {"cryptosuite": "ecdsa-sd-2023"}

    both = verify(read_json(signed | {"proof": [*signed["proof"], other]}), findings())
    alone = verify(read_json(signed | {"proof": [other]}), findings())

    assert both.verified
    assert "ecdsa-sd-2023, cannot be checked here" in both.checks[2].message
    assert proof_of(alone) is CheckOutcome.FAILED


@pytest.mark.parametrize("suite", [RDFC, JCS])
def test_our_own_badges_need_both_of_their_signatures(suite: str) -> None:
    """Guards against a badge of ours whose parts change places once the stricter proof is gone."""
    known = msgspec.structs.replace(findings(), own=frozenset({DID}))

    whole, half = (
        verify(read_json(sign(badge(), suites=suites)), known) for suites in ((RDFC, JCS), (suite,))
    )

    assert whole.verified
    assert "one of the two signatures is missing" in half.checks[2].message


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256", "", None])
def test_a_token_signed_in_a_way_that_proves_nothing_is_refused(algorithm: Any) -> None:
    """Guards against tokens that tell their verifier not to look."""
    signed = token_of(badge(), alg=algorithm)

    for token in (signed, f"{signed.rpartition('.')[0]}."):
        assert proof_of(verify(read_token(token), findings())) is CheckOutcome.FAILED


def test_a_token_of_the_older_data_model_is_told_so() -> None:
    """Guards against words about claims, for a token that was made by another standard."""
    with pytest.raises(Invalid, match="older data model"):
        read_token(token_of({"iss": DID, "vc": badge()}, alg="EdDSA"))


def test_a_token_with_an_extension_is_refused() -> None:
    """Guards against a signature over something else than what is read (RFC 7797)."""
    with pytest.raises(Invalid, match="an extension"):
        read_token(token_of(badge(), alg="EdDSA", crit=["b64"], b64=False))


@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
def test_ed25519_is_read_by_either_of_its_names(algorithm: str) -> None:
    """Guards against RFC 9864, which names the algorithm after its curve."""
    assert verify(read_token(token_of(badge(), alg=algorithm)), findings()).verified


def token_of(document: dict[str, Any], **header: Any) -> str:
    """Return a token with a right Ed25519 signature, whatever its header says."""
    head, body = (
        base64url(msgspec.json.encode(part))
        for part in ({"kid": SIGNER.method_id, **header}, document | jwt.claims(document))
    )
    return f"{head}.{body}.{base64url(SIGNER.sign(f'{head}.{body}'.encode()))}"


def findings(documents: Mapping[str, Any] | None = None) -> Findings:
    found = {DID: did.key_document(DID)} if documents is None else documents
    return Findings(now=NOW, contexts=known_contexts(), documents=found)


def proof_of(verification: Verification) -> CheckOutcome:
    return verification.checks[2].outcome
