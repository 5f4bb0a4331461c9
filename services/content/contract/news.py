"""News of published pointers: which courses were published, rolled back or archived."""

from services.kit.records import Record


class Move(Record):
    """One course whose pointer moved; of several moves the last."""

    course_id: str
    n: int
    """How often its pointer has moved by now."""
    position: str
    """Where to go on from once this one was heard of."""


class Moves(Record):
    """The moves that somebody has not heard of yet, in the order of time, and where to go on."""

    position: str
    moved: tuple[Move, ...] = ()
