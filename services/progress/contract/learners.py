"""Learners: sync of learning events, and where somebody is in a course."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from services.content.contract import Mark
from services.kit.errors import Code
from services.kit.records import Actor, Json, Page, PageArgs, Record, Untrusted
from services.progress.contract.days import DayKey, EventDay
from services.progress.contract.profiles import GuestProfile, Profile, ProfileUpdate

MAX_EVENTS = 200
"""Events in one push, at most."""
MAX_BYTES = 256 * 1024
"""Bytes of the canonical JSON of one push, at most."""


class ReceiptStatus(StrEnum):
    """What became of one event; a phone drops it from its queue on all but DEFERRED."""

    ACCEPTED = "ACCEPTED"
    DUPLICATE = "DUPLICATE"
    CONFLICT = "CONFLICT"
    REJECTED = "REJECTED"
    DEFERRED = "DEFERRED"


class ChangeKind(StrEnum):
    """Kinds of record that a phone keeps."""

    PROFILE = "PROFILE"
    ENROLMENT = "ENROLMENT"
    LESSON_PROGRESS = "LESSON_PROGRESS"
    REVIEW = "REVIEW"
    STREAK = "STREAK"
    GOAL = "GOAL"
    SKILL_STANDING = "SKILL_STANDING"
    CREDENTIAL = "CREDENTIAL"
    ASSIGNMENT = "ASSIGNMENT"
    BOOKMARK = "BOOKMARK"


class Tombstone(StrEnum):
    """Why a record is gone."""

    DELETED = "DELETED"
    LEFT_SCOPE = "LEFT_SCOPE"


class EnrolmentStatus(StrEnum):
    """Where an enrolment stands."""

    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    WITHDRAWN = "WITHDRAWN"


class LessonStatus(StrEnum):
    """Where a lesson stands."""

    NOT_STARTED = "NOT_STARTED"
    STARTED = "STARTED"
    COMPLETED = "COMPLETED"


class Receipt(Record):
    """The answer to one event, by position; id is None when the event had none."""

    id: str | None = None
    status: ReceiptStatus
    code: Code | None = None
    message: str | None = None
    mark: Mark | None = None


class Change(Record):
    """One record as a phone stores it: an upsert by kind and id."""

    kind: ChangeKind
    id: str
    version: int
    """The learner's log number at which it last changed."""
    tombstone: Tombstone | None = None
    record: Json | None = None


class Push(Record):
    """One round trip of a phone: events to store, and where to read on from."""

    device_id: str
    device_time: datetime
    events: Untrusted = msgspec.field(default_factory=lambda: Untrusted([]))
    """A list of events, each any JSON value."""
    since: str | None = None
    limit: int = 500


class SyncResult(Record):
    """Receipts for what was pushed, and what changed since the cursor."""

    server_time: datetime
    receipts: tuple[Receipt, ...] = ()
    missing: tuple[int, ...] = ()
    changes: tuple[Change, ...] = ()
    cursor: str
    has_more: bool = False
    resync: bool = False
    digest: str
    """Sum modulo 2^128 of the first 16 bytes of the hashes of its events: 32 hex digits."""


class ResumePoint(Record):
    """Where to go on."""

    lesson_id: str
    block_id: str | None = None
    at: datetime


class LessonProgress(Record):
    """Where a learner is in one lesson of the version that they are enrolled in."""

    lesson_id: str
    lesson_key: str
    version_id: str
    status: LessonStatus = LessonStatus.NOT_STARTED
    block_id: str | None = None
    """The block last looked at."""
    attempts: int = 0
    attempts_left: int | None = None
    best_score: float | None = None
    """Share of the points, 0 to 1, of the best attempt; None until one is released."""
    passed: bool | None = None
    seconds_spent: int = 0
    completed_at: datetime | None = None


class Enrolment(Record):
    """Where a learner is in one course."""

    id: str
    learner_id: str
    course_id: str
    version_id: str
    status: EnrolmentStatus = EnrolmentStatus.ACTIVE
    enrolled_at: datetime
    completed_at: datetime | None = None
    percent: float = 0.0
    """Share of the pinned version's lessons that are completed, 0 to 100."""
    score: float | None = None
    """Share of all assessments' points, 0 to 1, by best attempts; None until one is released."""
    resume: ResumePoint | None = None
    lessons: tuple[LessonProgress, ...] = ()


class CourseKey(Record):
    """A learner and a course."""

    learner_id: str
    course_id: str


class LessonKey(Record):
    """A learner and a lesson of a course, whatever its versions."""

    learner_id: str
    course_id: str
    lesson_key: str


class ServerEvent(Record):
    """An event that another service adds to a learner's log.

    The id is deterministic, so a repeat is a no-op.
    """

    id: str
    """UUID."""
    learner_id: str
    type: str
    at: datetime
    body: Json


class Known(Record):
    """Up to where somebody has heard of a learner's log."""

    learner_id: str
    n: int | None = None
    """Number of the last log document heard of; None: of none."""


class Notice(Record):
    """That a submission was stored, and what it may have changed; its projections are done."""

    n: int
    """The learner's log number of it."""
    kinds: tuple[ChangeKind, ...] = ()


class Head(Record):
    """Where a learner's log is, projections done, and what led there from what was known."""

    learner_id: str
    n: int
    notices: tuple[Notice, ...] = ()
    """One for each submission that stored an event, oldest first."""


class TrackingApi(Protocol):
    """Writes: everything that adds to a learner's log."""

    async def start_guest(self, actor: Actor, guest: GuestProfile) -> Profile:
        """Register a new guest."""

    async def claim_guest(self, actor: Actor, guest_id: str) -> Profile:
        """Move a guest's events into the actor's log, close the guest's; a repeat is a no-op."""

    async def enrol(self, actor: Actor, course_id: str) -> Enrolment:
        """Enrol in the published version, or return that enrolment; NotFound, NotPublished."""

    async def withdraw(self, actor: Actor, course_id: str) -> Enrolment:
        """Withdraw from a course; progress is kept. Enrolling again takes it up."""

    async def sync(self, actor: Actor, push: Push) -> SyncResult:
        """Store events, then return changes.

        LimitReached (nothing stored) for more than MAX_EVENTS or MAX_BYTES.
        """

    async def update_profile(self, actor: Actor, update: ProfileUpdate) -> Profile:
        """Change the actor's own settings; a repeat changes nothing.

        Invalid, with every field at fault, and nothing of it is done.
        """

    async def record(self, events: tuple[ServerEvent, ...]) -> None:
        """Append events of other services (credential.*) to learners' logs."""


class LearnerApi(Protocol):
    """Reads of learners, batch-shaped: a key carries its learner, which came from a token."""

    async def profiles(self, learner_ids: tuple[str, ...]) -> tuple[Profile | None, ...]:
        """Return profiles; None for a learner that has stored nothing yet."""

    async def enrolments(self, keys: tuple[CourseKey, ...]) -> tuple[Enrolment | None, ...]:
        """Return enrolments by learner and course."""

    async def lesson_progress(
        self, keys: tuple[LessonKey, ...]
    ) -> tuple[LessonProgress | None, ...]:
        """Return progress by learner and lesson; None when not enrolled.

        A lesson of another version answers by its key.
        """

    async def event_days(self, keys: tuple[DayKey, ...]) -> tuple[EventDay, ...]:
        """Return what is stored by learner, device and day; of nothing, an empty day."""

    async def enrolments_of(
        self, learner_id: str, *, status: EnrolmentStatus | None, page: PageArgs
    ) -> Page[Enrolment]:
        """Return a learner's enrolments, most recently active first."""

    async def heads(self, known: tuple[Known, ...], *, wait: float) -> tuple[Head, ...]:
        """Return those heads that are elsewhere than known, waiting up to `wait` seconds for one.

        Of a learner of whom nothing is known, the head alone.
        """
