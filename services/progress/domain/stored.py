"""An event as the log holds it: with its place, its times and the server's mark."""

from collections.abc import Mapping
from typing import TypeAlias

from services.content.contract import Mark
from services.kit.records import Record
from services.progress.domain.event import DAY_MS, Event

Order: TypeAlias = tuple[int, str, int, str]
"""Total order of the fold: (effectiveAt in ms, device, seq, id)."""
Place: TypeAlias = tuple[int, int]
"""Place in a learner's log: (number of the document, position in it)."""


class Stored(Record):
    """One event of a learner's log; nothing of it is edited later."""

    event: Event
    place: Place
    received: int
    """Server time of the push, ms."""
    effective: int
    """When it is taken to have happened, ms; see `effective_at`."""
    clamped: bool = False
    """True where the phone's time was unmeasured or had to be moved."""
    mark: Mark | None = None

    @property
    def order(self) -> Order:
        """The event's place in the total order of the fold."""
        return (self.effective, self.event.device, self.event.seq, self.event.id)


class Came(Record):
    """When an event came to another deployment, as its export tells."""

    received: int
    """Server time of the push there, ms."""
    effective: int
    """When it was taken to have happened there, ms."""


class Past(Record):
    """A submission to another deployment, which is appended here after the fact."""

    received: int
    """When it came there, ms."""
    events: Mapping[str, Came]
    """By event id."""


def effective_at(event: Event, *, received: int, registered: int) -> tuple[int, bool]:
    """Return when an event is taken to have happened, and whether its own time had to give way.

    min(at + offset, received), and not earlier than a day before the learner's first registration.
    """
    told = event.at + (event.offset or 0)
    effective = max(min(told, received), registered - DAY_MS)
    return effective, effective != told or event.offset is None
