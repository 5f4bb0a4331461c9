"""The progress service, wired; read it first."""

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from services.content.contract import CatalogApi, ComparingApi, MarkingApi
from services.kit.capabilities import Capabilities
from services.kit.clock import Clock, utc_now
from services.kit.consumer import Consumer
from services.kit.errors import Unavailable
from services.kit.health import Health
from services.kit.identity import Identity
from services.kit.metrics import Measure, metrics_route
from services.kit.mongo import Database, Mongo
from services.kit.outbox import Outbox
from services.kit.records import FeedApi
from services.kit.rpc import Peer, connect
from services.progress.app.closed import Closed
from services.progress.app.counsel import Counsel
from services.progress.consumer import Hearing
from services.progress.endpoints import internal_routes, public_routes
from services.progress.repository import (
    MongoAcross,
    MongoCohorts,
    MongoStandings,
    MongoStore,
    Regrades,
)
from services.progress.settings import Settings
from services.progress.use_cases.appending import Appender
from services.progress.use_cases.assigning import Assigning
from services.progress.use_cases.cohort_reports import Reports
from services.progress.use_cases.cohorts import CohortUseCases
from services.progress.use_cases.facts import Facts
from services.progress.use_cases.heads import Heads
from services.progress.use_cases.homes import Homes
from services.progress.use_cases.impact import Impacts
from services.progress.use_cases.projecting import Projector
from services.progress.use_cases.pulling import Puller, new_epoch
from services.progress.use_cases.reading import Learners
from services.progress.use_cases.regrading import Corrections, Regrading
from services.progress.use_cases.store import LearnerDocument
from services.progress.use_cases.sweeping import Sweeper
from services.progress.use_cases.syncing import Syncing
from services.progress.use_cases.tracking import Tracking

REPORTS = "morsel progress: reports"
EXPORTS = "morsel progress: exports"
"""What the keys of capability URLs are derived for."""
SWEEP_SECONDS = 1.0
"""How often a document that nobody projected is looked for."""
REST_SECONDS = 0.5
"""For how long one may wait for the process that wrote it: with the look after, under 2 s."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ContentDoors:
    """What this service asks of content: implementations in one process, clients in several."""

    catalog: CatalogApi
    marking: MarkingApi
    comparing: ComparingApi
    feed: FeedApi


class Progress:
    """The progress service: its contract's Protocols, and its feed."""

    def __init__(
        self,
        settings: Settings,
        mongo: Mongo,
        content: ContentDoors,
        *,
        clock: Clock = utc_now,
    ) -> None:
        """Wire the parts, top to bottom; nothing opens yet."""
        database = mongo.database(settings.database)
        self.store = MongoStore(database)
        facts = Facts(content.marking)
        heads = Heads(self.store)
        self._projector = Projector(self.store, facts, wake=self.feed.wake, moved=heads.moved)
        self._sweeper = Sweeper(self.store, self._projector)
        self._puller = Puller(self.store, key=_secret(settings), clock=clock)
        appender = Appender(self.store, self._projector, facts, content.marking, clock)
        self.learners = Learners(self.store, self._projector, heads)
        self.homes = Homes(self.store, self._projector, facts, clock)
        self._closed = Closed(
            database, self.store, projector=self._projector, appender=appender, clock=clock
        )
        self.leaving = self._closed.leaving(self.learners, _capabilities(settings, EXPORTS, clock))
        self.tracking = Tracking(
            self.store,
            appender,
            syncing=Syncing(self.store, appender, self._puller, facts, clock),
            claiming=self._closed.claiming,
            catalog=content.catalog,
            clock=clock,
        )
        across, self._regrades = MongoAcross(database), Regrades(database)
        corrections = Corrections(across, content.comparing, clock)
        self.impact = Impacts(across, corrections, facts)
        self._groups = _Groups(
            settings, database, appender, store=self.store, catalog=content.catalog, clock=clock
        )
        self._counsel = Counsel(database, self.store, self._projector, facts)
        self.advice, self.health = self._counsel.roles(content.catalog, clock)
        self.cohorts, self.reports = self._groups.cohorts, self._groups.reports
        self.steps, self.assignments = self._regrades.feed, self._groups.members.feed
        self.hearing = Hearing(
            Regrading(across, self._regrades, appender, corrections, content.catalog),
            self._groups.assigning,
            self._counsel.tallies,
        )
        self._consumers = self._listening(content.feed)
        self._sweep: asyncio.Task[None] | None = None

    @property
    def feed(self) -> Outbox:
        """Return what happened in courses and to learners."""
        return self.store.outbox

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Return what brings the metrics of the outboxes up to date."""
        return tuple(each.measure for each in (self.feed, self.steps, self.assignments))

    @property
    def routes(self) -> list[BaseRoute]:
        """Return what anybody may ask over HTTP."""
        return public_routes(self.reports, self.leaving.exporting)

    async def prepare(self) -> None:
        """Prepare the database."""
        await self.store.prepare()
        await self._regrades.prepare()
        await self._closed.exports.prepare()
        await self._groups.members.prepare()
        await self._counsel.tallies.prepare()
        self._puller.epoch = await self.store.epoch(new_epoch())

    async def start(self) -> None:
        """Prepare, and begin to sweep and to listen."""
        await self.prepare()
        self._sweep = asyncio.create_task(self._sweeping(), name="progress sweep")
        for consumer in self._consumers:
            consumer.start()

    async def sweep(self) -> None:
        """Do once what is done again and again: what a killed process left, closed logs, guests."""
        await self._sweeper.sweep(older_than=REST_SECONDS)
        await self._closed.ending.end(older_than=REST_SECONDS)

    async def stop(self) -> None:
        """Finish what is in hand and end."""
        await asyncio.gather(*(consumer.stop() for consumer in self._consumers))
        # The loop looks, too: `wait_for` of Python 3.11, in a driver, may swallow a cancel.
        task, self._sweep = self._sweep, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def refold(self, learner_id: str) -> LearnerDocument:
        """Return a learner with all state documents made again from the log."""
        return await self._projector.refold(learner_id)

    def _listening(self, content: FeedApi) -> tuple[Consumer, ...]:
        of_others = self.hearing.consumers(content, self.steps, self.assignments)
        return (*of_others, self.hearing.counting(self.feed))

    async def _sweeping(self) -> None:
        while self._sweep is not None:
            try:
                await self.sweep()
            except Unavailable as error:
                log.warning("progress.sweep_delayed", reason=error.message)
            except Exception:
                log.exception("progress.sweep_failed")
            await asyncio.sleep(SWEEP_SECONDS)


class _Groups:
    """What cohorts are made of."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        appender: Appender,
        *,
        store: MongoStore,
        catalog: CatalogApi,
        clock: Clock,
    ) -> None:
        """Wire the parts, top to bottom."""
        self.members, origin = MongoCohorts(database), settings.public_url
        self.assigning = Assigning(self.members, appender, clock)
        self.reports = Reports(
            self.members,
            MongoStandings(database),
            store,
            catalog=catalog,
            capabilities=_capabilities(settings, REPORTS, clock),
            clock=clock,
        )
        self.cohorts = CohortUseCases(
            self.members,
            store,
            self.assigning,
            self.reports,
            catalog=catalog,
            origin=origin,
            clock=clock,
        )


def _capabilities(settings: Settings, label: str, clock: Clock) -> Capabilities:
    return Capabilities(
        origin=settings.public_url, secret=_secret(settings), label=label, clock=clock
    )


def _secret(settings: Settings) -> bytes:
    return urlsafe_b64decode(settings.cursor_key + "==")


def build(settings: Settings, mongo: Mongo, content: ContentDoors) -> Progress:
    """Return the service over this database and content's doors."""
    return Progress(settings, mongo, content)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Progress]:
    """Yield the service as a command uses it: prepared, and neither sweeping nor listening."""
    mongo = Mongo(settings.mongo_uri, app_name="progress-command", driver=settings.mongo_driver)
    content = Peer("content", settings.content_url, identity=_identity(settings))
    service = build(settings, mongo, _doors(content))
    try:
        await service.prepare()
        yield service
    finally:
        await content.close()
        await mongo.close()


def _identity(settings: Settings) -> Identity:
    return Identity(
        "progress",
        internal_key=settings.internal_key,
        internal_peers=settings.internal_peers,
    )


def _doors(content: Peer) -> ContentDoors:
    return ContentDoors(
        catalog=connect(CatalogApi, content, reads=True),
        marking=connect(MarkingApi, content, reads=True),
        comparing=connect(ComparingApi, content, reads=True),
        feed=connect(FeedApi, content),
    )


def create_app(settings: Settings) -> Starlette:
    """Return the service as a process of its own: health, and the calls of the others."""
    driver = settings.mongo_driver
    mongo = Mongo(settings.mongo_uri, app_name="progress", driver=driver)
    identity = _identity(settings)
    content = Peer("content", settings.content_url, identity=identity)
    service = build(settings, mongo, _doors(content))
    health = Health(settings.mongo_uri, app_name="progress", driver=driver)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await service.start()
        yield
        await service.stop()
        await content.close()
        await health.close()
        await mongo.close()

    internal = internal_routes(service, identity=identity)
    ours = [*health.routes(), metrics_route(*service.measures)]
    return Starlette(routes=[*ours, *internal, *service.routes], lifespan=lifespan)
