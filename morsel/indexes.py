"""`morsel indexes`: makes the indexes of all services, and shards what is sharded."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import ClassVar

import uvloop
from rich.console import Console

from morsel.data import Data
from morsel.sharding import CONTENT, CREDENTIALS, PROGRESS, Keys, sharded
from morsel.system import shared_mongo
from services.content import app as content
from services.content.settings import Settings as ContentSettings
from services.credentials import app as credentials
from services.kit.mongo import Driver, Mongo
from services.kit.records import Record
from services.kit.settings import load, variable
from services.progress import app as progress
from services.progress.settings import Settings as ProgressSettings

NO_SHARDS = (
    "This MongoDB is no sharded cluster (no mongos answers here): nothing was sharded, and nothing "
    "needs to be. Through the mongos of a cluster the same command does this:"
)


class Settings(Record):
    """What a job needs to know."""

    HELP: ClassVar[dict[str, str]] = {
        "mongo_uri": "the address of MongoDB, such as mongodb://host:27017/?replicaSet=rs0",
        "mongo_driver": "motor or pymongo: the library that speaks to MongoDB",
        "content_database": "the name of content's database",
        "progress_database": "the name of progress' database",
        "credentials_database": "the name of credentials' database",
    }

    mongo_uri: str
    mongo_driver: Driver = Driver.MOTOR
    content_database: str = "morsel_content"
    progress_database: str = "morsel_progress"
    credentials_database: str = "morsel_credentials"

    @property
    def keys(self) -> Mapping[str, Keys]:
        """Return the shard keys by database."""
        return {
            self.content_database: CONTENT,
            self.progress_database: PROGRESS,
            self.credentials_database: CREDENTIALS,
        }


def main(*, data: Data, mongo: str | None, shard: bool) -> int:
    """Make what is not there yet, and say what was done; may be repeated."""
    uvloop.run(_run(data, mongo, shard=shard))
    return 0


async def _run(data: Data, mongo: str | None, *, shard: bool) -> None:
    out = Console(soft_wrap=True, highlight=False, markup=False)
    async with _settings(data, mongo) as settings:
        client = Mongo(settings.mongo_uri, app_name="morsel-indexes", driver=settings.mongo_driver)
        try:
            await client.ping()  # an index may take long, and a wrong address should not
            await create(settings, client)
            out.print(f"Indexes are in place: {', '.join(settings.keys)}")
            if shard:
                await _shard(settings, client, out)
        finally:
            await client.close()


async def create(settings: Settings, client: Mongo) -> None:
    """Make the indexes of all services that are not there yet."""
    uri = settings.mongo_uri
    library = content.build(
        ContentSettings(mongo_uri=uri, public_url="", database=settings.content_database), client
    )
    await library.prepare()
    learners = progress.build(
        ProgressSettings(
            mongo_uri=uri, public_url="", cursor_key="", database=settings.progress_database
        ),
        client,
        progress.ContentDoors(
            catalog=library.catalog,
            marking=library.marking,
            comparing=library.comparing,
            feed=library.feed,
        ),
    )
    await learners.prepare()
    await credentials.create_indexes(client.database(settings.credentials_database))


async def _shard(settings: Settings, client: Mongo, out: Console) -> None:
    """Shard through a mongos; elsewhere say what would be done."""
    is_router = await client.is_router()
    if not is_router:
        out.print(NO_SHARDS)
    for one in sharded(settings.keys):
        if is_router:
            await client.shard(one.database, one.collection, one.key)
        out.print(one.command)


@asynccontextmanager
async def _settings(data: Data, mongo: str | None) -> AsyncIterator[Settings]:
    """Yield what `MORSEL_*` says, as in a pod; else an address given, or a data folder's."""
    told = variable("mongo_uri")
    if mongo is None and (told in os.environ or f"{told}_FILE" in os.environ):
        yield load(Settings, os.environ)
        return
    async with shared_mongo(data, mongo) as uri:
        yield load(Settings, {**os.environ, told: uri})
