"""A consumer of a service's feed: claims, handles, acknowledges; what fails comes again."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias

import structlog
from prometheus_client import Counter

from services.kit.errors import Unavailable
from services.kit.records import FeedApi, OutboxEntry

Handle: TypeAlias = Callable[[OutboxEntry], Awaitable[None]]
"""Deals with one entry; it may come twice, so the effect's id is derived from the entry's."""

BATCH = 50
WAIT_SECONDS = 3.0
"""How long one claim waits for entries: well below the deadline of a call between services."""
GRACE_SECONDS = 5.0
"""How long a batch may go on after `stop`."""

ENTRIES = Counter(
    "morsel_consumer_entries", "Entries handled, by how it ended.", ["consumer", "outcome"]
)

log = structlog.get_logger(__name__)


class Consumer:
    """A background task that hands every entry of a feed to `handle` until it succeeded once."""

    def __init__(
        self,
        feed: FeedApi,
        name: str,
        handle: Handle,
        *,
        batch: int = BATCH,
        wait: float = WAIT_SECONDS,
        pause: float = 1.0,
    ) -> None:
        """Keep whom to ask, as whom, and what to do; `pause` seconds pass when the feed is away."""
        self._feed = feed
        self._name = name
        self._handle = handle
        self._batch = batch
        self._wait = wait
        self._pause = pause
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._idle = True

    def start(self) -> None:
        """Begin to consume in the background."""
        self._stopping = False
        self._task = asyncio.create_task(self._run(), name=f"consumer {self._name}")

    async def stop(self) -> None:
        """Finish the batch in hand, within GRACE_SECONDS, and end."""
        self._stopping = True
        task, self._task = self._task, None
        if task is None:
            return
        if not self._idle:
            await asyncio.wait({task}, timeout=GRACE_SECONDS)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def run_once(self, *, wait: float = 0.0) -> int:
        """Deal with one batch and return how many entries were handled."""
        return await self._deal(await self._claim(wait))

    async def _run(self) -> None:
        while not self._stopping:
            try:
                entries = await self._claim(self._wait)
                self._idle = False
                await self._deal(entries)
            except Unavailable as error:
                log.warning("consumer.feed_away", consumer=self._name, reason=error.message)
                await self._rest()
            except Exception:
                log.exception("consumer.failed", consumer=self._name)
                await self._rest()
            finally:
                self._idle = True

    async def _rest(self) -> None:
        self._idle = True
        await asyncio.sleep(self._pause)

    async def _claim(self, wait: float) -> tuple[OutboxEntry, ...]:
        return await self._feed.claim(self._name, limit=self._batch, wait=wait)

    async def _deal(self, entries: tuple[OutboxEntry, ...]) -> int:
        done = tuple([entry.id for entry in entries if await self._handled(entry)])
        if done:
            await self._feed.ack(self._name, done)
        return len(done)

    async def _handled(self, entry: OutboxEntry) -> bool:
        """Return whether an entry was dealt with; why it was not is logged and told to the feed."""
        try:
            await self._handle(entry)
        except Exception as error:
            ENTRIES.labels(self._name, "failed").inc()
            away = isinstance(error, Unavailable)
            log.warning(
                "consumer.entry_failed", consumer=self._name, id=entry.id, exc_info=not away
            )
            reason = f"{type(error).__name__}: {error}"
            with suppress(Unavailable):  # then the lease alone lets the entry rest
                await self._feed.fail(self._name, entry.id, reason=reason, counts=not away)
            return False
        ENTRIES.labels(self._name, "done").inc()
        return True
