"""Which kinds of a phone's records an event may change, told by its type alone."""

from collections.abc import Iterable

from services.progress.contract import ChangeKind
from services.progress.domain.course import FOLDED_TYPES
from services.progress.domain.event import Event

_COURSE = (ChangeKind.ENROLMENT, ChangeKind.LESSON_PROGRESS)
_BY_TYPE = {
    "profile.set": (ChangeKind.PROFILE,),
    "credential.issued": (ChangeKind.CREDENTIAL,),
    **dict.fromkeys(FOLDED_TYPES, _COURSE),
}


def kinds_of(events: Iterable[Event]) -> tuple[ChangeKind, ...]:
    """Return the kinds, each once, in the order of the enum."""
    found = {kind for event in events for kind in _BY_TYPE.get(event.type, ())}
    return tuple(kind for kind in ChangeKind if kind in found)
