"""What credentials promises to everybody else: achievements, credentials and verification."""

from datetime import datetime
from typing import Protocol

from services.credentials.contract.bulk import (
    MAX_ROWS,
    BulkApi,
    IssueBatch,
    IssueReport,
    IssueRow,
    RowError,
)
from services.credentials.contract.credential import (
    Achievement,
    Credential,
    CredentialStatus,
    HolderKey,
    Issuer,
    Organisation,
    StatusChange,
)
from services.credentials.contract.issued import IssuedApi, IssuedQuery
from services.credentials.contract.issuers import (
    Endorse,
    Endorsement,
    EndorsingApi,
    IssuerChanges,
    IssuersApi,
)
from services.credentials.contract.talent import (
    MAX_SKILLS,
    MIN_GROUP,
    MOST_COUNTED,
    Talent,
    TalentApi,
    TalentQuery,
    TalentView,
)
from services.credentials.contract.verifying import (
    MAX_VERIFICATIONS,
    Check,
    CheckName,
    CheckOutcome,
    Verification,
    VerifyingApi,
    VerifyInput,
)
from services.kit.records import Actor, Page, PageArgs, Record

PUBLIC_PATHS = (
    "/credentials",
    "/c",
    "/verify",
    "/status",
    "/issuers",
    "/.well-known/did.json",
    "/ims",
    "/openid4vci",
)
"""What the one origin hands to this service."""

__all__ = [
    "MAX_ROWS",
    "MAX_SKILLS",
    "MAX_VERIFICATIONS",
    "MIN_GROUP",
    "MOST_COUNTED",
    "PUBLIC_PATHS",
    "Achievement",
    "BulkApi",
    "Check",
    "CheckName",
    "CheckOutcome",
    "Credential",
    "CredentialStatus",
    "CredentialsApi",
    "Endorse",
    "Endorsement",
    "EndorsingApi",
    "HolderKey",
    "IssueBatch",
    "IssueReport",
    "IssueRow",
    "IssuedApi",
    "IssuedQuery",
    "Issuer",
    "IssuerChanges",
    "IssuersApi",
    "Organisation",
    "OrganisationApi",
    "RefreshApi",
    "RowError",
    "ShareCredential",
    "SharingApi",
    "StatusApi",
    "StatusChange",
    "Talent",
    "TalentApi",
    "TalentQuery",
    "TalentView",
    "Verification",
    "VerifyInput",
    "VerifyingApi",
]


class ShareCredential(Record):
    """A holder's wish to show a credential to whoever has its link."""

    credential_id: str
    show_retention: bool = False
    expires_at: datetime | None = None


class CredentialsApi(Protocol):
    """Reads of what was issued and what can be earned: an answer for each key in their order."""

    async def achievements(self, ids: tuple[str, ...]) -> tuple[Achievement | None, ...]:
        """Return achievements of published courses by id."""

    async def issuers(self, ids: tuple[str, ...]) -> tuple[Issuer | None, ...]:
        """Return issuers by id, and bodies that endorsed something."""

    async def endorsements(self, ids: tuple[str, ...]) -> tuple[tuple[Endorsement, ...], ...]:
        """Return what is said of achievements, as they are now, and of issuers; newest first."""

    async def credentials(
        self, actor: Actor | None, ids: tuple[str, ...]
    ) -> tuple[Credential | None, ...]:
        """Return what the actor holds, their organisation issued (role ISSUER), or is shared."""

    async def retentions(
        self, actor: Actor | None, ids: tuple[str, ...]
    ) -> tuple[float | None, ...]:
        """Return how well holders still know what each is for, 0 to 1: mean over its skills.

        None where they were never asked, and for all but the holder where it is kept private.
        """

    async def held(self, keys: tuple[HolderKey, ...]) -> tuple[Credential | None, ...]:
        """Return the newest credential of each learner for each achievement."""

    async def held_by(self, learner_id: str, page: PageArgs) -> Page[Credential]:
        """Return a learner's credentials, newest first."""


class SharingApi(Protocol):
    """The holder's choice who sees a credential; NotFound for who does not hold it."""

    async def share(self, actor: Actor, share: ShareCredential) -> Credential:
        """Show a credential to whoever has its link, from now on as this says.

        The link stays the same until it is taken back. Invalid for an end that is past.
        """

    async def unshare(self, actor: Actor, credential_id: str) -> Credential:
        """Take the link back, for good; a repeat is a no-op."""


class StatusApi(Protocol):
    """Writes of issuers on what a credential of their organisation is worth (role ISSUER).

    For everybody else it is as if it were not there: NotFound.
    """

    async def revoke(self, actor: Actor, credential_id: str, reason: str) -> Credential:
        """Revoke, for good; a repeat changes nothing."""

    async def suspend(self, actor: Actor, credential_id: str, reason: str) -> Credential:
        """Suspend, until it is reinstated; a repeat changes nothing. Conflict when revoked."""

    async def reinstate(self, actor: Actor, credential_id: str) -> Credential:
        """Take a suspension back; a repeat changes nothing. Conflict when revoked."""


class RefreshApi(Protocol):
    """Writes of holders on their credentials; NotFound for who does not hold it."""

    async def refresh(self, actor: Actor, credential_id: str) -> Credential:
        """Bring the holder's retention of today into a newer copy, under the same id.

        Within an hour of the last one it stays as it is. Conflict for what is not valid.
        """


class OrganisationApi(Protocol):
    """Writes of administrators: Forbidden unless the actor is an ADMIN."""

    async def register(self, actor: Actor, organisation: Organisation) -> Issuer:
        """Name an organisation, and make its issuer, key and DID where it has none.

        Repeating it renames; credentials issued before keep the name that they were signed with.
        """
