"""Sweeping in the background, in every process, now and then: what was left undone or unused."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from services.kit.errors import Unavailable

PAUSE_SECONDS = 600.0

log = structlog.get_logger(__name__)


class Sweeping:
    """Sweeps for as long as the process runs; several at once do no harm."""

    def __init__(
        self, name: str, sweep: Callable[[], Awaitable[object]], *, pause: float = PAUSE_SECONDS
    ) -> None:
        """Keep what is swept and how often."""
        self._name = name
        self._sweep = sweep
        self._pause = pause
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin in the background."""
        self._task = asyncio.create_task(self._run(), name=f"content sweep of {self._name}")

    async def stop(self) -> None:
        """End; what is under way is done by the next sweep."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._pause)
            try:
                await self._sweep()
            except Unavailable as error:
                log.warning("content.sweep_delayed", what=self._name, reason=error.message)
            except Exception:
                log.exception("content.sweep_failed", what=self._name)
