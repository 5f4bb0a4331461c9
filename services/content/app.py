"""The content service, wired; read it first."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from services.content.contract import (
    AuthoringApi,
    CatalogApi,
    ComparingApi,
    MarkingApi,
    PathwaysApi,
    UploadsApi,
)
from services.content.endpoints import internal_routes, public_routes
from services.content.media.encoders import Encoders
from services.content.repository import (
    Catalogue,
    Competencies,
    Courses,
    Media,
    Packs,
    Pathways,
    PointerMoves,
    Schedule,
    Uploads,
    Versions,
)
from services.content.settings import Settings
from services.content.use_cases.authoring import Authoring
from services.content.use_cases.catalog import Catalog
from services.content.use_cases.cataloguing import Cataloguing
from services.content.use_cases.comparing import Comparing
from services.content.use_cases.exporting import Exporting
from services.content.use_cases.frameworks import Frameworks
from services.content.use_cases.history import History
from services.content.use_cases.importing import Importing
from services.content.use_cases.library import Library
from services.content.use_cases.marking import Marking
from services.content.use_cases.news import News
from services.content.use_cases.packing import Packing
from services.content.use_cases.pathways import Pathmaking
from services.content.use_cases.pointers import Pointers
from services.content.use_cases.previewing import Previewing
from services.content.use_cases.publishing import Publishing
from services.content.use_cases.releasing import Releasing
from services.content.use_cases.responses import Questions
from services.content.use_cases.scheduling import Scheduling
from services.content.use_cases.sweeping import Sweeping
from services.content.use_cases.uploading import Uploading
from services.kit.capabilities import Capabilities
from services.kit.clock import Clock, utc_now
from services.kit.cors import cors, read_origins
from services.kit.health import Health
from services.kit.identity import Identity
from services.kit.metrics import metrics_route
from services.kit.mongo import Mongo
from services.kit.outbox import Outbox
from services.kit.records import FeedApi
from services.kit.telemetry import RequestLog

CATCH_UP_SECONDS = 5.0
"""How long the catalogue may stay behind a pointer whose mover broke off."""


class Content:
    """The content service: CatalogApi, AuthoringApi, MarkingApi, ComparingApi and its feed."""

    def __init__(self, settings: Settings, mongo: Mongo, *, clock: Clock = utc_now) -> None:
        """Wire the parts, top to bottom; nothing opens yet."""
        database = mongo.database(settings.database)
        courses = database.truth("courses")
        self._courses = Courses(courses)
        self._catalogue = Catalogue(courses, database.projection("catalogue"))
        self._versions = Versions(database.truth("versions"))
        self._skills = skills = Competencies(database)
        self._moves, self._schedule = PointerMoves(courses), Schedule(courses)
        files = database.files("files")
        self.media = media = Media(database.truth("media"), files)
        self._uploads = Uploads(database.truth("uploads"))
        self._encoders = _encoders(settings)
        signer, limits = _capabilities(settings, clock), settings.upload_limits()
        self.uploads = Uploading(
            self._uploads, media, files, encoder=self._encoders, capabilities=signer, limits=limits
        )
        library = Library(self._versions)
        packs = Packs(database.truth("packs"), database.truth("pack_files"))
        packing = Packing(packs, media)
        pathways = database.truth("pathways")
        self._pathways, self.feed = Pathways(pathways), Outbox([courses, pathways])
        self._news = news = News(self._moves)
        self.catalog = Catalog(self._catalogue, library, packing, media, news=news, skills=skills)
        self.frameworks = Frameworks(skills)
        questions = Questions()
        self.comparing = Comparing(library, questions, self._courses, self._versions)
        self.marking = Marking(library, questions, self.comparing.overtaken)
        self._cataloguing = Cataloguing(self._courses, self._versions, self._catalogue, skills)
        self._sweeping = _sweeping(self.uploads, self._cataloguing)
        self._publishing = Publishing(
            self._versions,
            media,
            self.comparing,
            packing,
            Pointers(self._courses, self._cataloguing, wake=self._wake),
            clock=clock,
        )
        self.scheduling = Scheduling(self._schedule, self._publishing)
        self.authoring = Authoring(
            self._courses,
            media,
            Releasing(self._publishing, self.scheduling, History(self._versions), clock=clock),
            Importing(media, self._encoders, self.uploads),
            Previewing(self.comparing, library, packing, media),
            clock=clock,
        )
        self.pathways = Pathmaking(self._pathways, self.authoring, media, wake=self.feed.wake)
        self.exporting = Exporting(self._courses, self._versions, media)
        self.routes = public_routes(media, files, packs, self.uploads)

    async def prepare(self) -> None:
        """Create the indexes that are not there yet, and finish what was left undone."""
        await self._courses.prepare()
        await self._catalogue.prepare()
        await self._versions.prepare()
        await self._uploads.prepare()
        await self._moves.prepare()
        await self._schedule.prepare()
        await self._skills.prepare()
        await self._pathways.prepare()
        await self._cataloguing.catch_up()

    async def start(self) -> None:
        """Prepare, and begin with what runs in the background."""
        await self.prepare()
        self.scheduling.start()
        for each in self._sweeping:
            each.start()

    async def stop(self) -> None:
        """End what runs in the background, and the worker processes."""
        await self.scheduling.stop()
        for each in self._sweeping:
            await each.stop()
        await self._encoders.close()

    def _wake(self) -> None:
        """Let all hear of a moved pointer who wait for one in this process."""
        self.feed.wake()
        self._news.wake()


def _encoders(settings: Settings) -> Encoders:
    return Encoders(
        workers=settings.picture_workers,
        megabytes=settings.picture_memory_mb,
        seconds=settings.picture_seconds,
    )


def _sweeping(uploads: Uploading, catalogue: Cataloguing) -> tuple[Sweeping, ...]:
    return (
        Sweeping("uploads", uploads.sweep),
        Sweeping("catalogue", catalogue.catch_up, pause=CATCH_UP_SECONDS),
    )


def _capabilities(settings: Settings, clock: Clock) -> Capabilities:
    """Return who signs the addresses of uploads; a process without a key has one of its own."""
    return Capabilities(
        origin=settings.public_url,
        secret=settings.internal_key.encode() or secrets.token_bytes(32),
        label="morsel content: addresses of uploads",
        clock=clock,
    )


def build(settings: Settings, mongo: Mongo) -> Content:
    """Return the service over this database."""
    return Content(settings, mongo)


def create_app(settings: Settings) -> Starlette:
    """Return the service as a process of its own: internal and public routes, and health."""
    identity = Identity(
        "content",
        internal_key=settings.internal_key,
        internal_peers=settings.internal_peers,
    )
    driver = settings.mongo_driver
    mongo = Mongo(settings.mongo_uri, app_name="content", driver=driver)
    content = build(settings, mongo)
    health = Health(settings.mongo_uri, app_name="content", driver=driver)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await content.start()
        yield
        await content.stop()
        await health.close()
        await mongo.close()

    doors: dict[Any, Any] = {
        AuthoringApi: content.authoring,
        CatalogApi: content.catalog,
        ComparingApi: content.comparing,
        FeedApi: content.feed,
        MarkingApi: content.marking,
        PathwaysApi: content.pathways,
        UploadsApi: content.uploads,
    }
    inside = internal_routes(doors, identity=identity)
    ours = [*health.routes(), metrics_route(content.feed.measure)]
    routes: list[BaseRoute] = [*ours, *inside, *content.routes]
    middleware = [Middleware(RequestLog), *cors(read_origins(settings.cors_origins))]
    return Starlette(routes=routes, lifespan=lifespan, middleware=middleware)
