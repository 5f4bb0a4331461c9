"""What progress promises to everybody else: sync of learning events, and where a learner is.

Progress is a pure function of the stored events of a learner. Clients send events, never scores.
"""

from services.progress.contract.days import DayKey, EventDay
from services.progress.contract.impact import Impact, ImpactApi
from services.progress.contract.learners import (
    MAX_BYTES,
    MAX_EVENTS,
    Change,
    ChangeKind,
    CourseKey,
    Enrolment,
    EnrolmentStatus,
    GuestProfile,
    Head,
    Known,
    LearnerApi,
    LessonKey,
    LessonProgress,
    LessonStatus,
    Notice,
    Profile,
    Push,
    Receipt,
    ReceiptStatus,
    ResumePoint,
    ServerEvent,
    SyncResult,
    Tombstone,
    TrackingApi,
)

PUBLIC_PATHS = ("/exports", "/reports")
"""What the one origin hands to this service."""

__all__ = [
    "MAX_BYTES",
    "MAX_EVENTS",
    "PUBLIC_PATHS",
    "Change",
    "ChangeKind",
    "CourseKey",
    "DayKey",
    "Enrolment",
    "EnrolmentStatus",
    "EventDay",
    "GuestProfile",
    "Head",
    "Impact",
    "ImpactApi",
    "Known",
    "LearnerApi",
    "LessonKey",
    "LessonProgress",
    "LessonStatus",
    "Notice",
    "Profile",
    "Push",
    "Receipt",
    "ReceiptStatus",
    "ResumePoint",
    "ServerEvent",
    "SyncResult",
    "Tombstone",
    "TrackingApi",
]
