"""Queries of credentials: one that is shared, besides those that verify."""

import graphene

from gateway.context import Context
from gateway.schema.credentials.types import Credential
from gateway.schema.credentials.verifying import VerifyingQueries
from gateway.schema.node import kind_named
from gateway.schema.resolvers import AtRoot
from services.credentials import contract
from services.kit.ids import Kind


async def read_credential(
    context: Context,
    *,
    id: str,
) -> contract.Credential | None:
    """Return a credential that the viewer may see."""
    if kind_named(id) is not Kind.CREDENTIAL:
        return None
    [credential] = await context.clients.credentials.credentials(context.actor, (id,))
    return credential


class CredentialQueries(VerifyingQueries):
    """Queries of credentials."""

    credential = graphene.Field(
        Credential,
        id=graphene.ID(required=True, description="The credential's id."),
        resolver=AtRoot(read_credential),
        description=(
            "Public view of one issued credential that its holder shares; "
            "the holder sees their own. Null for all others."
        ),
    )
