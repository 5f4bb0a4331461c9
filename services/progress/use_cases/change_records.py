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
Date: TypeAlias = Annotated[str, Meta(extra_json_schema={"format": "date"})]
"""ISO 8601 calendar date."""


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
    contact_url: str | None
    """Where employers may reach the learner; null: nowhere."""
    preferences: dict[str, str | float | bool]
    """The app's own settings, by name."""
    consents: dict[str, bool]
    """What the learner agreed to or took back, by name."""


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


class ReviewRecord(ChangeRecord):
    """A card that the learner has reviewed. The change's id is the review's."""

    course_id: str
    """The course."""
    lesson_id: str
    """The lesson, of the version in which the card was last met."""
    question_id: str | None
    """The question; null for a flashcard."""
    card_id: str | None
    """The flashcard; null for a question."""
    skill_ids: list[str]
    """Skills of the question."""
    algorithm: str
    """What the figures are of: fsrs6@1."""
    stability: float
    """Days after which the chance of recall has fallen to 0.9."""
    difficulty: float
    """From 1 to 10."""
    last_day: Date
    """Study day of the last review that scheduled it."""
    due_on: Date
    """Study day on which it is due."""
    lapses: int
    """How often it was forgotten after it had been learned."""
    reviews: int
    """Study days on which it was reviewed."""
    suspended: bool
    """True: it is not to come back."""


class StreakRecord(ChangeRecord):
    """The streak as of the last study day. The change's id is the learner's.

    It stands until a study day is missed that neither the goal nor a freeze covers.
    """

    days: int
    """Study days in it."""
    longest: int
    """The longest that there was."""
    last_study_day: Date | None
    """The last day on which something was learned; null before the first."""
    stands_until: Date | None
    """The last study day on which learning goes on with it: goal and freezes cover the rest."""
    freezes_left: int
    """Freezes left on the last study day."""
    freeze_days: list[Date]
    """Days before `standsUntil` that take a freeze each when they are over without learning."""
    frozen_days: list[Date]
    """Days from the last study day on for which a freeze was asked."""
    study_days: list[Date]
    """The last 60 study days."""


class StudyDayRecord(ChangeRecord):
    """The time of one study day."""

    day: Date
    """The study day."""
    minutes: float
    """Minutes learned, on all devices."""
    ended_at: Instant
    """When the last of it was learned."""
    tz: int
    """Minutes east of UTC where that was."""


class GoalRecord(ChangeRecord):
    """The learner's goal, and what the last days held. The change's id is the learner's."""

    minutes: int
    """Minutes a study day."""
    days_per_week: int
    """Study days from Monday to Sunday; the others may be missed without losing the streak."""
    days: list[StudyDayRecord]
    """The last 14 study days."""


class SkillStandingRecord(ChangeRecord):
    """How well a skill is mastered. The change's id is the skill's.

    Its retention is the mean retrievability of the REVIEW records that name the skill.
    """

    skill_id: str
    """The skill."""
    mastery: float
    """Weighted share of right answers, recent ones heavier, 0 to 1."""
    answers: int
    """Answers behind it."""
    last_practised_at: Instant
    """The last of them."""


class AssignmentRecord(ChangeRecord):
    """A course that the learner is to do. The change's id is the assignment's."""

    course_id: str
    """The course."""
    due_on: Date | None
    """Until when; null: no date."""
    cohort_name: str
    """For whom it was assigned."""


class BookmarkRecord(ChangeRecord):
    """A lesson that the learner marked. A bookmark taken away is a tombstone."""

    lesson_id: str
    """The lesson, of the version in which it was marked."""
    course_id: str
    """The course."""
    at: Instant
    """When it was marked."""


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
    """When this copy was signed: `validFrom`."""
    valid_until: Instant | None
    """Until when it counts; null: for ever."""
    status: str
    """VALID, SUSPENDED or REVOKED; a VALID one is EXPIRED from `validUntil` on."""
    status_reason: str | None
    """Why it is suspended or revoked."""


RECORDS: dict[ChangeKind, type[ChangeRecord]] = {
    ChangeKind.PROFILE: ProfileRecord,
    ChangeKind.ENROLMENT: EnrolmentRecord,
    ChangeKind.LESSON_PROGRESS: LessonProgressRecord,
    ChangeKind.REVIEW: ReviewRecord,
    ChangeKind.STREAK: StreakRecord,
    ChangeKind.GOAL: GoalRecord,
    ChangeKind.SKILL_STANDING: SkillStandingRecord,
    ChangeKind.CREDENTIAL: CredentialRecord,
    ChangeKind.ASSIGNMENT: AssignmentRecord,
    ChangeKind.BOOKMARK: BookmarkRecord,
}
"""The kinds that this server sends, with the record of each."""
