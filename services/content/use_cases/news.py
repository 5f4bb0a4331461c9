"""News of published pointers for whoever keeps copies: by polling the store, woken in process."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from services.content.contract import Move, Moves
from services.content.domain.news import (
    OVERLAP_MS,
    Heard,
    Position,
    hear,
    mark,
    read_position,
    write_position,
)
from services.content.use_cases.ports import MoveStore, StoredMove
from services.kit.clock import from_millis, to_millis

MOST = 200
"""Moves in one answer."""
POLL_SECONDS = 0.5
"""How often a wait looks again: another process may have published."""


class News:
    """Tells which pointers moved; it keeps nothing but who waits."""

    def __init__(self, store: MoveStore, *, poll: float = POLL_SECONDS) -> None:
        """Read from this store; a wait looks again every `poll` seconds."""
        self._store = store
        self._poll = poll
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Let all who wait in this process look at once: for after a move."""
        self._woken.set()
        self._woken = asyncio.Event()

    async def moves(self, since: str | None, *, wait: float) -> Moves:
        """Return the moves after a position, waiting up to `wait` seconds for one."""
        position = await self._now() if since is None else read_position(since)
        loop = asyncio.get_running_loop()
        end = loop.time() + wait
        while True:
            woken = self._woken  # taken before looking: a wake-up in between is not lost
            found = await self._behind(position)
            rest = end - loop.time()
            if found or since is None or rest <= 0:
                return _tell(position, found)
            with suppress(TimeoutError):
                async with asyncio.timeout(min(rest, self._poll)):
                    await woken.wait()

    async def _now(self) -> Position:
        """Return the position of who has heard of everything so far."""
        last = await self._store.last_move()
        if last is None:
            return Position()
        position = Position(since=to_millis(last.at) - OVERLAP_MS)
        while found := await self._behind(position):
            position = hear(position, [_heard(move) for move in found])
        return position

    async def _behind(self, position: Position) -> list[StoredMove]:
        limit = MOST + len(position.heard)
        found = await self._store.moves(from_millis(position.since), limit=limit)
        known = set(position.heard)
        return [move for move in found if _heard(move) not in known][:MOST]


def _tell(position: Position, found: Iterable[StoredMove]) -> Moves:
    moved: list[Move] = []
    for move in found:
        position = hear(position, [_heard(move)])
        moved.append(Move(course_id=move.course_id, n=move.n, position=write_position(position)))
    return Moves(position=write_position(position), moved=tuple(moved))


def _heard(move: StoredMove) -> Heard:
    return Heard(at=to_millis(move.at), mark=mark(move.course_id, move.n))
