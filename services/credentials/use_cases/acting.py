"""For whom somebody acts: the organisation that a role is of."""

from services.kit.errors import Forbidden
from services.kit.records import Actor, Role


def organisation_of(actor: Actor, role: Role, *, refusal: str) -> str:
    """Return the organisation of an actor in a role; Forbidden with these words without one."""
    if role not in actor.roles or actor.organisation is None:
        raise Forbidden(f"{refusal}: the role {role} of an organisation.")
    return actor.organisation
