"""Records as a phone stores them.

The fields of the GraphQL type, with ids for nodes and nothing that depends on today.
"""

from collections.abc import Mapping
from datetime import datetime

from services.kit.clock import to_rfc3339
from services.kit.records import Json
from services.progress.contract import (
    Change,
    ChangeKind,
    Enrolment,
    LessonProgress,
    Profile,
)


def profile_change(profile: Profile, *, version: int) -> Change:
    """Return the learner's own settings as a record."""
    record = {
        "displayName": profile.display_name,
        "email": profile.email,
        "locale": profile.locale,
        "timeZone": profile.time_zone,
        "isGuest": profile.is_guest,
        "discoverable": profile.discoverable,
    }
    return Change(kind=ChangeKind.PROFILE, id=profile.learner_id, version=version, record=record)


def credential_change(credential_id: str, body: Mapping[str, Json], *, version: int) -> Change:
    """Return a credential that the learner holds as a record."""
    return Change(kind=ChangeKind.CREDENTIAL, id=credential_id, version=version, record=dict(body))


def course_changes(view: Enrolment, stamps: Mapping[str, int]) -> list[Change]:
    """Return the records of one course: the enrolment and its lessons."""
    enrolment = Change(
        kind=ChangeKind.ENROLMENT,
        id=view.id,
        version=stamps[view.id],
        record=_enrolment(view),
    )
    lessons = [
        Change(
            kind=ChangeKind.LESSON_PROGRESS,
            id=lesson.lesson_id,
            version=stamps[lesson.lesson_id],
            record=_lesson(lesson, view),
        )
        for lesson in view.lessons
    ]
    return [enrolment, *lessons]


def _enrolment(view: Enrolment) -> Json:
    resume = view.resume and {
        "lessonId": view.resume.lesson_id,
        "blockId": view.resume.block_id,
        "at": to_rfc3339(view.resume.at),
    }
    return {
        "courseId": view.course_id,
        "versionId": view.version_id,
        "status": view.status.value,
        "enrolledAt": to_rfc3339(view.enrolled_at),
        "completedAt": _instant(view.completed_at),
        "percent": view.percent,
        "score": view.score,
        "resume": resume,
    }


def _lesson(lesson: LessonProgress, view: Enrolment) -> Json:
    return {
        "lessonId": lesson.lesson_id,
        "courseId": view.course_id,
        "status": lesson.status.value,
        "blockId": lesson.block_id,
        "attempts": lesson.attempts,
        "attemptsLeft": lesson.attempts_left,
        "bestScore": lesson.best_score,
        "passed": lesson.passed,
        "secondsSpent": lesson.seconds_spent,
        "completedAt": _instant(lesson.completed_at),
    }


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else to_rfc3339(instant)
