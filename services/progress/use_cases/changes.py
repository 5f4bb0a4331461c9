"""What changed, as records that a phone stores."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from services.kit.clock import to_rfc3339
from services.kit.records import Json
from services.progress.contract import (
    Change,
    ChangeKind,
    Enrolment,
    LessonProgress,
    Profile,
    ResumePoint,
)
from services.progress.use_cases.change_records import (
    ChangeRecord,
    CredentialRecord,
    EnrolmentRecord,
    LessonProgressRecord,
    ProfileRecord,
    ResumeRecord,
)


def profile_change(profile: Profile, *, version: int) -> Change:
    """Return the learner's own settings as a record."""
    record = ProfileRecord(
        display_name=profile.display_name,
        email=profile.email,
        locale=profile.locale,
        time_zone=profile.time_zone,
        is_guest=profile.is_guest,
        discoverable=profile.discoverable,
    )
    return _change(ChangeKind.PROFILE, profile.learner_id, record, version)


def credential_change(credential_id: str, body: Mapping[str, Json], *, version: int) -> Change:
    """Return a credential that the learner holds as a record, from the event that told of it."""
    record = msgspec.convert(body, CredentialRecord)
    return _change(ChangeKind.CREDENTIAL, credential_id, record, version)


def course_changes(view: Enrolment, stamps: Mapping[str, int]) -> list[Change]:
    """Return the records of one course: the enrolment and its lessons."""
    enrolment = _change(ChangeKind.ENROLMENT, view.id, _enrolment(view), stamps[view.id])
    lessons = [
        _change(
            ChangeKind.LESSON_PROGRESS,
            lesson.lesson_id,
            _lesson(lesson, view),
            stamps[lesson.lesson_id],
        )
        for lesson in view.lessons
    ]
    return [enrolment, *lessons]


def _change(kind: ChangeKind, id_: str, record: ChangeRecord, version: int) -> Change:
    return Change(kind=kind, id=id_, version=version, record=msgspec.to_builtins(record))


def _enrolment(view: Enrolment) -> EnrolmentRecord:
    return EnrolmentRecord(
        course_id=view.course_id,
        version_id=view.version_id,
        status=view.status,
        enrolled_at=to_rfc3339(view.enrolled_at),
        completed_at=_instant(view.completed_at),
        percent=view.percent,
        score=view.score,
        resume=_resume(view.resume),
    )


def _resume(point: ResumePoint | None) -> ResumeRecord | None:
    if point is None:
        return None
    return ResumeRecord(lesson_id=point.lesson_id, block_id=point.block_id, at=to_rfc3339(point.at))


def _lesson(lesson: LessonProgress, view: Enrolment) -> LessonProgressRecord:
    return LessonProgressRecord(
        lesson_id=lesson.lesson_id,
        course_id=view.course_id,
        status=lesson.status,
        block_id=lesson.block_id,
        attempts=lesson.attempts,
        attempts_left=lesson.attempts_left,
        best_score=lesson.best_score,
        passed=lesson.passed,
        seconds_spent=lesson.seconds_spent,
        completed_at=_instant(lesson.completed_at),
    )


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else to_rfc3339(instant)
