"""From a card to the review that is shown: by the ids of the learner's version, as of today."""

import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

import msgspec

from services.content.contract import LessonFacts, LessonKind, VersionFacts
from services.kit.errors import Invalid
from services.kit.ids import version_hash
from services.kit.records import Page
from services.progress.contract import Review
from services.progress.domain.calendar import date_of
from services.progress.domain.cards import CardKey, met_as
from services.progress.use_cases.store import CardDocument, Risk, risk

MOST_DAYS = 10_000_000
"""Study days that a cursor may name: as many as the calendar has, and then some."""
MOST_MILLIS = 1 << 53


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ends: of which day its order is, and after which card."""

    day: int
    passed: float
    seen: int
    id: str

    @property
    def risk(self) -> Risk:
        """Return the place of the card."""
        return Risk(passed=self.passed, seen=self.seen, id=self.id)


def page_of(
    cards: list[CardDocument],
    pinned: dict[str, VersionFacts],
    *,
    first: int,
    day: int,
    today: int,
) -> Page[Review]:
    """Return the page of due cards, ordered as of `day`; one card more says that there is more."""
    shown = cards[:first]
    return Page(
        nodes=tuple(review_of(card, pinned.get(card.key.course_id), today) for card in shown),
        cursors=tuple(seal(card, day) for card in shown),
        has_next=len(cards) > first,
    )


def review_of(card: CardDocument, pinned: VersionFacts | None, today: int) -> Review:
    """Return a card that was reviewed; `pinned` is the learner's version of its course."""
    plan, key = card.schedule, card.key
    if plan is None:
        raise ValueError(f"{card.id} was never reviewed")
    holds = pinned is not None and has_card(pinned, key)
    version = version_hash(pinned.version_id) if pinned and holds else None
    lesson_id, item = met_as(card.state, key, version=version)
    return Review(
        id=card.id,
        learner_id=card.learner_id,
        course_id=key.course_id,
        lesson_id=lesson_id,
        question_id=item if key.is_question else None,
        card_id=None if key.is_question else item,
        due_on=date_of(plan.due),
        stability=plan.stability,
        difficulty=plan.difficulty,
        retrievability=plan.retrievability(today),
        lapses=plan.lapses,
    )


def has_card(facts: VersionFacts, key: CardKey) -> bool:
    """Return whether a version has the card, to practise with."""
    lesson = lesson_keyed(facts, key.lesson)
    if lesson is None:
        return False
    if not key.is_question:
        return key.key in lesson.cards.values()
    asked = (question.key for question in lesson.questions.values())
    return lesson.kind is LessonKind.PRACTICE and key.key in asked


def lesson_keyed(facts: VersionFacts, key: str) -> LessonFacts | None:
    """Return the lesson of a version that has that key."""
    return next((lesson for lesson in facts.lessons.values() if lesson.key == key), None)


def seal(card: CardDocument, day: int) -> str:
    """Return the cursor after a card, in the order of a study day."""
    passed, seen, id_ = risk(card, day)
    place = Place(day=day, passed=passed, seen=seen, id=id_)
    return urlsafe_b64encode(msgspec.msgpack.encode(place)).rstrip(b"=").decode()


def unseal(cursor: str) -> Place:
    """Return where a page begins; Invalid for what is no cursor of reviews."""
    try:
        raw = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        place = msgspec.msgpack.decode(raw, type=Place)
    except (Base64Error, ValueError, msgspec.DecodeError) as error:
        raise Invalid("after is no cursor of this list.", path=("after",)) from error
    is_there = abs(place.day) <= MOST_DAYS and abs(place.seen) <= MOST_MILLIS
    if not is_there or not math.isfinite(place.passed):
        raise Invalid("after is no cursor of this list.", path=("after",))
    return place
