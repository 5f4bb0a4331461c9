"""The records of a learner as a phone stores them, each with the log number of its last change."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace

from services.kit.clock import to_rfc3339
from services.progress.contract import (
    Change,
    ChangeKind,
    Enrolment,
    LessonProgress,
    ResumePoint,
    Tombstone,
)
from services.progress.domain.calendar import date_of
from services.progress.domain.cards import met_as
from services.progress.use_cases.change_records import (
    ChangeRecord,
    EnrolmentRecord,
    LessonProgressRecord,
    ResumeRecord,
    ReviewRecord,
)
from services.progress.use_cases.store import CardDocument, CourseDocument


def course_changes(document: CourseDocument) -> Iterator[Change]:
    """Yield the records of one course: the enrolment and its lessons.

    A lesson of a version that the learner has left is out of scope for phones.
    """
    view = document.view
    if view is None:
        return
    yield changed(ChangeKind.ENROLMENT, view.id, _enrolment(view), document.stamps)
    for lesson in view.lessons:
        record = _lesson(lesson, view)
        yield changed(ChangeKind.LESSON_PROGRESS, lesson.lesson_id, record, document.stamps)
    here = {lesson.lesson_id for lesson in view.lessons}
    for name in document.stamps:
        kind, _, id_ = name.partition(" ")
        if kind == ChangeKind.LESSON_PROGRESS and id_ not in here:
            yield changed(ChangeKind(kind), id_, Tombstone.LEFT_SCOPE, document.stamps)


def card_change(document: CardDocument) -> Change | None:
    """Return the record of a card; None before its first review."""
    plan, state, key = document.schedule, document.state, document.key
    if plan is None:
        return None
    lesson_id, item = met_as(state, key)
    record = ReviewRecord(
        course_id=key.course_id,
        lesson_id=lesson_id,
        question_id=item if key.is_question else None,
        card_id=None if key.is_question else item,
        skill_ids=list(state.met.skills) if state.met else [],
        algorithm=plan.algorithm,
        stability=plan.stability,
        difficulty=plan.difficulty,
        last_day=date_of(plan.last_day).isoformat(),
        due_on=date_of(plan.due).isoformat(),
        lapses=plan.lapses,
        reviews=plan.reviews,
        suspended=state.suspended,
    )
    return Change(
        kind=ChangeKind.REVIEW,
        id=document.id,
        version=document.changed,
        record=msgspec.to_builtins(record),
    )


def changed(
    kind: ChangeKind, id_: str, record: ChangeRecord | Tombstone, stamps: Mapping[str, int]
) -> Change:
    """Return a record, or why it is gone, as a change of the log number that `stamps` has."""
    gone = isinstance(record, Tombstone)
    return Change(
        kind=kind,
        id=id_,
        version=stamps.get(f"{kind} {id_}", 0),
        tombstone=record if isinstance(record, Tombstone) else None,
        record=None if gone else msgspec.to_builtins(record),
    )


def stamped(
    stamps: Mapping[str, int], before: Iterable[Change], after: Iterable[Change], *, n: int
) -> dict[str, int]:
    """Return at which log number each record last changed: `n` for those that are not as before."""
    known = {f"{one.kind} {one.id}": replace(one, version=0) for one in before}
    now = {f"{one.kind} {one.id}": replace(one, version=0) for one in after}
    return {name: stamps.get(name, n) if known.get(name) == one else n for name, one in now.items()}


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
