"""An Assertion of Open Badges 2.0 as it was handed in, and the documents that it refers to.

A hosted one counts because it stands at its issuer's own address, a signed one because the issuer's
key signed it. Either names its class, the class its issuer, and each must stand where its id says.
"""

from collections.abc import Mapping

from services.credentials.domain.fetched import WEB, Unresolved
from services.credentials.domain.jwt import parts
from services.credentials.domain.members import many, member, objects, text
from services.credentials.domain.shape import check_size
from services.kit.errors import Invalid
from services.kit.records import Json, Record

CONTEXT = "https://w3id.org/openbadges/v2"
HOSTED = frozenset({"HostedBadge", "hosted"})
SIGNED = frozenset({"SignedBadge", "signed"})

World = Mapping[str, Json | Unresolved]
"""What stands at addresses, or why nothing could be had."""


class Assertion(Record):
    """An award in the format of Open Badges 2.0."""

    document: dict[str, Json]
    token: str | None = None
    """The compact JWS, for one that came signed."""


def is_assertion(value: Json) -> bool:
    """Return whether a JSON value says of itself that it is of Open Badges 2.0."""
    return isinstance(value, dict) and CONTEXT in many(value.get("@context"))


def read_assertion(value: dict[str, Json], *, token: str | None = None) -> Assertion:
    """Return an Assertion; Invalid when it is too large, or something else of Open Badges 2.0."""
    check_size(value)
    if "Assertion" not in many(value.get("type")):
        raise Invalid("It is part of a badge of Open Badges 2.0, but not the Assertion itself.")
    return Assertion(document=value, token=token)


def read_signed(token: str) -> Assertion | None:
    """Return the Assertion in a compact JWS; None when something else is in it."""
    _, payload = parts(token)
    return read_assertion(payload, token=token.strip()) if is_assertion(payload) else None


def address(value: Json) -> str | None:
    """Return the address of what a member names or embeds, None when it has none."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) and found.startswith(WEB) else None


def wanted(assertion: Assertion, world: World) -> frozenset[str]:
    """Return the addresses that a verification needs to know of, as far as can be told by now."""
    current = assertion_of(assertion, world)
    badge = known(current.get("badge"), world)
    issuer = known(badge.get("issuer"), world)
    named = [
        current.get("badge"),
        badge.get("issuer"),
        *([] if assertion.token else [assertion.document.get("id")]),
        *(_signers(current, issuer) if assertion.token else []),
    ]
    return frozenset(found for found in map(address, named) if found is not None)


def assertion_of(assertion: Assertion, world: World) -> Mapping[str, Json]:
    """Return the Assertion as its issuer publishes it; as it was handed in until that is known."""
    if assertion.token is not None:
        return assertion.document
    hosted = world.get(str(assertion.document.get("id")))
    return hosted if isinstance(hosted, dict) else assertion.document


def known(value: Json, world: World) -> Mapping[str, Json]:
    """Return the document that a member names or embeds: what stands at its address counts."""
    where = address(value)
    found = world.get(where) if where else None
    if isinstance(found, dict):
        return found
    return value if isinstance(value, dict) else {}


def published(value: Json, world: World, *, what: str) -> Mapping[str, Json]:
    """Return what stands at the address that a member names; Invalid when it does not."""
    where = address(value)
    if where is None:
        raise Invalid(f"It does not name {what} by an address of the web.")
    found = world.get(where)
    if not isinstance(found, dict):
        reason = found.reason if isinstance(found, Unresolved) else "it is no JSON object"
        raise Invalid(f"What is published of {what} ({where}) could not be looked up: {reason}.")
    if found.get("id") != where:
        raise Invalid(f"What stands at the address of {what} ({where}) is something else.")
    return found


def key_names(issuer: Mapping[str, Json]) -> list[Json]:
    """Return the keys that an issuer's profile names."""
    return many(issuer.get("publicKey"))


def skills(badge: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the names that a badge class is aligned with."""
    names = [text(item, "targetName") for item in objects(badge.get("alignment"))]
    return tuple(name for name in names if name)


def _signers(current: Mapping[str, Json], issuer: Mapping[str, Json]) -> list[Json]:
    creator = member(current, "verification").get("creator")
    return [creator, *key_names(issuer), issuer.get("revocationList")]
