"""What this service hears: versions published, and its own steps of regrading."""

import msgspec

from services.kit.consumer import Consumer
from services.kit.records import FeedApi, OutboxEntry
from services.progress.use_cases.regrading import Publication, Regrading, Step

NAME = "progress"
"""Under which this service consumes every feed."""


class Hearing:
    """Deals with entries of both feeds; each may come twice."""

    def __init__(self, regrading: Regrading) -> None:
        """Keep who regrades."""
        self._regrading = regrading

    def consumers(self, content: FeedApi, steps: FeedApi) -> tuple[Consumer, ...]:
        """Return a consumer for each feed; steps one by one, for each takes a while."""
        return (
            Consumer(content, NAME, self.handle),
            Consumer(steps, NAME, self.handle, batch=1),
        )

    async def handle(self, entry: OutboxEntry) -> None:
        """Deal with one entry; of a type that is not known, there is nothing to do."""
        if entry.type == "content.published":
            await self._regrading.begin(entry.id, msgspec.convert(entry.data, Publication))
        elif entry.type == "regrade":
            await self._regrading.take(msgspec.convert(entry.data, Step))
