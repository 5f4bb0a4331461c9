"""Queries of credentials: one that is shared, and the verification of anybody's."""

from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.credentials.types import Credential, Verification
from gateway.schema.node import kind_named
from gateway.schema.resolvers import AtRoot
from gateway.schema.scalars import JSON
from services.credentials import contract
from services.kit.errors import Invalid
from services.kit.ids import Kind


class VerifyCredentialInput(graphene.InputObjectType):
    """What to verify, in one of four forms."""

    json = JSON(description="The credential as a JSON object.")
    jwt = graphene.String(description="The credential as a compact JWT.")
    image = graphene.String(description="A baked PNG or SVG in base64.")
    url = graphene.String(description="Where the credential can be fetched.")


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


async def verify_credential(
    context: Context,
    *,
    input: Any,
) -> contract.Verification:
    """Return whether a credential counts."""
    forms = {name: value for name, value in input.items() if value is not None}
    if len(forms) != 1:
        raise Invalid("Give one of json, jwt, image and url.", path=("input",))
    [verification] = await context.clients.verifying.verify((contract.VerifyInput(**forms),))
    return verification


class CredentialQueries(graphene.ObjectType):
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
    verify_credential = graphene.Field(
        graphene.NonNull(Verification),
        input=graphene.Argument(
            graphene.NonNull(VerifyCredentialInput), description="The credential in one form."
        ),
        resolver=AtRoot(verify_credential),
        description=(
            "Verify any Open Badges credential, ours or another issuer's: "
            "JSON, compact JWT, a baked PNG or SVG in base64, or a URL."
        ),
    )
