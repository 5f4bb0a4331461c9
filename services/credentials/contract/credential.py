"""What is earned and issued: achievements, issuers and credentials."""

from datetime import datetime
from enum import StrEnum

from services.content.contract import Image, JobRole, LocalText, Skill
from services.kit.records import Record


class CredentialStatus(StrEnum):
    """What an issued credential is worth today."""

    VALID = "VALID"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


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
    url: str = ""
    """Under which credentials refer to it: what an endorsement has to be about."""
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
