"""Who waits for pointers to move."""

import asyncio
from collections.abc import Sequence

from services.content.contract import Move
from services.kit.errors import LimitReached

MAX_WAITING = 1_000
"""Courses that may wait for a slow reader."""


class Follower:
    """Moves of some courses, each once: `async for` reads them; of several of one the last."""

    def __init__(self, all_: set["Follower"], course_ids: Sequence[str] | None) -> None:
        """Join all others."""
        self._all = all_
        self._wanted = None if course_ids is None else frozenset(course_ids)
        self._waiting: dict[str, Move] = {}
        self._heard: dict[str, int] = {}
        self._put = asyncio.Event()
        all_.add(self)

    def __aiter__(self) -> "Follower":
        """Return itself."""
        return self

    async def __anext__(self) -> Move:
        """Return the next move, whenever there is one; LimitReached for who reads too slowly."""
        while not self._waiting:
            self._put.clear()
            await self._put.wait()
        if len(self._waiting) > MAX_WAITING:
            raise LimitReached("Too many courses wait to be read: subscribe again with the cursor.")
        return self._waiting.pop(next(iter(self._waiting)))

    async def aclose(self) -> None:
        """Leave."""
        self._all.discard(self)

    def put(self, moves: Sequence[Move]) -> None:
        """Let moves wait to be read, unless they were put before."""
        for move in moves:
            wanted = self._wanted is None or move.course_id in self._wanted
            if not wanted or move.n <= self._heard.get(move.course_id, 0):
                continue
            self._heard[move.course_id] = move.n
            if len(self._waiting) <= MAX_WAITING:
                self._waiting.pop(move.course_id, None)
                self._waiting[move.course_id] = move
        self._put.set()
