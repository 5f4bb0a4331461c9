"""The checks PROOF and ISSUER: whether it was changed since it was signed, and who signed it."""

from collections.abc import Mapping
from datetime import datetime

from services.credentials.domain import jwt, proofs, rdf
from services.credentials.domain.fetched import Unresolved
from services.credentials.domain.instants import parse_instant
from services.credentials.domain.members import member, text
from services.credentials.domain.multikey import base64url_decode
from services.credentials.domain.shape import Presented
from services.credentials.domain.verification import keys
from services.credentials.domain.verification.findings import (
    FAILED,
    PASSED,
    SKIPPED,
    Findings,
    Outcome,
)
from services.kit.errors import Invalid
from services.kit.records import Json

UNREAD = frozenset({"ecdsa-sd-2023", "bbs-2023"})
"""Suites that are published but not read here: such a proof counts neither for nor against."""


def check_proof(presented: Presented, findings: Findings) -> Outcome:
    """Return whether every signature on it holds."""
    if presented.token is None and not presented.proofs:
        return FAILED, "It is not signed: anybody could have written it."
    for method in presented.methods:
        document = findings.documents.get(str(method).partition("#")[0])
        if method is not None and (document is None or isinstance(document, Unresolved)):
            return (
                SKIPPED,
                "The signature cannot be checked without the issuer's key; see the check ISSUER.",
            )
    unread = check_signatures(presented, findings)
    if unread:
        named = " and ".join(sorted(unread))
        return PASSED, (
            "Nothing in it was changed since it was signed. One more signature on it, by the"
            f" method {named}, cannot be checked here."
        )
    return PASSED, "Nothing in it was changed since it was signed."


def check_issuer(presented: Presented, findings: Findings) -> Outcome:
    """Return whether the issuer that it names is the one who signed."""
    check_signers(presented, findings)
    issuer = str(presented.issuer)
    name = text(member(presented.document, "issuer"), "name") or issuer
    if issuer in findings.own:
        return PASSED, f"It was signed by {name}, an issuer of this system."
    return PASSED, (
        f"The key belongs to the issuer, {issuer}, who goes by the name {name!r}."
        " The name is the issuer's own word: make sure that you know this address."
    )


def check_signers(presented: Presented, findings: Findings) -> None:
    """Return when every key that signed is one that the named issuer signs with, else Invalid."""
    if presented.issuer is None:
        raise Invalid("It does not say who issued it.")
    for method in presented.methods:
        keys.check_key(presented, method, findings)
    if not presented.methods:
        raise Invalid("Nobody signed it, so the issuer that it names may never have seen it.")


def check_signatures(presented: Presented, findings: Findings) -> frozenset[str]:
    """Return the suites that were not read when all other signatures hold, else raise Invalid.

    At least one must have been read.
    """
    if presented.token is not None:
        (method,) = presented.methods
        jwt.check(presented.token, key=keys.key_of(presented, method, findings))
        return frozenset()
    suites = {_suite(proof) for proof in presented.proofs}
    read = [proof for proof in presented.proofs if _suite(proof) not in UNREAD]
    for proof in read or presented.proofs:
        _check_terms(proof, findings.now)
        key = keys.key_of(presented, proof.get("verificationMethod"), findings)
        proofs.check_proof(
            proofs.with_previous(presented.document, proof, presented.proofs),
            proof,
            key=_raw(key, _suite(proof)),
            canonicalise=lambda document: rdf.canonical(document, findings.contexts),
        )
    if presented.issuer in findings.own and not suites.issuperset(proofs.SUITES):
        raise Invalid("Its issuer signs twice, and one of the two signatures is missing.")
    return UNREAD & suites


def _suite(proof: Mapping[str, Json]) -> str:
    return str(proof.get("cryptosuite"))


def _check_terms(proof: Mapping[str, Json], now: datetime) -> None:
    if proof.get("type") != "DataIntegrityProof" or _suite(proof) not in proofs.READ:
        suite = proof.get("cryptosuite", proof.get("type"))
        raise Invalid(
            f"It is signed by the method {str(suite)[:60]!r}, which cannot be checked here."
        )
    if proof.get("proofPurpose") != "assertionMethod":
        raise Invalid("It carries a signature that was made for another purpose.")
    if "expires" in proof and parse_instant(proof["expires"]) <= now:
        raise Invalid("Its signature has expired.")


def _raw(jwk: Mapping[str, Json], suite: str) -> bytes:
    """Return a public key as the suite takes it: 32 bytes, or an uncompressed point of P-256."""
    curve = proofs.READ[suite]
    if jwk.get("crv") != curve:
        raise Invalid("The issuer's key is of another kind than the signature.")
    x = base64url_decode(jwk.get("x"))
    return x if curve == proofs.ED25519 else b"\x04" + x + base64url_decode(jwk.get("y"))
