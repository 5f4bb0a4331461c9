"""Cards: flashcards and practice questions that come back for review, by FSRS-6 in study days.

The state of a card is a join like that of a lesson: of each study day the first review, the first
hint. Its schedule is replayed from that, so that no order of arrival matters.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from services.content.contract import LessonFacts, LessonKind, VersionFacts
from services.kit.ids import Kind, item_id
from services.kit.records import Record
from services.progress.domain import fsrs
from services.progress.domain.calendar import day_of
from services.progress.domain.course import facts_of
from services.progress.domain.stored import Order, Stored

CARD_TYPES = frozenset({"question.answered", "hint.used", "card.reviewed", "card.suspended"})
"""Types of event that change a card."""
JITTER = 0.05
"""Share of an interval by which a card comes sooner or later than others."""
HASH_RANGE = 1 << 32


class CardKey(NamedTuple):
    """A card, whatever its versions."""

    course_id: str
    lesson: str
    """Lesson key."""
    key: str
    """Question key, or `block key/card key` of a flashcard."""

    @property
    def digest(self) -> bytes:
        """First half of the SHA-256 of `course id/lesson key/key`; the same for everybody."""
        return hashlib.sha256("/".join(self).encode()).digest()[:16]

    @property
    def is_question(self) -> bool:
        """Return whether it is a question; keys have no slash."""
        return "/" not in self.key


class Review(Record, array_like=True):
    """The first review of a card on a study day; later ones are practice."""

    day: int
    order: Order
    grade: int
    """1 wrong, 3 right, 4 right and too easy; flashcards: as the learner graded."""


class Hint(Record, array_like=True):
    """The first hint on a study day."""

    day: int
    order: Order


class Met(Record, array_like=True):
    """The last event about a card, and the version that it was met in."""

    order: Order
    version: str
    """Version hash."""
    skills: tuple[str, ...] = ()


class Suspension(Record, array_like=True):
    """The last card.suspended."""

    order: Order
    suspended: bool


class CardState(Record):
    """What the events say of one card."""

    met: Met | None = None
    reviews: tuple[Review, ...] = ()
    """By study day, ascending."""
    hints: tuple[Hint, ...] = ()
    """By study day, ascending; questions only."""
    suspension: Suspension | None = None

    @property
    def suspended(self) -> bool:
        """Return whether the learner does not want it back."""
        return self.suspension is not None and self.suspension.suspended


class Schedule(Record):
    """How well a card is remembered, and when it is due; nothing in it depends on today."""

    stability: float
    difficulty: float
    last_day: int
    """Study day of the last scheduling review."""
    interval: int
    """Study days from there until it is due, the jitter in."""
    lapses: int
    """How often it was forgotten after it had been learned."""
    reviews: int
    """Study days on which it was reviewed."""
    algorithm: str = fsrs.NAME

    @property
    def due(self) -> int:
        """Return the study day on which it is due."""
        return self.last_day + self.interval

    def retrievability(self, today: int) -> float:
        """Return the chance that it is still known on a study day."""
        return fsrs.retrievability(self.stability, max(0, today - self.last_day))


def cards_in(
    events: Iterable[Stored], versions: Mapping[str, VersionFacts]
) -> dict[CardKey, list[Stored]]:
    """Return the events that change a card, by card."""
    found: dict[CardKey, list[Stored]] = {}
    for stored in events:
        if stored.event.type in CARD_TYPES and (key := _key(stored, versions)) is not None:
            found.setdefault(key, []).append(stored)
    return found


def fold_card(
    state: CardState, events: Iterable[Stored], versions: Mapping[str, VersionFacts]
) -> CardState:
    """Return the state with events of this card taken in."""
    for stored in events:
        state = _met(state, stored, versions)
        if stored.event.type == "card.suspended":
            state = _suspended(state, stored)
        elif stored.event.type == "hint.used":
            hint = Hint(day=day_of(stored), order=stored.order)
            state = replace(state, hints=_first_of_days((*state.hints, hint)))
        elif (grade := _grade(stored)) is not None:
            review = Review(day=day_of(stored), order=stored.order, grade=grade)
            state = replace(state, reviews=_first_of_days((*state.reviews, review)))
    return state


def schedule(state: CardState, key: CardKey) -> Schedule | None:
    """Return the schedule of a card; None before its first review."""
    memory: fsrs.Memory | None = None
    last, lapses = 0, 0
    hints = {hint.day: hint.order for hint in state.hints}
    for review in state.reviews:
        grade = review.grade
        if grade > fsrs.AGAIN and review.day in hints and hints[review.day] < review.order:
            grade = fsrs.HARD
        if memory is None:
            memory = fsrs.first(grade)
        else:
            lapses += grade == fsrs.AGAIN
            memory = fsrs.review(memory, review.day - last, grade)
        last = review.day
    if memory is None:
        return None
    return Schedule(
        stability=memory.stability,
        difficulty=memory.difficulty,
        last_day=last,
        interval=memory.interval + jitter(memory.interval, key),
        lapses=lapses,
        reviews=len(state.reviews),
    )


def jitter(interval: int, key: CardKey) -> int:
    """Return by how many days a card comes sooner or later: at most 5 %, the same on any device."""
    share = int.from_bytes(key.digest[:4]) / HASH_RANGE * 2 - 1
    return int(interval * JITTER * share)


def met_as(state: CardState, key: CardKey, *, version: str | None = None) -> tuple[str, str]:
    """Return the ids of the lesson and of the question or flashcard, in a version (hash).

    None: that in which they were last met.
    """
    version = version or (state.met.version if state.met else "")
    kind = Kind.QUESTION if key.is_question else Kind.CARD
    lesson = item_id(Kind.LESSON, version, key.lesson)
    return lesson, item_id(kind, version, f"{key.lesson}/{key.key}")


def _key(stored: Stored, versions: Mapping[str, VersionFacts]) -> CardKey | None:
    lesson = facts_of(stored, versions)
    if lesson is None:
        return None
    event = stored.event
    course_id = versions[event.version or ""].course_id
    if (key := lesson.cards.get(event.card or "")) is not None:
        return CardKey(course_id, lesson.key, key)
    question = lesson.questions.get(event.question or "")
    if question is None or lesson.kind is not LessonKind.PRACTICE:
        return None
    return CardKey(course_id, lesson.key, question.key)


def _grade(stored: Stored) -> int | None:
    """Return what a review says before hints: of a question by the server's mark alone."""
    if stored.event.type == "card.reviewed":
        return int(stored.event.body["grade"])
    if stored.mark is None:
        return None
    if not stored.mark.correct:
        return fsrs.AGAIN
    return fsrs.EASY if stored.event.body.get("tooEasy") else fsrs.GOOD


def _met(state: CardState, stored: Stored, versions: Mapping[str, VersionFacts]) -> CardState:
    if state.met is not None and state.met.order >= stored.order:
        return state
    met = Met(
        order=stored.order,
        version=stored.event.version or "",
        skills=_skills(stored, facts_of(stored, versions)),
    )
    return replace(state, met=met)


def _skills(stored: Stored, lesson: LessonFacts | None) -> tuple[str, ...]:
    question = lesson.questions.get(stored.event.question or "") if lesson else None
    return question.skills if question else ()


def _suspended(state: CardState, stored: Stored) -> CardState:
    if state.suspension is not None and state.suspension.order >= stored.order:
        return state
    suspended = bool(stored.event.body["suspended"])
    return replace(state, suspension=Suspension(order=stored.order, suspended=suspended))


Daily = TypeVar("Daily", Review, Hint)


def _first_of_days(found: Iterable[Daily]) -> tuple[Daily, ...]:
    """Return of each study day the first in total order, ascending."""
    first: dict[int, Daily] = {}
    for one in sorted(found, key=lambda one: one.order, reverse=True):
        first[one.day] = one
    return tuple(first[day] for day in sorted(first))
