"""Mutations of holders: who may see a credential."""

from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.credentials.payloads import (
    CredentialIdInput,
    CredentialOutcome,
    CredentialPayload,
)
from gateway.schema.results import payload_field
from gateway.schema.scalars import DateTime
from services.credentials import contract


class ShareCredentialInput(graphene.InputObjectType):
    """What whoever has the link may see, and until when."""

    credential_id = graphene.ID(required=True, description="A credential of the viewer's.")
    show_retention = graphene.Boolean(
        default_value=False,
        description="Whether to show how well the viewer retains it today.",
    )
    expires_at = DateTime(
        description="When the link ends by itself; null: not before it is taken back."
    )


async def share_credential(context: Context, given: Any) -> CredentialOutcome:
    """Share a credential of the viewer's."""
    share = contract.ShareCredential(
        credential_id=given.credential_id,
        show_retention=bool(given.get("show_retention")),
        expires_at=given.get("expires_at"),
    )
    return CredentialOutcome(await context.clients.sharing.share(context.signed_in, share))


async def unshare_credential(context: Context, given: Any) -> CredentialOutcome:
    """Take the link of a credential of the viewer's back."""
    sharing = context.clients.sharing
    return CredentialOutcome(await sharing.unshare(context.signed_in, given.credential_id))


class SharingMutations(graphene.ObjectType):
    """Mutations of holders."""

    share_credential = payload_field(
        CredentialPayload,
        ShareCredentialInput,
        share_credential,
        description=(
            "Let whoever has its link see a credential: `shareUrl` is a page that verifies it. "
            "Repeating it changes what is shown and until when; the link stays the same."
        ),
    )
    unshare_credential = payload_field(
        CredentialPayload,
        CredentialIdInput,
        unshare_credential,
        description=(
            "Take the link of a credential back, for good: sharing it again gives another one."
        ),
    )
