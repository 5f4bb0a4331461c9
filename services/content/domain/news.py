"""Positions in the news of moved pointers: what somebody has heard of, in a few bytes.

Two moves may become visible in another order than that of their times. So a position is a time from
which on to look, a minute before the last move, with the moves since then that were heard of: a
late one is news, however many processes publish, and nobody has to number the moves.
"""

import hashlib
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable

from services.kit.errors import Invalid
from services.kit.records import Record

OVERLAP_MS = 60_000
MAX_HEARD = 64
"""Moves that a position names; of more within a minute the last, with all of their millisecond."""
MOST_HEARD = 1_024
"""More than these in one millisecond no server writes: the millisecond is gone past."""
MARK_BYTES = 6
MAX_TEXT = 20_000
_LAST_MS = 253_402_300_799_000
"""The end of the year 9999: what a date can hold."""
_TIME = struct.Struct(">Q")
_MOVE = struct.Struct(f">Q{MARK_BYTES}s")


class Heard(Record):
    """A move that was heard of: its time in milliseconds, and a mark that tells it from others."""

    at: int
    mark: bytes


class Position(Record):
    """Look at moves from `since` (milliseconds) on: news is what is not among those `heard`."""

    since: int = 0
    heard: tuple[Heard, ...] = ()


def mark(course_id: str, n: int) -> bytes:
    """Return the mark of a course's n-th move."""
    return hashlib.sha256(f"{course_id}:{n}".encode()).digest()[:MARK_BYTES]


def hear(position: Position, moves: Iterable[Heard]) -> Position:
    """Return the position once these moves are heard of as well."""
    heard = sorted({*position.heard, *moves}, key=lambda move: (move.at, move.mark))
    if not heard:
        return position
    since = max(position.since, heard[-1].at - OVERLAP_MS + 1)
    if len(heard) > MAX_HEARD:  # a millisecond is kept whole: what of it was not heard is news
        since = max(since, heard[-MAX_HEARD].at)
    kept = tuple(move for move in heard if move.at >= since)
    if len(kept) > MOST_HEARD:
        since = heard[-MAX_HEARD].at + 1
        kept = tuple(move for move in heard if move.at >= since)
    return Position(since=since, heard=kept)


def write_position(position: Position) -> str:
    """Return a position as the opaque text that callers keep."""
    heard = b"".join(_MOVE.pack(move.at, move.mark) for move in position.heard)
    return urlsafe_b64encode(_TIME.pack(position.since) + heard).rstrip(b"=").decode()


def read_position(text: str) -> Position:
    """Return the position that a text holds; Invalid when it holds none."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4)) if len(text) <= MAX_TEXT else b""
    except ValueError:
        raw = b""
    count, rest = divmod(len(raw) - _TIME.size, _MOVE.size)
    if rest or not 0 <= count <= MOST_HEARD:
        raise _no_position()
    (since,) = _TIME.unpack_from(raw)
    heard = tuple(Heard(at=at, mark=each) for at, each in _MOVE.iter_unpack(raw[_TIME.size :]))
    if max(since, *(move.at for move in heard), 0) > _LAST_MS:
        raise _no_position()
    return Position(since=since, heard=heard)


def _no_position() -> Invalid:
    return Invalid("since is no position in the news of courses.", path=("since",))
