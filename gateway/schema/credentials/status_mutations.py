"""Mutations on what a credential is worth, and on how current it is."""

from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.credentials.payloads import (
    CredentialIdInput,
    CredentialOutcome,
    CredentialPayload,
    CredentialReasonInput,
)
from gateway.schema.results import payload_field


async def revoke_credential(context: Context, given: Any) -> CredentialOutcome:
    """Revoke."""
    statuses, actor = context.clients.statuses, context.signed_in
    return CredentialOutcome(await statuses.revoke(actor, given.credential_id, given.reason))


async def suspend_credential(context: Context, given: Any) -> CredentialOutcome:
    """Suspend."""
    statuses, actor = context.clients.statuses, context.signed_in
    return CredentialOutcome(await statuses.suspend(actor, given.credential_id, given.reason))


async def reinstate_credential(context: Context, given: Any) -> CredentialOutcome:
    """Reinstate."""
    statuses, actor = context.clients.statuses, context.signed_in
    return CredentialOutcome(await statuses.reinstate(actor, given.credential_id))


async def refresh_credential(context: Context, given: Any) -> CredentialOutcome:
    """Refresh."""
    refreshing, actor = context.clients.refreshing, context.signed_in
    return CredentialOutcome(await refreshing.refresh(actor, given.credential_id))


class StatusMutations(graphene.ObjectType):
    """Mutations on what a credential is worth."""

    refresh_credential = payload_field(
        CredentialPayload,
        CredentialIdInput,
        refresh_credential,
        description=(
            "Bring the learner's current retention into the credential under the same id, with a "
            "newer validFrom. Older copies still verify, and name where the newest is. Within an "
            "hour of the last time it stays as it is. CONFLICT unless it is VALID."
        ),
    )
    revoke_credential = payload_field(
        CredentialPayload,
        CredentialReasonInput,
        revoke_credential,
        description=(
            "Issuers: withdraw a credential for good; whoever verifies it sees so within two "
            "seconds. A repeat changes nothing: the first reason stays."
        ),
    )
    suspend_credential = payload_field(
        CredentialPayload,
        CredentialReasonInput,
        suspend_credential,
        description=(
            "Issuers: hold a credential back until reinstateCredential. CONFLICT for a revoked "
            "one. A repeat changes nothing: the first reason stays."
        ),
    )
    reinstate_credential = payload_field(
        CredentialPayload,
        CredentialIdInput,
        reinstate_credential,
        description=(
            "Issuers: take a suspension back. CONFLICT for a revoked credential. "
            "A repeat changes nothing."
        ),
    )
