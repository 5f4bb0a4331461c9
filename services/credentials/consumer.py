"""What this service hears: courses published, courses completed, and its own news for progress."""

from datetime import datetime

import msgspec

from services.credentials.domain.records import Completion
from services.credentials.use_cases.erasing import Erasing
from services.credentials.use_cases.finding import Finding
from services.credentials.use_cases.issuing import Issuing
from services.credentials.use_cases.news import CHANGED, ISSUED
from services.credentials.use_cases.stacking import CONTINUED, Stacking
from services.credentials.use_cases.statuses import Statuses
from services.kit.consumer import Consumer
from services.kit.records import FeedApi, OutboxEntry, Record
from services.progress.contract import ServerEvent, TrackingApi

NAME = "credentials"
"""Under which this service consumes every feed."""


class Published(Record, rename="camel"):
    """The entry `content.published`."""

    version_id: str


class Saved(Record, rename="camel"):
    """The entry `pathway.saved`, and `pathway.continued`: the learners after one."""

    pathway_id: str
    after: str = ""


class Learner(Record, rename="camel"):
    """The entries `learner.erased` and `learner.findable` of progress."""

    learner_id: str


class News(Record, rename="camel"):
    """An entry `credential.*`; all of its data but the learner is the event's body."""

    learner_id: str
    credential_id: str
    issued_at: datetime
    changed_at: datetime | None = None
    waits: bool = False


class Hearing:
    """Deals with entries of all three feeds; each may come twice."""

    def __init__(
        self,
        issuing: Issuing,
        stacking: Stacking,
        *,
        statuses: Statuses,
        erasing: Erasing,
        finding: Finding,
        tracking: TrackingApi,
    ) -> None:
        """Keep who issues, who publishes, who erases, who is found, and whom to tell."""
        self._erasing = erasing
        self._finding = finding
        self._issuing = issuing
        self._stacking = stacking
        self._statuses = statuses
        self._tracking = tracking

    def consumers(self, *feeds: FeedApi) -> tuple[Consumer, ...]:
        """Return a consumer for each feed."""
        return tuple(Consumer(feed, NAME, self.handle) for feed in feeds)

    async def handle(self, entry: OutboxEntry) -> None:
        """Deal with one entry; of a type that is not known, there is nothing to do."""
        if entry.type == "content.published":
            await self._issuing.define(msgspec.convert(entry.data, Published).version_id)
        elif entry.type == "course.completed":
            completion = msgspec.convert(entry.data, Completion)
            await self._issuing.award(completion)
            await self._stacking.award(completion)
        elif entry.type in ("pathway.saved", CONTINUED):
            saved = msgspec.convert(entry.data, Saved)
            await self._stacking.define(saved.pathway_id, after=saved.after)
        elif entry.type == "learner.erased":
            await self._erasing.erase(msgspec.convert(entry.data, Learner).learner_id)
        elif entry.type == "learner.findable":
            await self._finding.index(msgspec.convert(entry.data, Learner).learner_id)
        elif entry.type == ISSUED or entry.type in CHANGED:
            await self._tell(entry, msgspec.convert(entry.data, News))

    async def _tell(self, entry: OutboxEntry, news: News) -> None:
        """Deal with news of this service's own: the lists, who is found by it, and the log."""
        if entry.type in CHANGED:
            await self._statuses.settle(news.credential_id)
        if not news.waits:
            await self._finding.index(news.learner_id)
            await self._tracking.record((_event(entry),))


def _event(entry: OutboxEntry) -> ServerEvent:
    """Return the learning event of a credential; its id is the entry's, so a repeat is a no-op."""
    news = msgspec.convert(entry.data, News)
    body = {name: value for name, value in entry.data.items() if name != "learnerId"}
    return ServerEvent(
        id=entry.id,
        learner_id=news.learner_id,
        type=entry.type,
        at=news.changed_at or news.issued_at,
        body=body,
    )
