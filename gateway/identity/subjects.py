"""What a verified token says: the claims, turned into an actor of ours."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.kit.ids import Kind, global_id
from services.kit.records import Actor, Role


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, and until when that is known."""

    actor: Actor
    expires: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Which claims of the provider hold what."""

    roles: str = "roles"
    org: str = "org"
    name: str = "name"
    email: str = "email"


def learner_id(key: bytes, issuer: str, subject: str) -> str:
    """Return the learner id of a subject: always the same, and spread evenly over shards."""
    digest = hmac.digest(key, f"{issuer}\0{subject}".encode(), hashlib.sha256)
    return global_id(Kind.LEARNER, digest[:16])


def actor_of(claims: Mapping[str, Any], names: ClaimNames, *, subject: str) -> Actor:
    """Return the actor of an account: everybody may learn; unknown roles count for nothing."""
    return Actor(
        subject=subject,
        roles=frozenset({Role.LEARNER, *_roles(claims.get(names.roles))}),
        organisation=_text(claims.get(names.org)),
        name=_text(claims.get(names.name)),
        email=None if claims.get("email_verified") is False else _text(claims.get(names.email)),
    )


def _roles(claim: Any) -> list[Role]:
    listed = claim.split() if isinstance(claim, str) else claim
    if not isinstance(listed, list):
        return []
    names = [name.upper() for name in listed if isinstance(name, str)]
    return [Role[name] for name in names if name in Role.__members__]


def _text(claim: Any) -> str | None:
    return claim if isinstance(claim, str) and claim else None
