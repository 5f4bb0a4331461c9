"""What credentials promises to everybody else: achievements, credentials and verification."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from services.content.contract import Image, JobRole, LocalText, Skill
from services.kit.records import Actor, Json, Page, PageArgs, Record

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

MAX_VERIFICATIONS = 1_000
"""Credentials that are verified in one call."""


class CredentialStatus(StrEnum):
    """What an issued credential is worth today."""

    VALID = "VALID"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


class CheckName(StrEnum):
    """What a verification looks at, in this order."""

    SYNTAX = "SYNTAX"
    SCHEMA = "SCHEMA"
    PROOF = "PROOF"
    ISSUER = "ISSUER"
    STATUS = "STATUS"
    VALIDITY = "VALIDITY"
    ENDORSEMENT = "ENDORSEMENT"
    LOG = "LOG"


class CheckOutcome(StrEnum):
    """How a check went; SKIPPED says in its message why."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


class Issuer(Record):
    """An organisation that issues, by its decentralised identifier."""

    id: str
    name: str
    url: str | None = None
    did: str
    image: Image | None = None


class Organisation(Record):
    """Whoever offers courses and issues under a name of its own."""

    slug: str
    """Lower-case letters, digits and single hyphens, at most 60; tokens name it in `org`."""
    name: str


class StatusChange(Record):
    """That a credential was revoked, suspended or reinstated."""

    at: datetime
    status: CredentialStatus
    """What it is worth since."""
    reason: str | None = None
    by: str | None = None
    """Learner id of who did it, for its issuers; None for everybody else."""


class Achievement(Record):
    """What can be earned: the definition of a course's published version."""

    id: str
    version: str
    course_id: str
    name: LocalText
    description: LocalText
    criteria: LocalText
    language: str
    image: Image | None = None
    issuer: Issuer
    skills: tuple[Skill, ...] = ()
    job_roles: tuple[JobRole, ...] = ()
    pass_score: float
    valid_for_days: int | None = None
    issued_count: int = 0


class Credential(Record):
    """One issued credential, in each of its signed forms."""

    id: str
    achievement_id: str
    achievement_version: str
    course_id: str
    holder_id: str
    """Learner id."""
    holder_name: str | None = None
    awarded_at: datetime
    valid_from: datetime
    valid_until: datetime | None = None
    score: float | None = None
    """Share of the points, 0 to 1."""
    status: CredentialStatus = CredentialStatus.VALID
    status_reason: str | None = None
    changes: tuple[StatusChange, ...] = ()
    """How its status changed since it was issued, oldest first."""
    json: bytes
    """The signed OB 3.0 credential (proof set eddsa-rdfc-2022 + eddsa-jcs-2022), UTF-8."""
    jwt: str
    """The same credential as compact VC-JWT (EdDSA)."""
    json_url: str
    """Capability URL of the JSON form, good for an hour, as those of the other forms."""
    share_url: str | None = None
    """The page for whoever has its address; None while the holder does not share it."""
    share_expires_at: datetime | None = None
    """When the page ends by itself; None for one that does not."""
    shares_retention: bool = False
    """Whether the page tells how well the holder retains it today."""
    linked_in_url: str | None = None
    """Adds it to the holder's LinkedIn profile; None while it is not shared."""
    png_url: str = ""
    svg_url: str = ""
    """The badge with the JSON form baked in."""
    pdf_url: str = ""
    """The certificate with the JSON form attached."""
    bundle_url: str = ""
    """Both signed forms with the status list and the DID document, to verify with no network."""


class HolderKey(Record):
    """A learner and an achievement."""

    learner_id: str
    achievement_id: str


class ShareCredential(Record):
    """A holder's wish to show a credential to whoever has its link."""

    credential_id: str
    show_retention: bool = False
    expires_at: datetime | None = None


class VerifyInput(Record):
    """What to verify: exactly one is given."""

    json: Json | None = None
    """The credential, or its text."""
    jwt: str | None = None
    image: str | None = None
    """A baked PNG or SVG in base64."""
    url: str | None = None
    """Where one of these can be fetched."""


class Check(Record):
    """One check of a verification, in words that an employer understands."""

    name: CheckName
    outcome: CheckOutcome
    message: str


class Verification(Record):
    """The outcome: verified only when no check failed."""

    verified: bool
    checks: tuple[Check, ...]
    issuer_name: str | None = None
    issuer_id: str | None = None
    holder_name: str | None = None
    achievement_name: str | None = None
    skills: tuple[str, ...] = ()
    role_match: float | None = None
    """Share of the job role's skills that it proves, 0 to 1; 0 unless verified, None unasked."""
    role_skills: tuple[str, ...] = ()
    """Names of those skills."""
    credential: Json | None = None


class CredentialsApi(Protocol):
    """Reads of what was issued and what can be earned: an answer for each key in their order."""

    async def achievements(self, ids: tuple[str, ...]) -> tuple[Achievement | None, ...]:
        """Return achievements of published courses by id."""

    async def credentials(
        self, actor: Actor | None, ids: tuple[str, ...]
    ) -> tuple[Credential | None, ...]:
        """Return what the actor holds, their organisation issued (role ISSUER), or is shared."""

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
    """Writes on what a credential is worth: of its issuer (role ISSUER), and of its holder.

    What the actor may not touch is as if it were not there: NotFound.
    """

    async def revoke(self, actor: Actor, credential_id: str, reason: str) -> Credential:
        """Revoke, for good; a repeat changes nothing."""

    async def suspend(self, actor: Actor, credential_id: str, reason: str) -> Credential:
        """Suspend, until it is reinstated; a repeat changes nothing. Conflict when revoked."""

    async def reinstate(self, actor: Actor, credential_id: str) -> Credential:
        """Take a suspension back; a repeat changes nothing. Conflict when revoked."""


class OrganisationApi(Protocol):
    """Writes of administrators: Forbidden unless the actor is an ADMIN."""

    async def register(self, actor: Actor, organisation: Organisation) -> Issuer:
        """Name an organisation, and make its issuer, key and DID where it has none.

        Repeating it renames; credentials issued before keep the name that they were signed with.
        """


class VerifyingApi(Protocol):
    """Verification of anybody's credential; nothing is stored."""

    async def verify(
        self, inputs: tuple[VerifyInput, ...], *, job_role_id: str | None = None
    ) -> tuple[Verification, ...]:
        """Verify each input; a malformed one answers with a failed SYNTAX check, never an error.

        With a job role each is matched against its skills: NotFound for an unknown one.
        LimitReached for more than MAX_VERIFICATIONS.
        """
