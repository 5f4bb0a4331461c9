"""What is stored of one device and day, for phones that compare."""

from datetime import date

from services.kit.records import Record


class DayKey(Record):
    """A device of a learner, and a day."""

    learner_id: str
    device_id: str
    day: date
    """In UTC, by the phone's own clock: the date that `at` begins with, written in UTC."""


class EventDay(Record):
    """What is stored of a device and day."""

    digest: str
    """As SyncResult.digest, over the events of this day alone."""
    ids: tuple[str, ...]
    """Ids of the events, ascending."""
