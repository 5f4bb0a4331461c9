"""What the server decides as events arrive: which hold, and which events of its own follow.

Pure: the decisions become events of the log, so that the fold never has to make them again.
"""

from collections.abc import Iterable, Mapping

from services.content.contract import Answer, LessonFacts, LessonKind, Response, VersionFacts
from services.kit.ids import version_id
from services.kit.records import Record
from services.progress.domain.course import CourseState
from services.progress.domain.event import Event, Refusal
from services.progress.domain.event_types import ENROLLING_TYPES, REFERRING_TYPES


class Release(Record):
    """An attempt to release: from here on its marks show and no further answer counts."""

    version: str
    course_id: str
    lesson: str
    """Lesson key."""
    attempt: str


def refusal(event: Event, versions: Mapping[str, VersionFacts]) -> Refusal | None:
    """Return why an event's references are wrong, or None where they hold."""
    if event.type not in REFERRING_TYPES:
        return None
    message = _wrong_reference(event, versions)
    if message is None:
        return None
    return Refusal(id=event.id, device=event.device, seq=event.seq, message=message)


def _wrong_reference(event: Event, versions: Mapping[str, VersionFacts]) -> str | None:
    facts = versions.get(event.version or "")
    if facts is None:
        return "ref.version is the hash of no course version."
    lesson = facts.lessons.get(event.lesson or "")
    if lesson is None:
        return "ref.lesson is no lesson of ref.version: ids are bound to their version."
    if event.block is not None and event.block not in lesson.blocks:
        return "ref.block is no block of ref.lesson."
    if event.question is not None and event.question not in lesson.questions:
        return "ref.question is no question of ref.lesson."
    if event.card is not None and event.card not in lesson.cards:
        return "ref.card is no flashcard of ref.lesson."
    if (
        event.type == "question.answered"
        and _needs_attempt(lesson)
        and not event.body.get("attempt")
    ):
        return "body.attempt is missing: an answer in an assessment belongs to an attempt."
    return None


def _needs_attempt(lesson: LessonFacts) -> bool:
    return lesson.kind is LessonKind.ASSESSMENT


def to_answer(event: Event) -> Answer:
    """Return the raw answer of a question.answered, for marking."""
    body = event.body
    pairs = body.get("pairs")
    return Answer(
        version_id=version_id(event.version or ""),
        lesson_id=event.lesson or "",
        question_id=event.question or "",
        response=Response(
            choice_ids=_texts(body.get("choiceIds")),
            pairs=None if pairs is None else tuple((pair[0], pair[1]) for pair in pairs),
            texts=_texts(body.get("texts")),
            number=body.get("number"),
        ),
    )


def _texts(value: list[str] | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


def new_courses(
    events: Iterable[Event],
    versions: Mapping[str, VersionFacts],
    courses: Mapping[str, CourseState],
) -> dict[str, str]:
    """Return the courses that these events are the first of, with the version to pin.

    That of the earliest event.
    """
    first: dict[str, Event] = {}
    for event in sorted(events, key=lambda event: (event.at, event.device, event.seq, event.id)):
        facts = versions.get(event.version or "")
        if event.type in ENROLLING_TYPES and facts is not None:
            first.setdefault(facts.course_id, event)
    return {
        course_id: event.version or ""
        for course_id, event in first.items()
        if course_id not in courses or courses[course_id].pin is None
    }


def releases(
    events: Iterable[Event],
    versions: Mapping[str, VersionFacts],
    courses: Mapping[str, CourseState],
) -> list[Release]:
    """Return the attempts that these events release, within the limit of their lesson.

    attempt.submitted releases its attempt, lesson.completed of an assessment all of its open ones.
    """
    batch = list(events)
    granted: dict[tuple[str, str], set[str]] = {}
    found: list[Release] = []
    for event in batch:
        facts = versions.get(event.version or "")
        lesson = facts.lessons.get(event.lesson or "") if facts else None
        if facts is None or lesson is None or lesson.kind is not LessonKind.ASSESSMENT:
            continue
        state = courses.get(facts.course_id, CourseState())
        done = granted.setdefault((facts.course_id, lesson.key), _released(state, lesson))
        for attempt in _closing(event, batch, state, lesson):
            within = lesson.attempt_limit is None or len(done) < lesson.attempt_limit
            if attempt not in done and within:
                done.add(attempt)
                found.append(
                    Release(
                        version=event.version or "",
                        course_id=facts.course_id,
                        lesson=lesson.key,
                        attempt=attempt,
                    )
                )
    return found


def _released(state: CourseState, lesson: LessonFacts) -> set[str]:
    if lesson.key not in state.lessons:
        return set()
    attempts = state.lessons[lesson.key].attempts
    return {id_ for id_, attempt in attempts.items() if attempt.released is not None}


def _closing(
    event: Event, batch: list[Event], state: CourseState, lesson: LessonFacts
) -> list[str]:
    """Return the attempts that an event closes, in an order that does not depend on arrival."""
    if event.type == "attempt.submitted":
        return [event.body["attempt"].lower()]
    if event.type != "lesson.completed":
        return []
    stored = state.lessons[lesson.key].attempts if lesson.key in state.lessons else {}
    fresh = {
        other.body["attempt"].lower()
        for other in batch
        if other.type == "question.answered" and other.lesson == event.lesson
    }
    return sorted(fresh | set(stored))
