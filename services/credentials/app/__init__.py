"""The credentials service, wired; read it first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from services.content.contract import CatalogApi, PathwaysApi, UploadsApi
from services.credentials.app.awarding import Awarding
from services.credentials.app.holding import Holding
from services.credentials.app.people import People
from services.credentials.app.signing import Signing, make_means
from services.credentials.app.vouching import Vouching, make_judge, make_sources
from services.credentials.consumer import Hearing
from services.credentials.contract import (
    BulkApi,
    CredentialsApi,
    EndorsingApi,
    IssuedApi,
    IssuersApi,
    OrganisationApi,
    RefreshApi,
    SharingApi,
    StatusApi,
    TalentApi,
    VerifyingApi,
)
from services.credentials.endpoints import internal_routes, public_routes
from services.credentials.media.press import Press
from services.credentials.repository.endorsements import EndorsementBook
from services.credentials.repository.issued import IssuedPages
from services.credentials.repository.issuers import IssuerBook
from services.credentials.repository.lists import Lists
from services.credentials.repository.shares import Shares
from services.credentials.repository.signatures import Signatures
from services.credentials.repository.store import Store
from services.credentials.repository.talent import Talents
from services.credentials.repository.wheel import font_folders, load_contexts
from services.credentials.settings import Settings
from services.credentials.use_cases.describing import Describing
from services.credentials.use_cases.forms import Forms
from services.credentials.use_cases.organisations import Organisations
from services.credentials.use_cases.publishing import Publisher
from services.credentials.use_cases.reading import Reading
from services.credentials.use_cases.sources import Judge, Sources
from services.credentials.use_cases.verifying import Verifying
from services.kit.clock import utc_now
from services.kit.health import Health
from services.kit.identity import Identity
from services.kit.metrics import metrics_route
from services.kit.mongo import Database, Mongo
from services.kit.records import FeedApi
from services.kit.rpc import Peer, connect
from services.progress.contract import AdviceApi, LearnerApi, TrackingApi


@dataclass(frozen=True, slots=True)
class Doors:
    """What credentials asks of content and progress: their Protocols, and their feeds."""

    catalog: CatalogApi
    pathways: PathwaysApi
    uploads: UploadsApi
    content_feed: FeedApi
    tracking: TrackingApi
    learners: LearnerApi
    advice: AdviceApi
    progress_feed: FeedApi


class Credentials:
    """The credentials service: CredentialsApi, VerifyingApi, its feed and its public routes."""

    def __init__(self, settings: Settings, mongo: Mongo, doors: Doors) -> None:
        """Wire the parts, top to bottom; nothing opens yet."""
        self._organisation = settings.organisation
        database = mongo.database(settings.database)
        self._store = store = Store(database)
        contexts = load_contexts()
        means = make_means(settings, contexts)
        self._signing = signing = Signing(settings, database, means)
        self.issuers, self.rotating = signing.issuers, signing.rotating
        self.lists = signing.lists
        signed, self.organisations = signing.signed, Organisations(self.issuers)
        self.describing = Describing(self.issuers, doors.uploads)
        judge = make_judge(settings)
        sources = make_sources(settings, signed, judge, issuers=self.issuers, contexts=contexts)
        self._vouching = vouching = Vouching(signing, store, sources, judge, means=means)
        self.endorsing, self.compromise = vouching.endorsing, vouching.compromise
        awarding = Awarding(
            store,
            signing,
            vouching.embedding,
            catalog=doors.catalog,
            pathways=doors.pathways,
            learners=doors.learners,
            means=means,
        )
        self.issuing, self.stacking = awarding.issuing, awarding.stacking
        self._holding = holding = Holding(
            store, signing, vouching.embedding, means=means, advice=doors.advice
        )
        self.credentials, self.retaining = holding.reading, holding.retaining
        self.statuses, self.refreshing = holding.statuses, holding.refreshing
        self.sharing, self.listing = holding.sharing, holding.listing
        self.bulk = awarding.bulk(self.credentials, key=settings.sealing_bytes())
        self._people = people = People(database, store, holding, self.issuers, means=means)
        self.finding = people.finding(settings, doors.advice, doors.learners)
        self.forms = _forms(store, signing, sources, doors.catalog, self.credentials)
        self.verifying = _verifying(settings, sources, judge, self.credentials, doors.catalog)
        self.feed = store.outbox
        self.hearing = Hearing(
            self.issuing,
            self.stacking,
            statuses=self.statuses,
            erasing=awarding.erasing,
            finding=self.finding,
            tracking=doors.tracking,
        )
        self._publisher = Publisher(signing.lists)
        feeds = (doors.content_feed, doors.progress_feed, self.feed)
        self._consumers = self.hearing.consumers(*feeds)

    @property
    def routes(self) -> list[BaseRoute]:
        """Return what anybody may ask over HTTP: documents for verifiers, and pages for people."""
        documents = public_routes(self.credentials, self.forms, organisation=self._organisation)
        return [*documents, *self._people.pages(self.verifying, self.forms)]

    async def prepare(self) -> None:
        """Prepare the database, and make the first issuer's key where there is none."""
        await self._store.create_indexes()
        await self._signing.create_indexes()
        await self._holding.create_indexes()
        await self._people.create_indexes()
        await self._vouching.create_indexes()
        await self.issuers.ensure(self._organisation)

    async def start(self) -> None:
        """Prepare, and begin to listen."""
        await self.prepare()
        self._publisher.start()
        for consumer in self._consumers:
            consumer.start()

    async def stop(self) -> None:
        """Finish what is in hand and end."""
        await asyncio.gather(*(consumer.stop() for consumer in self._consumers))
        await self._publisher.stop()
        await self.verifying.stop()


def build(settings: Settings, mongo: Mongo, doors: Doors) -> Credentials:
    """Return the service on the Protocols of the others, be they implementations or clients."""
    return Credentials(settings, mongo, doors)


async def create_indexes(database: Database) -> None:
    """Create the indexes that are not there yet: for a command, which knows no secret."""
    await Store(database).create_indexes()
    await IssuerBook(database).create_indexes()
    await EndorsementBook(database).create_indexes()
    await Signatures(database).create_indexes()
    await Lists(database).create_indexes()
    await Shares(database).create_indexes()
    await IssuedPages(database).create_indexes()
    await Talents(database).create_indexes()


def _forms(
    store: Store, signing: Signing, sources: Sources, catalog: CatalogApi, reading: Reading
) -> Forms:
    return Forms(
        store,
        signing.signed,
        sources,
        catalog,
        issuers=signing.issuers,
        press=Press(font_folders()),
        capabilities=reading.capabilities,
        clock=utc_now,
    )


def _verifying(
    settings: Settings, sources: Sources, judge: Judge, files: Reading, catalog: CatalogApi
) -> Verifying:
    return Verifying(
        sources,
        judge,
        files,
        catalog,
        origin=settings.origin(),
        seconds=settings.verify_seconds,
        clock=utc_now,
    )


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
    doors = Doors(
        catalog=connect(CatalogApi, content, reads=True),
        pathways=connect(PathwaysApi, content),
        uploads=connect(UploadsApi, content),
        content_feed=connect(FeedApi, content),
        tracking=connect(TrackingApi, progress),
        learners=connect(LearnerApi, progress, reads=True),
        advice=connect(AdviceApi, progress, reads=True),
        progress_feed=connect(FeedApi, progress),
    )
    service = build(settings, mongo, doors)
    health = Health(settings.mongo_uri, app_name="credentials", driver=driver)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await service.start()
        yield
        await service.stop()
        await asyncio.gather(content.close(), progress.close())
        await health.close()
        await mongo.close()

    promised: dict[Any, Any] = {
        CredentialsApi: service.credentials,
        SharingApi: service.sharing,
        TalentApi: service.finding,
        IssuedApi: service.listing,
        BulkApi: service.bulk,
        StatusApi: service.statuses,
        RefreshApi: service.refreshing,
        VerifyingApi: service.verifying,
        OrganisationApi: service.organisations,
        EndorsingApi: service.endorsing,
        IssuersApi: service.describing,
        FeedApi: service.feed,
    }
    internal = internal_routes(promised, identity=identity)
    ours = [*health.routes(), metrics_route(service.feed.measure)]
    return Starlette(routes=[*ours, *internal, *service.routes], lifespan=lifespan)
