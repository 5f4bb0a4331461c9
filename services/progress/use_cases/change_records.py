"""The record of each kind of change, as a phone stores it.

`graphql/changes.schema.json` is printed from these: the fields of the GraphQL type of that name,
with ids in place of nodes. No record holds a value that depends on today.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta

from services.kit.records import Record
from services.progress.contract import ChangeKind, EnrolmentStatus, LessonStatus

Instant: TypeAlias = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
"""RFC 3339 in UTC with milliseconds."""


class ChangeRecord(Record, rename="camel"):
    """Base of the records: every field is always there, null where there is nothing to say."""


class ProfileRecord(ChangeRecord):
    """The learner's own settings. The change's id is the learner's."""

    display_name: str | None
    """The name to show; null for most guests."""
    email: str | None
    """From the account; null for guests."""
    locale: str
    """The language that the learner chose (BCP 47)."""
    time_zone: str
    """IANA name, like Europe/Rome; days are counted in it."""
    is_guest: bool
    """True: known by one device only; claimGuest keeps what they did."""
    discoverable: bool
    """Whether employers may find the learner."""


class ResumeRecord(ChangeRecord):
    """Where to go on in a course."""

    lesson_id: str
    """The lesson."""
    block_id: str | None
    """The block; null: from the start of the lesson."""
    at: Instant
    """When the learner was there."""


class EnrolmentRecord(ChangeRecord):
    """Where the learner is in one course. The change's id is the enrolment's."""

    course_id: str
    """The course."""
    version_id: str
    """The version that it is pinned to."""
    status: EnrolmentStatus
    """How it stands."""
    enrolled_at: Instant
    """When it began."""
    completed_at: Instant | None
    """When the last lesson was completed; null while one is not."""
    percent: float
    """Share of the version's lessons that are completed, 0 to 100."""
    score: float | None
    """Share of the points of all assessments, 0 to 1; null before an attempt is handed in."""
    resume: ResumeRecord | None
    """Where to go on; null at the start and when completed."""


class LessonProgressRecord(ChangeRecord):
    """Where the learner is in one lesson of an enrolment. The change's id is the lesson's."""

    lesson_id: str
    """The lesson."""
    course_id: str
    """The course that it is in."""
    status: LessonStatus
    """How far it is."""
    block_id: str | None
    """The block last looked at."""
    attempts: int
    """Assessments: attempts handed in."""
    attempts_left: int | None
    """Assessments: how many more there are; null: no limit."""
    best_score: float | None
    """Share of the points of the best attempt, 0 to 1; null before the first."""
    passed: bool | None
    """Assessments: whether the best attempt passes; null before the first."""
    seconds_spent: int
    """Time in the lesson, on all devices."""
    completed_at: Instant | None
    """When it was completed; null while it is not."""


class CredentialRecord(ChangeRecord):
    """A credential that the learner holds. The change's id is the credential's."""

    credential_id: str
    """The credential."""
    achievement_id: str
    """What was achieved."""
    achievement_version: str
    """The version of it that the author named; a learner earns each version once."""
    course_id: str
    """The course that awards it."""
    awarded_at: Instant
    """When it was earned."""
    issued_at: Instant
    """When it was signed."""


RECORDS: dict[ChangeKind, type[ChangeRecord]] = {
    ChangeKind.PROFILE: ProfileRecord,
    ChangeKind.ENROLMENT: EnrolmentRecord,
    ChangeKind.LESSON_PROGRESS: LessonProgressRecord,
    ChangeKind.CREDENTIAL: CredentialRecord,
}
"""The kinds that this server sends, with the record of each."""
