"""Verification of a credential, ours or anybody's: pure checks over what was found out about it.

Each check ends in a sentence for somebody who hires. What cannot be found out fails, or says why it
was skipped.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from services.credentials.contract import Check, CheckName, CheckOutcome, Verification
from services.credentials.domain import did, jwt, proofs, rdf, statuslist
from services.credentials.domain.achievement import names_role
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.instants import parse_instant
from services.credentials.domain.multikey import base64url_decode
from services.credentials.domain.shape import Presented, check_open_badge, read_json
from services.kit.errors import Invalid, ServiceError
from services.kit.records import Json, Record

Outcome: TypeAlias = tuple[CheckOutcome, str]

PASSED, FAILED, SKIPPED = CheckOutcome.PASSED, CheckOutcome.FAILED, CheckOutcome.SKIPPED
PURPOSES = {"revocation": "revoked", "suspension": "suspended"}
"""Purposes of status lists that make a credential worthless, as a verb."""


class Unresolved(Record):
    """Something that could not be had, and why, as the end of a sentence."""

    reason: str


class Findings(Record):
    """What the world says: the instant, DID documents by DID, status lists by address."""

    now: datetime
    contexts: Contexts
    documents: Mapping[str, Json | Unresolved] = {}
    lists: Mapping[str, Json | Unresolved] = {}
    own: frozenset[str] = frozenset()
    """DIDs of this system's issuers."""


def unreadable(reason: str) -> Verification:
    """Return the outcome for what is no credential: SYNTAX failed, the other checks skipped."""
    rest = (
        CheckName.SCHEMA,
        CheckName.PROOF,
        CheckName.ISSUER,
        CheckName.STATUS,
        CheckName.VALIDITY,
    )
    skipped = [
        Check(name=name, outcome=SKIPPED, message="Not looked at, because it could not be read.")
        for name in rest
    ]
    syntax = Check(name=CheckName.SYNTAX, outcome=FAILED, message=reason)
    return Verification(verified=False, checks=(syntax, *skipped))


def references(presented: Presented) -> tuple[frozenset[str], frozenset[str]]:
    """Return the DIDs and the addresses of status lists that a verification needs to know of."""
    dids = {method.partition("#")[0] for method in presented.methods if isinstance(method, str)}
    addresses = {entry.get("statusListCredential") for entry in _status_entries(presented.document)}
    named = {presented.issuer, *dids}
    return (
        frozenset(name for name in named if name and name.startswith("did:")),
        frozenset(address for address in addresses if isinstance(address, str)),
    )


def verify(presented: Presented, findings: Findings) -> Verification:
    """Return the outcome of every check, in the contract's order."""
    work: Mapping[CheckName, Callable[[], Outcome]] = {
        CheckName.SYNTAX: lambda: (PASSED, "It is a credential that can be read."),
        CheckName.SCHEMA: lambda: _schema(presented),
        CheckName.PROOF: lambda: _proof(presented, findings),
        CheckName.ISSUER: lambda: _issuer(presented, findings),
        CheckName.STATUS: lambda: _status(presented, findings),
        CheckName.VALIDITY: lambda: _validity(presented.document, findings.now),
        CheckName.ENDORSEMENT: lambda: _endorsement(presented.document),
    }
    checks = tuple(_run(name, check) for name, check in work.items())
    document = presented.document
    subject = _member(document, "credentialSubject")
    achievement = _member(subject, "achievement")
    return Verification(
        verified=all(check.outcome is not FAILED for check in checks),
        checks=checks,
        issuer_name=_text(_member(document, "issuer"), "name"),
        issuer_id=presented.issuer,
        holder_name=_holder_name(subject),
        achievement_name=_text(achievement, "name"),
        skills=_skills(achievement),
        credential=presented.credential,
    )


def _run(name: CheckName, check: Callable[[], Outcome]) -> Check:
    try:
        outcome, message = check()
    except ServiceError as error:
        outcome, message = FAILED, error.message
    return Check(name=name, outcome=outcome, message=message)


def _schema(presented: Presented) -> Outcome:
    check_open_badge(presented.document)
    return PASSED, "It has everything that Open Badges 3.0 asks for."


def _proof(presented: Presented, findings: Findings) -> Outcome:
    if presented.token is None and not presented.proofs:
        return FAILED, "It is not signed: anybody could have written it."
    for method in presented.methods:
        document = findings.documents.get(str(method).partition("#")[0])
        if document is None or isinstance(document, Unresolved):
            return (
                SKIPPED,
                "The signature cannot be checked without the issuer's key; see the check ISSUER.",
            )
    _check_signatures(presented, findings)
    return PASSED, "Nothing in it was changed since it was signed."


def _check_signatures(presented: Presented, findings: Findings) -> None:
    """Return when the token, or every proof of a set, verifies with the key named, else Invalid."""
    keys = [did.key_of(_document(method, findings), str(method)) for method in presented.methods]
    if presented.token is not None:
        jwt.check(presented.token, key=keys[0])
        return
    for proof, key in zip(presented.proofs, keys, strict=True):
        _check_terms(proof, findings.now)
        proofs.check_proof(
            presented.document,
            proof,
            key=_ed25519(key),
            canonicalise=lambda document: rdf.canonical(document, findings.contexts),
        )


def _check_terms(proof: Mapping[str, Json], now: datetime) -> None:
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") not in proofs.SUITES:
        suite = proof.get("cryptosuite", proof.get("type"))
        raise Invalid(
            f"It is signed by the method {str(suite)[:60]!r}, which cannot be checked here."
        )
    if proof.get("proofPurpose") != "assertionMethod" or "previousProof" in proof:
        raise Invalid("It carries a signature that was made for another purpose.")
    if "expires" in proof and parse_instant(proof["expires"]) <= now:
        raise Invalid("Its signature has expired.")


def _ed25519(jwk: Mapping[str, Json]) -> bytes:
    if jwk.get("crv") != "Ed25519":
        raise Invalid("The issuer's key is of another kind than the signature.")
    return base64url_decode(jwk.get("x"))


def _issuer(presented: Presented, findings: Findings) -> Outcome:
    issuer = presented.issuer
    _check_issuer(presented, findings)
    name = _text(_member(presented.document, "issuer"), "name") or issuer
    if issuer in findings.own:
        return PASSED, f"It was signed by {name}, an issuer of this system."
    return PASSED, (
        f"The key belongs to the issuer, {issuer}, who goes by the name {name!r}."
        " The name is the issuer's own word: make sure that you know this address."
    )


def _check_issuer(presented: Presented, findings: Findings) -> None:
    """Return when every key that signed is one that the named issuer signs with, else Invalid."""
    if presented.issuer is None:
        raise Invalid("It does not say who issued it.")
    for method in presented.methods:
        if did.subject_of(method) != presented.issuer:
            raise Invalid("It was signed by somebody else than the issuer that it names.")
        did.check_assertion(_document(method, findings), str(method))
    if not presented.methods:
        raise Invalid("Nobody signed it, so the issuer that it names may never have seen it.")


def _document(method: Json, findings: Findings) -> Mapping[str, Json]:
    """Return the DID document of a verification method; Invalid when missing or another's."""
    subject = did.subject_of(method)
    document = findings.documents.get(subject)
    if not isinstance(document, dict):
        reason = document.reason if isinstance(document, Unresolved) else "it is not known here"
        raise Invalid(f"The issuer's keys could not be looked up ({subject}): {reason}.")
    if document.get("id") != subject:
        raise Invalid(f"What stands at the address of {subject} belongs to somebody else.")
    return document


def _status(presented: Presented, findings: Findings) -> Outcome:
    entries = _many(presented.document.get("credentialStatus"))
    if not entries:
        return SKIPPED, "Its issuer offers no way to revoke it."
    for entry in entries:
        if not isinstance(entry, dict):
            raise Invalid("Where its status is kept is not written in a form that is known here.")
        if entry.get("type") != "BitstringStatusListEntry":
            raise Invalid(
                f"Its status is kept by the method {str(entry.get('type'))[:60]!r}, not known here."
            )
        verb = PURPOSES.get(str(entry.get("statusPurpose")))
        if verb and statuslist.is_flagged(entry, _list(entry, presented, findings)):
            return FAILED, f"Its issuer has {verb} it."
    return PASSED, "Its issuer has not revoked it."


def _list(
    entry: Mapping[str, Json], presented: Presented, findings: Findings
) -> Mapping[str, Json]:
    """Return the status list of an entry once its own signature, issuer and time are checked."""
    address = entry.get("statusListCredential")
    found = findings.lists.get(str(address))
    if found is None or isinstance(found, Unresolved):
        reason = found.reason if found else "no address is given"
        raise Invalid(f"Whether it was revoked could not be found out: {reason}.")
    listed = read_json(found)
    if listed.document.get("id") != address or listed.issuer != presented.issuer:
        raise Invalid("The status list that it points to is not one of its issuer's.")
    if not listed.proofs:
        raise Invalid("The status list that it points to is not signed.")
    _check_signatures(listed, findings)
    _check_issuer(listed, findings)
    outcome, message = _validity(listed.document, findings.now)
    if outcome is FAILED:
        raise Invalid(f"The status list that it points to is out of date: {message}")
    return listed.document


def _validity(document: Mapping[str, Json], now: datetime) -> Outcome:
    start = parse_instant(document.get("validFrom"))
    if now < start:
        return FAILED, f"It is not valid before {_day(start)}."
    if "validUntil" not in document:
        return PASSED, f"It is valid since {_day(start)} and does not expire."
    end = parse_instant(document["validUntil"])
    if end <= now:
        return FAILED, f"It expired on {_day(end)}."
    return PASSED, f"It is valid from {_day(start)} to {_day(end)}."


def _endorsement(document: Mapping[str, Json]) -> Outcome:
    if document.get("endorsement") or document.get("endorsementJwt"):
        return SKIPPED, "It carries endorsements by others, which are not checked here."
    return SKIPPED, "It carries no endorsements by others."


def _status_entries(document: Mapping[str, Json]) -> list[dict[str, Json]]:
    return [entry for entry in _many(document.get("credentialStatus")) if isinstance(entry, dict)]


def _holder_name(subject: Mapping[str, Json]) -> str | None:
    """Return the name that the credential gives its holder in plain text, if any."""
    for identity in _many(subject.get("identifier")):
        if isinstance(identity, dict) and identity.get("identityType") == "name":
            return None if identity.get("hashed") else _text(identity, "identityHash")
    return None


def _skills(achievement: Mapping[str, Json]) -> tuple[str, ...]:
    alignments = [item for item in _many(achievement.get("alignment")) if isinstance(item, dict)]
    names = [_text(item, "targetName") for item in alignments if not names_role(item)]
    return tuple(name for name in names if name)


def _member(value: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: Mapping[str, Json], name: str) -> str | None:
    found = value.get(name)
    return found if isinstance(found, str) else None


def _many(value: Json) -> list[Json]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _day(instant: datetime) -> str:
    return f"{instant.day} {instant:%B %Y}"
