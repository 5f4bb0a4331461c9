"""The judgement of what was handed in: the service's own checks, with what a file brings along.

Without a network, a status list is only as fresh as the file, and a DID document only the file's
own word: both are said in the checks that rest on them.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import msgspec

from morsel.verifying.files import Handed
from services.credentials.contract import Check, CheckName, CheckOutcome, Verification
from services.credentials.domain import did
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.instants import parse_instant
from services.credentials.domain.shape import Presented
from services.credentials.domain.verification import Findings, Unresolved, references, verify
from services.kit.errors import Invalid, ServiceError
from services.kit.records import Json, Record

OFFLINE = Unresolved(reason="the network is off; --online asks its address")
"""What is said of everything that neither the file nor an option brings."""

Fetch: TypeAlias = Callable[[str], Awaitable[Json]]
"""Returns the JSON at an address; a ServiceError says, as a clause, why not."""


class Terms(Record):
    """How to judge: the instant, whom to believe, and whether to ask."""

    at: datetime
    contexts: Contexts
    trusted: Mapping[str, Json] | None = None
    """DID documents by DID that the user vouches for; no others count. None: the file's own."""
    max_age: timedelta | None = None
    """How old a status list of the file may be."""


class Judgement(Record):
    """The outcome, and what it rests on."""

    verification: Verification
    keys_from: str
    """Where the issuer's keys were taken from: file, trust, web, did, or nowhere."""
    status_signed_at: datetime | None = None
    """When the status lists of the file were signed, the older one; None for none."""


async def judge(handed: Handed, terms: Terms, *, fetch: Fetch | None) -> Judgement:
    """Return what a credential is worth; `fetch` is None while the network is off."""
    found = [await _findings(presented, handed, terms, fetch) for presented in handed.forms]
    stapled = [] if fetch else [address for address in found[0].lists if address in handed.lists]
    verifications = [
        _verified(presented, findings, handed, stapled)
        for presented, findings in zip(handed.forms, found, strict=True)
    ]
    keys_from = _source(handed.forms[0], handed, terms, fetch)
    signed_at = min((_signed_at(handed.lists[one]) for one in stapled), default=None)
    checks = _both(verifications)
    if signed_at is not None:
        checks = _replace(checks, CheckName.STATUS, lambda was: _aged(was, signed_at, terms))
    if keys_from == "file":
        issuer = str(handed.forms[0].issuer)
        checks = _replace(checks, CheckName.ISSUER, lambda was: _on_its_word(was, issuer))
    if bodies := _bodies(found[0], handed, terms, fetch):
        checks = _replace(checks, CheckName.ENDORSEMENT, lambda was: _said_to_be(was, bodies))
    return Judgement(
        verification=msgspec.structs.replace(
            verifications[0],
            checks=checks,
            verified=all(check.outcome is not CheckOutcome.FAILED for check in checks),
        ),
        keys_from=keys_from,
        status_signed_at=signed_at,
    )


async def _findings(
    presented: Presented, handed: Handed, terms: Terms, fetch: Fetch | None
) -> Findings:
    """Return what is known of all that a credential refers to."""
    dids, lists = references(presented)
    return Findings(
        now=terms.at,
        contexts=terms.contexts,
        documents={name: await _document(name, handed, terms, fetch) for name in sorted(dids)},
        lists={address: await _list(address, handed, fetch) for address in sorted(lists)},
    )


async def _document(
    name: str, handed: Handed, terms: Terms, fetch: Fetch | None
) -> Json | Unresolved:
    try:
        if name.startswith(did.KEY):
            return did.key_document(name)
        if name.startswith(did.JWK):
            return did.jwk_document(name)
        if terms.trusted is not None:
            known = terms.trusted.get(name)
            return known or Unresolved(reason="it is not among those that --trust names")
        if fetch is not None:
            return await fetch(did.document_url(name) if name.startswith("did:") else name)
    except ServiceError as error:
        return Unresolved(reason=error.message)
    return handed.documents.get(name, OFFLINE)


async def _list(address: str, handed: Handed, fetch: Fetch | None) -> Json | Unresolved:
    if fetch is None:
        return handed.lists.get(address, OFFLINE)
    try:
        return await fetch(address)
    except ServiceError as error:
        return Unresolved(reason=error.message)


def _verified(
    presented: Presented, findings: Findings, handed: Handed, stapled: list[str]
) -> Verification:
    """Return the checks of one form; a list that the file brings counts as of its signing."""
    outcome = verify(presented, findings)
    if not stapled:
        return outcome
    then = max(_signed_at(handed.lists[address]) for address in stapled)
    at_signing = verify(presented, msgspec.structs.replace(findings, now=then))
    status = next(one for one in at_signing.checks if one.name is CheckName.STATUS)
    return msgspec.structs.replace(
        outcome, checks=_replace(outcome.checks, CheckName.STATUS, lambda _: status)
    )


def _both(verifications: list[Verification]) -> tuple[Check, ...]:
    """Return the checks of the first form, each in place of which the second may fail."""
    first, *others = [verification.checks for verification in verifications]
    checks = list(first)
    for other in others:
        for place, (mine, its) in enumerate(zip(checks, other, strict=True)):
            if its.outcome is CheckOutcome.FAILED and mine.outcome is not CheckOutcome.FAILED:
                words = f"The token in the same file fails: {its.message}"
                checks[place] = msgspec.structs.replace(its, message=words)
    return tuple(checks)


def _replace(
    checks: tuple[Check, ...], name: CheckName, change: Callable[[Check], Check]
) -> tuple[Check, ...]:
    return tuple(change(check) if check.name is name else check for check in checks)


def _signed_at(listed: Json) -> datetime:
    """Return when a status list was signed; the first instant there is when it does not say."""
    try:
        return parse_instant(listed.get("validFrom") if isinstance(listed, dict) else None)
    except Invalid:
        return datetime.min.replace(tzinfo=UTC)


def _aged(status: Check, signed_at: datetime, terms: Terms) -> Check:
    """Return the check of the status with how old the list is that it was read from."""
    if status.outcome is not CheckOutcome.PASSED:
        return status
    age = terms.at - signed_at
    known = f"as its list of {signed_at:%Y-%m-%d %H:%M} UTC in this file says"
    if age < timedelta(0):
        told = f"{status.message[:-1]}, {known}; that is after the instant asked about."
        return msgspec.structs.replace(status, message=told)
    told = f"{status.message[:-1]}, {known}: {_span(age)} before. What came after is not in it."
    if terms.max_age is not None and age > terms.max_age:
        told = f"Its status is {_span(age)} old, more than --max-age allows: ask with --online."
        return Check(name=status.name, outcome=CheckOutcome.FAILED, message=told)
    return msgspec.structs.replace(status, message=told)


def _on_its_word(issuer: Check, name: str) -> Check:
    """Return the check of the issuer where only the file says whose the keys are."""
    if issuer.outcome is not CheckOutcome.PASSED:
        return issuer
    told = (
        f"It was signed with a key that, by this file's own word, is that of {name}. Whether it"
        " is, only that address knows: ask it with --online, or compare with a DID document that"
        " you have: --trust FILE."
    )
    return Check(name=issuer.name, outcome=CheckOutcome.SKIPPED, message=told)


def _bodies(findings: Findings, handed: Handed, terms: Terms, fetch: Fetch | None) -> list[str]:
    """Return whose keys, besides the issuer's, are taken from the file."""
    if fetch is not None or terms.trusted is not None:
        return []
    named = findings.documents.keys() & handed.documents.keys()
    return sorted(named - {handed.forms[0].issuer})


def _said_to_be(endorsement: Check, bodies: list[str]) -> Check:
    """Return the check of the endorsements where only the file says whose keys signed them."""
    if endorsement.outcome is not CheckOutcome.PASSED:
        return endorsement
    told = (
        f"{endorsement.message} But that the keys are those of {' and '.join(bodies)} is this"
        " file's own word: ask with --online, or name their documents with --trust."
    )
    return Check(name=endorsement.name, outcome=CheckOutcome.SKIPPED, message=told)


def _source(presented: Presented, handed: Handed, terms: Terms, fetch: Fetch | None) -> str:
    issuer = presented.issuer or ""
    if issuer.startswith((did.KEY, did.JWK)):
        return "did"
    if terms.trusted is not None:
        return "trust" if issuer in terms.trusted else "nowhere"
    if fetch is not None:
        return "web"
    return "file" if issuer in handed.documents else "nowhere"


def _span(age: timedelta) -> str:
    """Return a span in the largest unit that says enough."""
    for count, unit in (
        (age.days, "day"),
        (age.seconds // 3600, "hour"),
        (age.seconds // 60 % 60, "minute"),
    ):
        if count:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"
