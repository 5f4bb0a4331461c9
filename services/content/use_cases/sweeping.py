"""Sweeping in the background: what was uploaded and nobody uses, in every process, now and then."""

import asyncio
from contextlib import suppress

import structlog

from services.content.use_cases.uploading import Uploading
from services.kit.errors import Unavailable

PAUSE_SECONDS = 600.0

log = structlog.get_logger(__name__)


class Sweeping:
    """Sweeps uploads for as long as the process runs; several at once do no harm."""

    def __init__(self, uploading: Uploading) -> None:
        """Keep who sweeps."""
        self._uploading = uploading
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin in the background."""
        self._task = asyncio.create_task(self._run(), name="content sweep")

    async def stop(self) -> None:
        """End; what is under way is done by the next sweep."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            try:
                await self._uploading.sweep()
            except Unavailable as error:
                log.warning("content.sweep_delayed", reason=error.message)
            except Exception:
                log.exception("content.sweep_failed")
