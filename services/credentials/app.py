"""The credentials service, wired; read it first."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette

from services.content.contract import CatalogApi, PathwaysApi
from services.credentials.consumer import Hearing
from services.credentials.domain import rdf
from services.credentials.domain.contexts import Contexts
from services.credentials.endpoints import internal_routes, public_routes
from services.credentials.media.press import Press
from services.credentials.repository.erasures import Erasures
from services.credentials.repository.judging import Threads
from services.credentials.repository.shares import Shares
from services.credentials.repository.store import Store
from services.credentials.repository.web import Web
from services.credentials.repository.wheel import font_folders, load_contexts
from services.credentials.settings import Settings
from services.credentials.use_cases.erasing import Erasing
from services.credentials.use_cases.forms import Forms
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.issuing import Issuing
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.organisations import Organisations
from services.credentials.use_cases.reading import Reading
from services.credentials.use_cases.sharing import Sharing
from services.credentials.use_cases.sources import Sources
from services.credentials.use_cases.stacking import Stacking
from services.credentials.use_cases.statuslists import StatusLists
from services.credentials.use_cases.verifying import Verifying
from services.kit.capabilities import Capabilities
from services.kit.clock import utc_now
from services.kit.health import Health
from services.kit.identity import Identity
from services.kit.metrics import metrics_route
from services.kit.mongo import Database, Mongo
from services.kit.records import FeedApi
from services.kit.rpc import Peer, connect
from services.progress.contract import LearnerApi, TrackingApi

CAPABILITIES = "morsel credentials: capability URLs"


class Credentials:
    """The credentials service: CredentialsApi, VerifyingApi, its feed and its public routes."""

    def __init__(  # noqa: PLR0913 - one keyword for each Protocol of the others
        self,
        settings: Settings,
        mongo: Mongo,
        *,
        catalog: CatalogApi,
        pathways: PathwaysApi,
        content_feed: FeedApi,
        progress_feed: FeedApi,
        tracking: TrackingApi,
        learners: LearnerApi,
    ) -> None:
        """Wire the parts, top to bottom; nothing opens yet."""
        self._organisation = settings.organisation
        database = mongo.database(settings.database)
        self._store = store = Store(database)
        contexts = load_contexts()
        means = _means(contexts)
        self.issuers = _issuers(settings, store, means)
        self.organisations = Organisations(self.issuers)
        lists = StatusLists(store, self.issuers, means)
        erasing = Erasing(store, Erasures(database), lists)
        self.issuing = Issuing(
            store, catalog, issuers=self.issuers, lists=lists, erasing=erasing, means=means
        )
        self.stacking = Stacking(
            store,
            self.issuing,
            catalog=catalog,
            pathways=pathways,
            learners=learners,
            clock=means.clock,
        )
        self.credentials = _reading(settings, store, self.issuers)
        self._shares = Shares(database)
        self.sharing = Sharing(store, self._shares, reading=self.credentials, means=means)
        self.forms = _forms(store, self.issuers, self.credentials.capabilities)
        self.verifying = _verifying(
            settings,
            store,
            issuers=self.issuers,
            files=self.credentials,
            catalog=catalog,
            contexts=contexts,
        )
        self.feed = store.outbox
        self.routes = public_routes(self.credentials, self.forms, organisation=self._organisation)
        self.hearing = Hearing(self.issuing, self.stacking, erasing, tracking)
        self._consumers = self.hearing.consumers(content_feed, progress_feed, self.feed)

    async def prepare(self) -> None:
        """Prepare the database, and make the first issuer's key where there is none."""
        await self._store.create_indexes()
        await self._shares.create_indexes()
        await self.issuers.ensure(self._organisation)

    async def start(self) -> None:
        """Prepare, and begin to listen."""
        await self.prepare()
        for consumer in self._consumers:
            consumer.start()

    async def stop(self) -> None:
        """Finish what is in hand and end."""
        await asyncio.gather(*(consumer.stop() for consumer in self._consumers))


def build(  # noqa: PLR0913 - one keyword for each Protocol of the others
    settings: Settings,
    mongo: Mongo,
    *,
    catalog: CatalogApi,
    pathways: PathwaysApi,
    content_feed: FeedApi,
    progress_feed: FeedApi,
    tracking: TrackingApi,
    learners: LearnerApi,
) -> Credentials:
    """Return the service on the Protocols of the others, be they implementations or clients."""
    return Credentials(
        settings,
        mongo,
        catalog=catalog,
        pathways=pathways,
        content_feed=content_feed,
        progress_feed=progress_feed,
        tracking=tracking,
        learners=learners,
    )


async def create_indexes(database: Database) -> None:
    """Create the indexes that are not there yet: for a command, which knows no secret."""
    await Store(database).create_indexes()
    await Shares(database).create_indexes()


async def open_organisations(settings: Settings, mongo: Mongo) -> Organisations:
    """Return OrganisationApi alone, for a command; Invalid when the sealing key is not theirs."""
    store = Store(mongo.database(settings.database))
    await store.create_indexes()
    issuers = _issuers(settings, store, _means(load_contexts()))
    issuers.signer(await issuers.ensure(settings.organisation))
    return Organisations(issuers)


def _reading(settings: Settings, store: Store, issuers: Issuers) -> Reading:
    capabilities = Capabilities(
        origin=settings.origin(),
        secret=settings.sealing_bytes(),
        label=CAPABILITIES,
        clock=utc_now,
    )
    return Reading(store, issuers, capabilities=capabilities, clock=utc_now)


def _issuers(settings: Settings, store: Store, means: Means) -> Issuers:
    return Issuers(
        store,
        origin=settings.origin(),
        names=settings.names(),
        sealing_key=settings.sealing_bytes(),
        means=means,
    )


def _forms(store: Store, issuers: Issuers, capabilities: Capabilities) -> Forms:
    press = Press(font_folders())
    return Forms(store, issuers, press=press, capabilities=capabilities, clock=utc_now)


def _verifying(
    settings: Settings,
    store: Store,
    *,
    issuers: Issuers,
    files: Reading,
    catalog: CatalogApi,
    contexts: Contexts,
) -> Verifying:
    judge, origin = Threads(), settings.origin()
    sources = Sources(
        store,
        Web(exempt=(origin, *settings.fetched_origins())),
        judge,
        issuers=issuers,
        contexts=contexts,
        clock=utc_now,
    )
    return Verifying(sources, judge, files, catalog, origin=origin, seconds=settings.verify_seconds)


def _means(contexts: Contexts) -> Means:
    canonicalise = partial(rdf.canonical, contexts=contexts)
    return Means(clock=utc_now, random=os.urandom, canonicalise=canonicalise)


def create_app(settings: Settings) -> Starlette:
    """Return the service as a process of its own: health, internal calls and public routes."""
    driver = settings.mongo_driver
    mongo = Mongo(settings.mongo_uri, app_name="credentials", driver=driver)
    identity = Identity(
        "credentials",
        internal_key=settings.internal_key,
        internal_peers=settings.internal_peers,
    )
    content = Peer("content", settings.content_url, identity=identity)
    progress = Peer("progress", settings.progress_url, identity=identity)
    service = build(
        settings,
        mongo,
        catalog=connect(CatalogApi, content, reads=True),
        pathways=connect(PathwaysApi, content),
        content_feed=connect(FeedApi, content),
        progress_feed=connect(FeedApi, progress),
        tracking=connect(TrackingApi, progress),
        learners=connect(LearnerApi, progress, reads=True),
    )
    health = Health(settings.mongo_uri, app_name="credentials", driver=driver)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await service.start()
        yield
        await service.stop()
        await asyncio.gather(content.close(), progress.close())
        await health.close()
        await mongo.close()

    internal = internal_routes(
        credentials=service.credentials,
        sharing=service.sharing,
        verifying=service.verifying,
        organisations=service.organisations,
        feed=service.feed,
        identity=identity,
    )
    ours = [*health.routes(), metrics_route(service.feed.measure)]
    return Starlette(routes=[*ours, *internal, *service.routes], lifespan=lifespan)
