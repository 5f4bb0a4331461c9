"""What credentials holds: what can be earned, issuers with their keys, and what was issued."""

from datetime import datetime
from enum import StrEnum

from services.content.contract import (
    AchievementDefinition,
    CourseVersion,
    Image,
    JobRole,
    Level,
    Skill,
)
from services.credentials.contract import CredentialStatus, Issuer
from services.credentials.domain.statuslist import Purpose
from services.kit.errors import NotFound
from services.kit.records import Record


class Definition(Record):
    """The award of one course version, or one revision of a pathway; it never changes."""

    version_id: str
    number: int
    """Number of the course version: of two, the larger is the newer."""
    course_id: str
    """The course's, or the pathway's."""
    organisation: str
    language: str
    award: AchievementDefinition
    level: Level | None = None
    """Of the course; a pathway has none, nor has what was defined before levels were kept."""
    skills: tuple[Skill, ...] = ()
    job_roles: tuple[JobRole, ...] = ()
    needs: tuple[str, ...] = ()
    """Of a pathway: ids of the achievements of its courses."""


class KeyUse(StrEnum):
    """What a key signs."""

    CREDENTIAL = "credential"
    """Credentials, and endorsements of others' awards."""
    STATUS = "status"
    """Status lists."""


class SigningKey(Record):
    """A key of an issuer: what it is called, its public half, and where the private one is."""

    fragment: str
    """Of its address in the DID document."""
    public: bytes
    sealed: bytes = b""
    """The private half, sealed; empty where it is in a file."""
    uses: tuple[KeyUse, ...] = tuple(KeyUse)
    """Keys that were made before there was one for each use sign everything."""
    active_from: datetime | None = None
    """When it begins to sign; published before. None: from the first."""
    compromised_at: datetime | None = None
    """When it was told that others may have it: nothing that it signed counts since."""


class SelfDescription(Record):
    """What an organisation says of itself; None where it says nothing."""

    name: str | None = None
    url: str | None = None
    image: Image | None = None


class IssuerAccount(Record):
    """An organisation as an issuer under one origin."""

    did: str
    organisation: str
    origin: str
    keys: tuple[SigningKey, ...]
    """Oldest first: of those that may, the last one signs."""
    created_at: datetime


class Evidence(Record):
    """What a completion rests on: how many learning events, and their order-free digest in hex."""

    digest: str
    events: int


class Completion(Record, rename="camel"):
    """The entry `course.completed` of progress: a learner reached the pass score."""

    learner_id: str
    course_id: str
    version_id: str
    achievement_id: str | None = None
    achievement_version: str | None = None
    score: float | None = None
    completed_at: datetime
    name: str | None = None
    email: str | None = None
    evidence: Evidence | None = None
    stacked: tuple[str, ...] = ()
    """Of a pathway: the addresses of the credentials that earn it."""


class StatusPlace(Record):
    """A credential's entry in a status list."""

    list_id: str
    list_url: str
    index: int
    purpose: Purpose = Purpose.REVOCATION


class ListPage(Record):
    """A status list as something that hands out places."""

    list_id: str
    url: str
    issuer: str
    """DID."""
    number: int
    """Of the issuer's lists, from 0, whatever they are for."""
    purpose: Purpose = Purpose.REVOCATION
    key: bytes
    """Secret of the permutation, so that a place does not tell when a credential was issued."""


class SignedList(Record):
    """A status list as it is published."""

    list_id: str
    url: str
    issuer: str
    """DID."""
    organisation: str
    purpose: Purpose = Purpose.REVOCATION
    bits: bytes
    revision: int
    signed: bytes
    """The list credential, UTF-8 JSON."""
    signed_at: datetime | None = None
    """By the database's clock; None for a list that was signed before this was kept."""


class DueList(Record):
    """A status list that is this process's to sign, for a while."""

    current: SignedList
    folded: int
    """How many changes were taken in before."""
    changes: tuple[tuple[int, bool], ...]
    """Bits to set or clear since it was signed, in order."""
    renews: bool = False
    """It is to be signed anew whether anything changed or not."""
    now: datetime
    """By the database's clock."""


class StatusChange(Record):
    """That somebody changed what a credential is worth: kept for good, without names."""

    at: datetime
    by: str
    """Learner id of who did it."""
    status: CredentialStatus
    """What it is worth since."""
    reason: str | None = None


class Endorsed(Record):
    """An endorsement as it is kept: by its subject and its body, of which one each is in force."""

    id: str
    subject_id: str
    """Id of the achievement or the issuer."""
    subject: str
    """The address of the achievement's version, or the issuer's DID."""
    body: Issuer
    organisation: str
    """Of the accreditor who handed it in, or for whom it was signed."""
    comment: str | None = None
    endorsed_at: datetime
    valid_until: datetime | None = None
    keys: tuple[str, ...] = ()
    """DID URLs of the keys that signed it."""
    place: StatusPlace | None = None
    """Where it can be taken back, of one that was signed here."""
    withdrawn_at: datetime | None = None
    revision: int = 0
    json: bytes


class IssuedFilter(Record):
    """Which credentials of an organisation; None: whichever."""

    organisation: str
    achievement_id: str | None = None
    status: CredentialStatus | None = None
    words: tuple[str, ...] = ()
    """Beginnings of words that the holder's name has, as `name_words` gives them."""
    now: datetime


class Share(Record):
    """That a holder shows a credential to whoever has its link."""

    token: str
    """Last part of the address of its page: unguessable, and the same until it is taken back."""
    show_retention: bool = False
    expires_at: datetime | None = None


class Issued(Record):
    """A credential as it was issued: what it says, its signed forms, and what it is worth."""

    id: str
    url: str
    """The `id` inside the signed document."""
    learner_id: str
    waits: bool = False
    """Whether its holder is known by an e-mail address alone: nobody's log tells of it."""
    achievement_id: str
    achievement_version: str
    course_id: str
    version_id: str
    organisation: str
    issuer: str
    """DID."""
    holder_name: str | None = None
    awarded_at: datetime
    valid_from: datetime
    valid_until: datetime | None = None
    score: float | None = None
    place: StatusPlace
    suspension: StatusPlace | None = None
    """Its entry for suspension; without one, `place` tells of that too."""
    status: CredentialStatus = CredentialStatus.VALID
    status_reason: str | None = None
    changes: tuple[StatusChange, ...] = ()
    """Oldest first."""
    revision: int = 0
    """How often it was changed or refreshed since it was issued."""
    refreshed_at: datetime | None = None
    keys: tuple[str, ...] = ()
    """DID URLs of the keys of all signatures in it: its own, and those of endorsements."""
    json: bytes
    jwt: str
    share: Share | None = None
    """None while the holder keeps it to themselves."""

    def share_at(self, moment: datetime) -> Share | None:
        """Return under which link everybody may see it then, None when nobody may."""
        share = self.share
        if share is None or (share.expires_at is not None and share.expires_at <= moment):
            return None
        return share

    def status_at(self, moment: datetime) -> CredentialStatus:
        """Return what it is worth then: a valid one ends with its validity."""
        ended = self.valid_until is not None and self.valid_until <= moment
        if ended and self.status is CredentialStatus.VALID:
            return CredentialStatus.EXPIRED
        return self.status

    @property
    def flags(self) -> tuple[tuple[StatusPlace, bool], ...]:
        """Return what the status lists are to say of it: each of its entries, set or not."""
        revoked = self.status is CredentialStatus.REVOKED
        suspended = self.status is CredentialStatus.SUSPENDED
        if self.suspension is None:
            return ((self.place, revoked or suspended),)
        return ((self.place, revoked), (self.suspension, suspended))


def define(version: CourseVersion) -> Definition:
    """Return the award of a course version; NotFound when it has none."""
    if version.achievement is None:
        raise NotFound(f"Version {version.number} of the course {version.slug} awards nothing.")
    return Definition(
        version_id=version.id,
        number=version.number,
        course_id=version.course_id,
        organisation=version.organisation,
        language=version.language,
        award=version.achievement,
        level=version.level,
        skills=version.skills,
        job_roles=version.job_roles,
    )
