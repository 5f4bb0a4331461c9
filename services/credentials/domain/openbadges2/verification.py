"""Verification of a badge of Open Badges 2.0: the same checks, by what its addresses answer."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from services.credentials.contract import CheckName, Verification
from services.credentials.domain import jwt
from services.credentials.domain.fetched import Unresolved, host_of
from services.credentials.domain.instants import parse_instant
from services.credentials.domain.members import many, member, text
from services.credentials.domain.openbadges2.assertion import (
    HOSTED,
    SIGNED,
    Assertion,
    World,
    address,
    assertion_of,
    key_names,
    known,
    published,
    skills,
)
from services.credentials.domain.verification.findings import (
    FAILED,
    PASSED,
    SKIPPED,
    Outcome,
    day,
    run,
)
from services.kit.errors import Invalid
from services.kit.records import Json, Record

_MAY_DIFFER = frozenset({"@context", "image"})
"""Members in which a copy may differ from what is published: they say nothing of the award."""


class _Recipient(Record):
    type: str
    identity: str
    hashed: bool


class _Assertion(Record, rename="camel"):
    id: str
    recipient: _Recipient
    badge: str | dict[str, Json]
    verification: dict[str, Json]
    issued_on: str


class _Class(Record):
    id: str
    name: str
    description: str
    criteria: str | dict[str, Json]
    issuer: str | dict[str, Json]


class _Issuer(Record):
    id: str
    name: str
    url: str


class _Case(Record):
    """A badge with all that it refers to."""

    assertion: Assertion
    world: World
    now: datetime

    @property
    def current(self) -> Mapping[str, Json]:
        return assertion_of(self.assertion, self.world)

    @property
    def badge(self) -> Mapping[str, Json]:
        return known(self.current.get("badge"), self.world)

    @property
    def issuer(self) -> Mapping[str, Json]:
        return known(self.badge.get("issuer"), self.world)


def verify_assertion(assertion: Assertion, world: World, now: datetime) -> Verification:
    """Return the outcome of every check, in the contract's order."""
    case = _Case(assertion=assertion, world=world, now=now)
    work: Mapping[CheckName, Callable[[], Outcome]] = {
        CheckName.SYNTAX: lambda: (PASSED, "It is a badge of Open Badges 2.0 that can be read."),
        CheckName.SCHEMA: lambda: _schema(case),
        CheckName.PROOF: lambda: _signed(case) if assertion.token else _hosted(case),
        CheckName.ISSUER: lambda: _issuer(case),
        CheckName.STATUS: lambda: _listed(case) if assertion.token else _withdrawn(case),
        CheckName.VALIDITY: lambda: _validity(case),
        CheckName.ENDORSEMENT: lambda: (
            SKIPPED,
            "Endorsements of badges of Open Badges 2.0 are not looked at.",
        ),
        CheckName.LOG: lambda: (SKIPPED, "Its issuer keeps no public log that is known here."),
    }
    checks = tuple(run(name, check) for name, check in work.items())
    return Verification(
        verified=all(check.outcome is not FAILED for check in checks),
        checks=checks,
        issuer_name=text(case.issuer, "name"),
        issuer_id=text(case.issuer, "id"),
        achievement_name=text(case.badge, "name"),
        skills=skills(case.badge),
        credential=dict(case.current),
    )


def _schema(case: _Case) -> Outcome:
    for value, shape, what in (
        (case.current, _Assertion, "assertion"),
        (case.badge, _Class, "class"),
        (case.issuer, _Issuer, "issuer"),
    ):
        try:
            msgspec.convert(value, shape)
        except msgspec.ValidationError as error:
            raise Invalid(f"Its {what} is not as Open Badges 2.0 asks: {error}.") from error
    kind = _kind(case)
    allowed = SIGNED if case.assertion.token else HOSTED
    if allowed.isdisjoint(kind):
        raise Invalid(
            f"It is to be verified as {' '.join(kind)[:60]!r}, which does not fit"
            " the form that it came in."
        )
    return PASSED, "It has everything that Open Badges 2.0 asks for."


def _hosted(case: _Case) -> Outcome:
    hosted = published(case.assertion.document.get("id"), case.world, what="this badge")
    given = case.assertion.document
    for name in sorted((hosted.keys() | given.keys()) - _MAY_DIFFER):
        if _plain(hosted.get(name)) != _plain(given.get(name)):
            raise Invalid(f"Its issuer publishes something else under its address: see {name!r}.")
    return PASSED, "Its issuer publishes exactly this at its address."


def _signed(case: _Case) -> Outcome:
    key = _key(case)
    jwt.check(str(case.assertion.token), key=_jwk(key.get("publicKeyPem")))
    return PASSED, "Nothing in it was changed since it was signed."


def _key(case: _Case) -> Mapping[str, Json]:
    """Return the key that a signed badge names, or the only one of its issuer."""
    named = member(case.current, "verification").get("creator")
    if named is None and len(key_names(case.issuer)) == 1:
        (named,) = key_names(case.issuer)
    if isinstance(named, dict):
        return named
    return published(named, case.world, what="the key that signed it")


def _jwk(pem: Json) -> Mapping[str, Json]:
    for kind in (RSAKey, ECKey, OKPKey):
        try:
            return kind.import_key(str(pem)).as_dict(private=False)
        except (JoseError, TypeError, ValueError):  # of another kind, or no key at all
            continue
    raise Invalid("The issuer's key cannot be read.")


def _issuer(case: _Case) -> Outcome:
    published(case.current.get("badge"), case.world, what="its class")
    issuer = published(case.badge.get("issuer"), case.world, what="its issuer")
    if case.assertion.token:
        _check_owner(_key(case), issuer)
    else:
        _check_place(str(case.assertion.document.get("id")), issuer)
    name = text(issuer, "name") or "?"
    return PASSED, (
        f"It is of {issuer['id']}, who goes by the name {name!r}."
        " The name is the issuer's own word: make sure that you know this address."
    )


def _check_owner(key: Mapping[str, Json], issuer: Mapping[str, Json]) -> None:
    """Return when a key says whose it is and its owner says so too, else raise Invalid."""
    owner, named = key.get("owner", issuer["id"]), [address(each) for each in key_names(issuer)]
    if owner != issuer["id"] or key.get("id") not in named:
        raise Invalid("The key that signed it is none of its issuer's.")


def _check_place(where: str, issuer: Mapping[str, Json]) -> None:
    """Return when an issuer publishes badges at such addresses (2.0, VerificationObject)."""
    policy = member(issuer, "verification")
    starts = [start for start in many(policy.get("startsWith")) if isinstance(start, str)]
    hosts = [str(host).lower() for host in many(policy.get("allowedOrigins"))]
    allowed = hosts or [host_of(str(issuer["id"]))]
    if host_of(where) not in allowed or (starts and not where.startswith(tuple(starts))):
        raise Invalid("It is not published where its issuer publishes badges.")


def _withdrawn(case: _Case) -> Outcome:
    found = case.world.get(str(case.assertion.document.get("id")))
    if isinstance(found, Unresolved) and found.gone:
        return FAILED, "Its issuer no longer publishes it."
    if not isinstance(found, dict):
        return SKIPPED, "Whether it was revoked could not be found out; see the check PROOF."
    return _revoked(found) or (PASSED, "Its issuer has not revoked it.")


def _listed(case: _Case) -> Outcome:
    where = case.issuer.get("revocationList")
    if where is None:
        return SKIPPED, "Its issuer offers no way to revoke it."
    listed = published(where, case.world, what="what was revoked")
    if listed.get("issuer", case.issuer.get("id")) != case.issuer.get("id"):
        raise Invalid("The list of what was revoked is not its issuer's.")
    names = [case.current.get("id"), case.current.get("uid")]
    for item in many(listed.get("revokedAssertions")):
        entry = item if isinstance(item, dict) else {"id": item}
        if any(name is not None and name in names for name in (entry.get("id"), entry.get("uid"))):
            return _revoked({"revoked": True, **entry}) or (FAILED, "Its issuer has revoked it.")
    return PASSED, "Its issuer has not revoked it."


def _revoked(entry: Mapping[str, Json]) -> Outcome | None:
    if not entry.get("revoked"):
        return None
    reason = text(entry, "revocationReason")
    return FAILED, f"Its issuer has revoked it{f': {reason[:200]!r}' if reason else ''}."


def _validity(case: _Case) -> Outcome:
    issued = parse_instant(case.current.get("issuedOn"))
    if case.now < issued:
        return FAILED, f"It is not valid before {day(issued)}."
    if case.current.get("expires") is None:
        return PASSED, f"It is valid since {day(issued)} and does not expire."
    end = parse_instant(case.current["expires"])
    if end <= case.now:
        return FAILED, f"It expired on {day(end)}."
    return PASSED, f"It is valid from {day(issued)} to {day(end)}."


def _kind(case: _Case) -> list[str]:
    return [str(kind) for kind in many(member(case.current, "verification").get("type"))]


def _plain(value: Json) -> Json:
    """Return a member with each document that is embedded replaced by its id, as a copy may be."""
    where = address(value)
    return where if where is not None else value
