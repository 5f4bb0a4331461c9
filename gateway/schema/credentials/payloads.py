"""What mutations of one credential take and answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import graphene

from gateway.schema.credentials.types import Credential
from gateway.schema.results import Trouble, user_errors
from services.credentials import contract


class CredentialIdInput(graphene.InputObjectType):
    """Which credential."""

    credential_id = graphene.ID(required=True, description="The credential's id.")


class CredentialReasonInput(graphene.InputObjectType):
    """A credential, and why its status changes."""

    credential_id = graphene.ID(required=True, description="The credential's id.")
    reason = graphene.String(
        required=True,
        description="Why, for the holder to read and for the record: 1 to 500 characters.",
    )


class CredentialPayload(graphene.ObjectType):
    """The credential as it is now."""

    credential = graphene.Field(Credential, description="Null when it was not done.")
    user_errors = user_errors()

    @staticmethod
    def refused(trouble: Trouble) -> "CredentialOutcome":
        """Return the payload of what was not done."""
        return CredentialOutcome(None, (trouble,))


@dataclass(frozen=True, slots=True)
class CredentialOutcome:
    """What CredentialPayload shows."""

    credential: contract.Credential | None
    user_errors: Sequence[Trouble] = ()
