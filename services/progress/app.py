"""The progress service, wired; read it first."""

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from services.content.contract import CatalogApi, MarkingApi
from services.kit.clock import Clock, utc_now
from services.kit.errors import Unavailable
from services.kit.health import Health
from services.kit.identity import Identity
from services.kit.metrics import metrics_route
from services.kit.mongo import Mongo
from services.kit.rpc import Peer, connect
from services.progress.endpoints import internal_routes
from services.progress.repository import MongoStore
from services.progress.settings import Settings
from services.progress.use_cases.appending import Appender
from services.progress.use_cases.claiming import Claiming
from services.progress.use_cases.facts import Facts
from services.progress.use_cases.heads import Heads
from services.progress.use_cases.projecting import Projector, Sweeper
from services.progress.use_cases.pulling import Puller, new_epoch
from services.progress.use_cases.reading import Learners
from services.progress.use_cases.syncing import Syncing
from services.progress.use_cases.tracking import Tracking

SWEEP_SECONDS = 1.0
"""How often, and after how long, a document that nobody projected is looked for."""

log = structlog.get_logger(__name__)


class Progress:
    """The progress service: TrackingApi, LearnerApi and its feed."""

    def __init__(
        self,
        settings: Settings,
        mongo: Mongo,
        *,
        catalog: CatalogApi,
        marking: MarkingApi,
        clock: Clock = utc_now,
    ) -> None:
        """Wire the parts, top to bottom; nothing opens yet."""
        self.store = MongoStore(mongo.database(settings.database))
        self.feed = self.store.outbox
        facts = Facts(marking)
        heads = Heads(self.store)
        self._projector = Projector(
            self.store, facts, clock, wake=self.store.outbox.wake, moved=heads.moved
        )
        self._sweeper = Sweeper(self.store, self._projector, clock)
        self._puller = Puller(self.store, key=urlsafe_b64decode(settings.cursor_key + "=="))
        appender = Appender(self.store, self._projector, facts, marking, clock)
        self.learners = Learners(self.store, heads)
        self.tracking = Tracking(
            self.store,
            appender,
            syncing=Syncing(self.store, appender, self._puller, facts, clock),
            claiming=Claiming(self.store, self._projector, appender, clock),
            catalog=catalog,
            clock=clock,
        )
        self.routes: list[BaseRoute] = []
        self._sweep: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Prepare the database and begin to sweep."""
        await self.store.prepare()
        self._puller.epoch = await self.store.epoch(new_epoch())
        self._sweep = asyncio.create_task(self._sweeping(), name="progress sweep")

    async def stop(self) -> None:
        """End the sweep."""
        if self._sweep is not None:
            self._sweep.cancel()
            with suppress(asyncio.CancelledError):
                await self._sweep

    async def _sweeping(self) -> None:
        while True:
            try:
                await self._sweeper.sweep(older_than=SWEEP_SECONDS)
            except Unavailable as error:
                log.warning("progress.sweep_delayed", reason=error.message)
            except Exception:
                log.exception("progress.sweep_failed")
            await asyncio.sleep(SWEEP_SECONDS)


def build(
    settings: Settings, mongo: Mongo, *, catalog: CatalogApi, marking: MarkingApi
) -> Progress:
    """Return the service over this database and the other services' doors."""
    return Progress(settings, mongo, catalog=catalog, marking=marking)


def create_app(settings: Settings) -> Starlette:
    """Return the service as a process of its own: health, and the calls of the others."""
    driver = settings.mongo_driver
    mongo = Mongo(settings.mongo_uri, app_name="progress", driver=driver)
    identity = Identity(
        "progress",
        internal_key=settings.internal_key,
        internal_peers=settings.internal_peers,
    )
    content = Peer("content", settings.content_url, identity=identity)
    service = build(
        settings,
        mongo,
        catalog=connect(CatalogApi, content, reads=True),
        marking=connect(MarkingApi, content, reads=True),
    )
    health = Health(settings.mongo_uri, app_name="progress", driver=driver)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await service.start()
        yield
        await service.stop()
        await content.close()
        await health.close()
        await mongo.close()

    internal = internal_routes(
        tracking=service.tracking,
        learners=service.learners,
        feed=service.feed,
        identity=identity,
    )
    ours = [*health.routes(), metrics_route(service.feed.measure)]
    return Starlette(routes=[*ours, *internal, *service.routes], lifespan=lifespan)
