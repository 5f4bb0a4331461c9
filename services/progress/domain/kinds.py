"""Which kinds of a phone's records an event may change, told by its type alone."""

from collections.abc import Iterable

from services.progress.contract import ChangeKind
from services.progress.domain.cards import CARD_TYPES
from services.progress.domain.course import FOLDED_TYPES
from services.progress.domain.days import STUDY_TYPES
from services.progress.domain.event import Event
from services.progress.domain.learner import CREDENTIAL_TYPES

_TYPES: dict[ChangeKind, frozenset[str]] = {
    ChangeKind.PROFILE: frozenset({"profile.set", "preference.set", "consent.changed"}),
    ChangeKind.ENROLMENT: FOLDED_TYPES,
    ChangeKind.LESSON_PROGRESS: FOLDED_TYPES,
    ChangeKind.REVIEW: CARD_TYPES,
    ChangeKind.STREAK: STUDY_TYPES | {"goal.set", "streak.frozen"},
    ChangeKind.GOAL: STUDY_TYPES | {"goal.set"},
    ChangeKind.SKILL_STANDING: frozenset({"question.answered", "attempt.released", "grade.raised"}),
    ChangeKind.CREDENTIAL: CREDENTIAL_TYPES,
    ChangeKind.ASSIGNMENT: frozenset({"assignment.made", "assignment.withdrawn"}),
    ChangeKind.BOOKMARK: frozenset({"bookmark.set"}),
}


def kinds_of(events: Iterable[Event]) -> tuple[ChangeKind, ...]:
    """Return the kinds, each once, in the order of the enum."""
    types = {event.type for event in events}
    return tuple(kind for kind in ChangeKind if types & _TYPES[kind])
