"""Receipts: what became of each event of a push, by position, with the marks that may be shown."""

from collections.abc import Mapping

from services.content.contract import LessonFacts, LessonKind, Mark, VersionFacts
from services.kit.errors import Code
from services.progress.contract import Receipt, ReceiptStatus
from services.progress.domain.course import CourseState
from services.progress.domain.event import Event, Refusal
from services.progress.domain.stored import Stored
from services.progress.use_cases.appending import Appended
from services.progress.use_cases.view import DIGITS, attempt_points, max_points, released_attempts

CLOSING_TYPES = ("attempt.submitted", "lesson.completed")
"""Types whose receipt carries the marks of the attempt that they released."""


def receipts(
    parsed: list[Event | Refusal],
    appended: Appended,
    versions: Mapping[str, VersionFacts],
    courses: Mapping[str, CourseState],
) -> list[Receipt]:
    """Return one receipt a position.

    `courses` holds the state after the push, where an attempt was closed.
    """
    fresh = {stored.event.id: stored for stored in appended.fresh}
    answered: set[str] = set()
    found: list[Receipt] = []
    for one in parsed:
        if isinstance(one, Refusal):
            found.append(_rejected(one))
            continue
        receipt = _receipt(one, fresh, appended, repeated=one.id in answered)
        answered.add(one.id)
        if receipt.status in (ReceiptStatus.ACCEPTED, ReceiptStatus.DUPLICATE):
            stored = fresh.get(one.id) or appended.present[one.id]
            receipt = _with_mark(receipt, stored, versions, courses)
        found.append(receipt)
    return found


def _receipt(
    event: Event, fresh: Mapping[str, Stored], appended: Appended, *, repeated: bool
) -> Receipt:
    if (refusal := appended.refusals.get(event.id)) is not None:
        return _rejected(refusal)
    if event.id in appended.deferred:
        return Receipt(
            id=event.id,
            status=ReceiptStatus.DEFERRED,
            code=None,
            message="Course content is away for a moment; send the event again.",
        )
    stored = fresh.get(event.id) or appended.present[event.id]
    if stored.event.hash != event.hash:
        return Receipt(
            id=event.id,
            status=ReceiptStatus.CONFLICT,
            code=Code.CONFLICT,
            message="Another event with this id is stored; the first is kept.",
        )
    is_new = event.id in fresh and not repeated
    status = ReceiptStatus.ACCEPTED if is_new else ReceiptStatus.DUPLICATE
    return Receipt(id=event.id, status=status)


def _rejected(refusal: Refusal) -> Receipt:
    return Receipt(
        id=refusal.id,
        status=ReceiptStatus.REJECTED,
        code=refusal.code,
        message=refusal.message,
    )


def _with_mark(
    receipt: Receipt,
    stored: Stored,
    versions: Mapping[str, VersionFacts],
    courses: Mapping[str, CourseState],
) -> Receipt:
    """Add the mark that may be shown: of a practice answer, or of an attempt that was released."""
    event = stored.event
    facts = versions.get(event.version or "")
    lesson = facts.lessons.get(event.lesson or "") if facts else None
    if facts is None or lesson is None:
        return receipt
    mark = None
    if event.type == "question.answered" and lesson.kind is LessonKind.PRACTICE:
        mark = stored.mark
    elif event.type in CLOSING_TYPES and lesson.kind is LessonKind.ASSESSMENT:
        mark = _attempt_mark(event, lesson, courses.get(facts.course_id, CourseState()))
    return Receipt(id=receipt.id, status=receipt.status, mark=mark)


def _attempt_mark(event: Event, lesson: LessonFacts, course: CourseState) -> Mark | None:
    """Return the mark of the submitted attempt, or of the last one released in the lesson."""
    state = course.lessons.get(lesson.key)
    if state is None:
        return None
    counted = released_attempts(state, lesson)
    submitted = event.body.get("attempt")
    attempt = state.attempts.get(submitted.lower()) if isinstance(submitted, str) else None
    shown = [one for one in counted if attempt is None or one is attempt]
    if not shown:
        return None
    points, most = attempt_points(shown[-1], lesson), max_points(lesson)
    needed = 1.0 if lesson.pass_score is None else lesson.pass_score
    share = points / most if most > 0 else 0.0
    return Mark(
        correct=round(share - needed, DIGITS) >= 0, score=round(points, DIGITS), max_score=most
    )
