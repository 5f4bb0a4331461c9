"""What this service hears: versions published, and its own steps of regrading and assigning."""

import msgspec

from services.kit.consumer import Consumer
from services.kit.records import FeedApi, OutboxEntry
from services.progress.use_cases.assigning import Assigning
from services.progress.use_cases.cohort_store import Membership
from services.progress.use_cases.cohort_store import Step as Telling
from services.progress.use_cases.counting import Counted, Tallies
from services.progress.use_cases.regrading import Publication, Regrading, Step

NAME = "progress"
"""Under which this service consumes every feed."""
TOLD_AT_ONCE = 10
"""Entries of cohorts in one batch: a fraction of a lease's time."""


class Hearing:
    """Deals with entries of all feeds; each may come twice."""

    def __init__(self, regrading: Regrading, assigning: Assigning, tallies: Tallies) -> None:
        """Keep who regrades, who tells learners what they are assigned, and who counts."""
        self._tallies = tallies
        self._regrading = regrading
        self._assigning = assigning

    def consumers(
        self, content: FeedApi, steps: FeedApi, assignments: FeedApi
    ) -> tuple[Consumer, ...]:
        """Return a consumer for each feed; steps one by one, for each takes a while."""
        return (
            Consumer(content, NAME, self.handle),
            Consumer(steps, NAME, self.handle, batch=1),
            Consumer(assignments, NAME, self.handle, batch=TOLD_AT_ONCE),
        )

    def counting(self, own: FeedApi) -> Consumer:
        """Return the consumer of this service's own courses, which counts first answers."""
        return Consumer(own, NAME, self.handle)

    async def handle(self, entry: OutboxEntry) -> None:
        """Deal with one entry; of a type that is not known, there is nothing to do."""
        match entry.type:
            case "content.published":
                await self._regrading.begin(entry.id, msgspec.convert(entry.data, Publication))
            case "regrade":
                await self._regrading.take(msgspec.convert(entry.data, Step))
            case "answers.counted":
                await self._tallies.count(entry.id, msgspec.convert(entry.data, Counted))
            case "cohort.assigned":
                await self._assigning.take(msgspec.convert(entry.data, Telling))
            case "cohort.joined":
                told = msgspec.convert(entry.data, Membership)
                await self._assigning.tell(told.cohort_id, told.learner_id)
            case "cohort.left":
                await self._assigning.left(msgspec.convert(entry.data, Membership))
