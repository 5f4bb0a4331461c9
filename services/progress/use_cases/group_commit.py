"""Group commit: submissions of different learners that wait at the same time share one write."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from services.progress.use_cases.store import Clash, LogDocument

Write: TypeAlias = Callable[[Sequence[LogDocument]], Awaitable[frozenset[int]]]
"""Makes documents durable, each alone or not at all; returns the positions of those that clash."""

MOST = 100
"""Documents in one write."""
WRITES = 2
"""Writes in flight: while one waits for the journal, the next one gathers."""


class GroupCommit:
    """Appends documents of learners' logs; what waits while writes are in flight goes together.

    A learner's documents come one at a time (the caller holds the learner's turn), so no write
    holds two numbers of one log.
    """

    def __init__(self, write: Write) -> None:
        """Keep how documents are written."""
        self._write = write
        self._waiting: list[tuple[LogDocument, asyncio.Future[None]]] = []
        self._writing = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def append(self, document: LogDocument) -> None:
        """Return when the document is durable.

        Clash where its number or one of its events is taken.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((document, done))
        if self._writing < WRITES:
            self._writing += 1
            task = asyncio.create_task(self._drain(), name="group commit")
            self._tasks.add(task)  # the loop itself holds tasks weakly
            task.add_done_callback(self._tasks.discard)
        await done

    async def _drain(self) -> None:
        """Write what waits until nothing does; no append falls between last look and end."""
        while self._waiting:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            outcomes = await self._outcomes([document for document, _ in group])
            for (_, done), error in zip(group, outcomes, strict=True):
                if done.done():  # whoever waited was cancelled
                    continue
                if error is None:
                    done.set_result(None)
                else:
                    done.set_exception(error)
        self._writing -= 1

    async def _outcomes(self, documents: list[LogDocument]) -> list[Exception | None]:
        try:
            clashes = await self._write(documents)
        except Exception as error:  # noqa: BLE001 - each of those who wait gets it, whatever it is
            return [error] * len(documents)
        return [Clash() if i in clashes else None for i in range(len(documents))]
