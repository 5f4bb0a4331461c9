"""Looking things up for verification: each once at a time, and kept for a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from services.credentials.domain.fetched import Unresolved
from services.kit.errors import NotFound, ServiceError

T = TypeVar("T")

FAILURE_SECONDS = 10.0
"""How long something that could not be had is not asked for again."""


class Lookup(Generic[T]):
    """Answers by name, looked up once for all who ask at the same time, and kept in memory.

    What is kept is a copy with an end: each process may have its own.
    """

    def __init__(
        self,
        look_up: Callable[[str], Awaitable[T]],
        *,
        seconds: Callable[[T], float],
        size: int,
    ) -> None:
        """Keep how to look up, for how many `seconds` an answer counts, and how many are kept."""
        self._look_up = look_up
        self._seconds = seconds
        self._size = size
        self._kept: OrderedDict[str, tuple[float, asyncio.Future[T | Unresolved]]] = OrderedDict()

    async def __call__(self, name: str) -> T | Unresolved:
        """Return what a name stands for, or why that could not be found out."""
        now = asyncio.get_running_loop().time()
        until, asked = self._kept.get(name, (0.0, None))
        if asked is None or until <= now or asked.get_loop() is not asyncio.get_running_loop():
            asked = asyncio.ensure_future(self._answer(name))
            self._kept[name] = (float("inf"), asked)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        # whoever gives up must not end the look-up of the others
        return await asyncio.shield(asked)

    async def _answer(self, name: str) -> T | Unresolved:
        answer: T | Unresolved
        try:
            answer = await self._look_up(name)
            seconds = self._seconds(answer)
        except ServiceError as error:
            answer = Unresolved(reason=error.message, gone=isinstance(error, NotFound))
            seconds = FAILURE_SECONDS
        except BaseException:
            self._kept.pop(name, None)
            raise
        until = asyncio.get_running_loop().time() + seconds
        if name in self._kept:
            self._kept[name] = (until, self._kept[name][1])
        return answer
