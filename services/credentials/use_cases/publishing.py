"""Publishing: status lists that are due are signed, by whichever process comes first."""

import asyncio
from contextlib import suppress

import structlog

from services.credentials.use_cases.statuslists import StatusLists
from services.kit.errors import Unavailable

REST_SECONDS = 1.0
"""After which a process looks for lists that others have left due."""
SOON_SECONDS = 0.1
"""After which it looks again for what it has left due itself."""
LOOKS = 10
"""How often it does so: longer than a list rests between two signatures."""

log = structlog.get_logger(__name__)


class Publisher:
    """A background task that signs status lists: soon after a change, and before they expire."""

    def __init__(self, lists: StatusLists, *, rest: float = REST_SECONDS) -> None:
        """Keep the lists; `rest` seconds pass between two looks when nothing was changed here."""
        self._lists = lists
        self._rest = rest
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to sign in the background."""
        self._task = asyncio.create_task(self._run(), name="status lists")

    async def stop(self) -> None:
        """End; what is due is signed by another process, or at the next start."""
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _run(self) -> None:
        soon = 0
        while True:
            try:
                while await self._lists.publish():
                    pass
            except Unavailable as error:
                log.warning("status_lists.delayed", reason=error.message)
            except Exception:
                log.exception("status_lists.failed")
            soon = max(0, soon - 1)
            if await self._changed(SOON_SECONDS if soon else self._rest):
                soon = LOOKS

    async def _changed(self, seconds: float) -> bool:
        """Return whether this process left a list due, after `seconds` at most."""
        try:
            await asyncio.wait_for(self._lists.changed.wait(), seconds)
        except TimeoutError:
            return False
        self._lists.changed.clear()
        return True
