"""The whole system in one process: services and gateway, wired by passing implementations."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette

from gateway.app import create_app
from gateway.clients import Clients
from gateway.settings import Settings as GatewaySettings
from morsel.data import Data, DataInUse
from morsel.issuer import AUDIENCE, DEFAULT_PUBLIC_URL, TOKEN_PATH, development_issuer
from morsel.mongod import Mongod
from services.content import app as content
from services.content.settings import Settings as ContentSettings
from services.credentials import app as credentials
from services.credentials.settings import Settings as CredentialsSettings
from services.kit.mongo import Driver, Mongo
from services.kit.settings import load
from services.progress import app as progress
from services.progress.settings import Settings as ProgressSettings

DEMO_ORGANISATION = "morsel-academy"
DEMO_ORGANISATION_NAME = "Morsel Academy"


class System:
    """Content, progress, credentials and the gateway over one MongoDB, from `start` to `stop`."""

    def __init__(
        self, data: Data, *, mongo_uri: str, public_url: str, driver: Driver = Driver.MOTOR
    ) -> None:
        """Wire everything; nothing opens yet."""
        env = environment(data, mongo_uri=mongo_uri, public_url=public_url, driver=driver)
        self._mongo = Mongo(mongo_uri, app_name="morsel", driver=driver)
        self.issuer = development_issuer(data, public_url)
        self.content = content.build(load(ContentSettings, env), self._mongo)
        self.progress = progress.build(
            load(ProgressSettings, env),
            self._mongo,
            _doors(self.content),
        )
        self.credentials = credentials.build(
            load(CredentialsSettings, env),
            self._mongo,
            credentials.Doors(
                catalog=self.content.catalog,
                pathways=self.content.pathways,
                uploads=self.content.uploads,
                content_feed=self.content.feed,
                progress_feed=self.progress.feed,
                tracking=self.progress.tracking,
                learners=self.progress.learners,
                advice=self.progress.advice,
            ),
        )
        self.app = self._gateway(load(GatewaySettings, env), public_url)

    async def start(self) -> None:
        """Start the services in the order in which they need each other."""
        for service in (self.content, self.progress, self.credentials):
            await service.start()

    async def stop(self) -> None:
        """Stop them the other way round."""
        for service in (self.credentials, self.progress, self.content):
            await service.stop()
        await self._mongo.close()

    def _gateway(self, settings: GatewaySettings, public_url: str) -> Starlette:
        clients = Clients(
            catalog=self.content.catalog,
            authoring=self.content.authoring,
            pathways=self.content.pathways,
            tracking=self.progress.tracking,
            learners=self.progress.learners,
            homes=self.progress.homes,
            impact=self.progress.impact,
            cohorts=self.progress.cohorts,
            leaving=self.progress.leaving,
            advice=self.progress.advice,
            health=self.progress.health,
            credentials=self.credentials.credentials,
            sharing=self.credentials.sharing,
            talent=self.credentials.finding,
            issued=self.credentials.listing,
            bulk=self.credentials.bulk,
            issuers=self.credentials.describing,
            endorsing=self.credentials.endorsing,
            statuses=self.credentials.statuses,
            refreshing=self.credentials.refreshing,
            verifying=self.credentials.verifying,
            uploads=self.content.uploads,
        )
        public = [
            *self.content.routes,
            *self.progress.routes,
            *self.credentials.routes,
            *self.issuer.routes(public_url),
        ]
        return create_app(
            settings,
            clients,
            routes=public,
            keys=self.issuer.keys,
            measures=[
                service.feed.measure for service in (self.content, self.progress, self.credentials)
            ],
        )


def environment(
    data: Data, *, mongo_uri: str, public_url: str, driver: Driver = Driver.MOTOR
) -> Mapping[str, str]:
    """Return what all processes are told by `MORSEL_*`: addresses and secrets."""
    secrets = ("learner_key", "guest_key", "cursor_key", "sealing_key", "internal_key")
    return {
        "MORSEL_MONGO_URI": mongo_uri,
        "MORSEL_MONGO_DRIVER": driver,
        "MORSEL_PUBLIC_URL": public_url,
        "MORSEL_OIDC_ISSUER": development_issuer(data, public_url).url,
        "MORSEL_OIDC_AUDIENCE": AUDIENCE,
        "MORSEL_ORGANISATION": DEMO_ORGANISATION,
        "MORSEL_ORGANISATION_NAMES": f"{DEMO_ORGANISATION}={DEMO_ORGANISATION_NAME}",
        "MORSEL_EXPLORER": "true",
        "MORSEL_EXPLORER_SIGN_IN": TOKEN_PATH,
        "MORSEL_ALLOW_AD_HOC": "true",
        "MORSEL_ALLOW_INTROSPECTION": "true",
        "MORSEL_HIDE_SUGGESTIONS": "false",
        **{f"MORSEL_{name.upper()}": data.key(name) for name in secrets},
    }


@asynccontextmanager
async def owned_mongo(data: Data, given: str | None) -> AsyncIterator[str]:
    """Hold the data folder and yield MongoDB's address: the one given, or an embedded mongod's."""
    async with AsyncExitStack() as stack:
        stack.enter_context(data.lock())
        uri = given or (await stack.enter_async_context(Mongod(data.mongo_folder))).uri
        data.mongo_uri_file.write_text(uri, encoding="utf-8")
        stack.callback(data.mongo_uri_file.unlink, missing_ok=True)
        yield uri


@asynccontextmanager
async def shared_mongo(data: Data, given: str | None) -> AsyncIterator[str]:
    """Yield MongoDB's address; while `morsel up` holds the folder it is the running one's."""
    async with AsyncExitStack() as stack:
        try:
            uri = await stack.enter_async_context(owned_mongo(data, given))
        except DataInUse:
            if not data.mongo_uri_file.exists():
                raise
            uri = data.mongo_uri_file.read_text(encoding="utf-8")
        yield uri


@asynccontextmanager
async def progress_alone(data: Data, given: str | None) -> AsyncIterator[progress.Progress]:
    """Yield progress over content, prepared and not running, for a command that refolds."""
    async with shared_mongo(data, given) as mongo_uri:
        env = environment(data, mongo_uri=mongo_uri, public_url=DEFAULT_PUBLIC_URL)
        mongo = Mongo(mongo_uri, app_name="morsel-command")
        below = content.build(load(ContentSettings, env), mongo)
        service = progress.build(load(ProgressSettings, env), mongo, _doors(below))
        try:
            await service.prepare()
            yield service
        finally:
            await mongo.close()


def _doors(below: content.Content) -> progress.ContentDoors:
    return progress.ContentDoors(
        catalog=below.catalog,
        marking=below.marking,
        comparing=below.comparing,
        feed=below.feed,
    )


@asynccontextmanager
async def content_alone(data: Data, given: str | None) -> AsyncIterator[content.Content]:
    """Yield the content service without the others, for a command that imports."""
    async with shared_mongo(data, given) as mongo_uri:
        env = environment(data, mongo_uri=mongo_uri, public_url=DEFAULT_PUBLIC_URL)
        mongo = Mongo(mongo_uri, app_name="morsel-command")
        service = content.build(load(ContentSettings, env), mongo)
        await service.start()
        yield service
        await service.stop()
        await mongo.close()
