"""MongoDB behind one small surface: the only module that holds a driver.

Connection failures become `Unavailable` here, once; `pymongo.errors.DuplicateKeyError` and
`BulkWriteError` pass through, for repositories to read. Motor reached its end of life in May
2026; PyMongo's own asynchronous API succeeds it, and nothing else knows which of the two runs.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, TypeAlias

import pymongo
from gridfs import AsyncGridFSBucket
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from services.kit.mongo import servers
from services.kit.mongo.answers import awaited, translated
from services.kit.mongo.files import Files
from services.kit.mongo.pool import PoolMetrics

os.environ.setdefault("MOTOR_MAX_WORKERS", "64")
from motor.motor_asyncio import (  # after the line above: it reads it at import
    AsyncIOMotorClient,
    AsyncIOMotorDatabase,
    AsyncIOMotorGridFSBucket,
)

Document: TypeAlias = dict[str, Any]
Filter: TypeAlias = Mapping[str, Any]
Sort: TypeAlias = Sequence[tuple[str, int]]
Index: TypeAlias = pymongo.IndexModel

MAJORITY = WriteConcern(w="majority", j=True)
TIMEOUT_MS = 2_000
INDEX_SECONDS = 600  # an index over what is stored already is built before a process serves
POOL_SIZE = 100
LONG_TIMEOUT_SECONDS = 5
"""For the log of learning events: a sync may wait longer than a read."""


class Driver(StrEnum):
    """The library that speaks to MongoDB; both keep every promise of this module."""

    MOTOR = "motor"
    """Runs each operation on a thread; what is cancelled goes on there until it ends."""
    PYMONGO = "pymongo"
    """Runs on the event loop itself; what is cancelled ends at once."""


CLIENTS: dict[Driver, Any] = {
    Driver.MOTOR: AsyncIOMotorClient,
    Driver.PYMONGO: pymongo.AsyncMongoClient,
}


class Collection:
    """One collection with its concerns; a call is one round trip (`find` pages as it needs)."""

    def __init__(self, collection: Any) -> None:
        """Wrap a driver's collection."""
        self._collection = collection
        self.name: str = collection.name

    async def find_one(
        self, where: Filter, fields: Filter | None = None, *, sort: Sort | None = None
    ) -> Document | None:
        """Return the first document that matches, or None."""
        with translated(f"find in {self.name}"):
            found: Document | None = await self._collection.find_one(where, fields, sort=sort)
            return found

    async def find(
        self,
        where: Filter,
        fields: Filter | None = None,
        *,
        sort: Sort | None = None,
        skip: int = 0,
        limit: int = 0,
        hint: str | None = None,
    ) -> list[Document]:
        """Return all documents that match, at most `limit` when not 0, by the index of `hint`."""
        with translated(f"find in {self.name}"):
            cursor = self._collection.find(
                where, fields, sort=sort, skip=skip, limit=limit, hint=hint
            )
            found: list[Document] = await cursor.to_list(None)
            return found

    async def stream(
        self, where: Filter, fields: Filter | None = None, *, sort: Sort | None = None
    ) -> AsyncIterator[Document]:
        """Yield documents that match, without holding them all."""
        with translated(f"find in {self.name}"):
            async for document in self._collection.find(where, fields, sort=sort):
                yield document

    async def insert_one(self, document: Document) -> None:
        """Insert; DuplicateKeyError where a unique index has it."""
        with translated(f"insert in {self.name}"):
            await self._collection.insert_one(document)

    async def insert_many(self, documents: Sequence[Document], *, ordered: bool = False) -> None:
        """Insert all in one round trip; BulkWriteError names by position those that clash."""
        with translated(f"insert in {self.name}"):
            await self._collection.insert_many(documents, ordered=ordered)

    async def replace_one(self, where: Filter, document: Document, *, upsert: bool = False) -> bool:
        """Replace the first match; return whether anything was replaced or inserted."""
        with translated(f"replace in {self.name}"):
            result = await self._collection.replace_one(where, document, upsert=upsert)
            return bool(result.matched_count or result.upserted_id is not None)

    async def update_one(
        self, where: Filter, update: Any, *, upsert: bool = False, array_filters: Any = None
    ) -> bool:
        """Update the first match; return whether one matched or was inserted."""
        with translated(f"update in {self.name}"):
            result = await self._collection.update_one(
                where, update, upsert=upsert, array_filters=array_filters
            )
            return bool(result.matched_count or result.upserted_id is not None)

    async def upsert_all(self, updates: Sequence[tuple[Filter, Any]]) -> None:
        """Update the match of each, or insert it, in one round trip; BulkWriteError as above."""
        with translated(f"update in {self.name}"):
            writes = [pymongo.UpdateOne(where, update, upsert=True) for where, update in updates]
            await self._collection.bulk_write(writes, ordered=False)

    async def update_many(self, where: Filter, update: Any, *, array_filters: Any = None) -> int:
        """Update all matches; return how many matched."""
        with translated(f"update in {self.name}"):
            result = await self._collection.update_many(where, update, array_filters=array_filters)
            return int(result.matched_count)

    async def find_one_and_update(
        self, where: Filter, update: Any, *, upsert: bool = False, sort: Sort | None = None
    ) -> Document | None:
        """Update the first match and return it as it is afterwards, or None."""
        with translated(f"update in {self.name}"):
            found: Document | None = await self._collection.find_one_and_update(
                where,
                update,
                upsert=upsert,
                sort=sort,
                return_document=pymongo.ReturnDocument.AFTER,
            )
            return found

    async def upsert_many(self, updates: Sequence[tuple[Filter, Any]]) -> None:
        """Update or insert each in one round trip; none of them depends on another."""
        if not updates:
            return
        asked = [pymongo.UpdateOne(where, update, upsert=True) for where, update in updates]
        with translated(f"update in {self.name}"):
            await self._collection.bulk_write(asked, ordered=False)

    async def delete_many(self, where: Filter) -> int:
        """Delete all matches; return how many."""
        with translated(f"delete in {self.name}"):
            result = await self._collection.delete_many(where)
            return int(result.deleted_count)

    async def aggregate(self, pipeline: Sequence[Filter], *, hint: str = "") -> list[Document]:
        """Return what an aggregation pipeline yields, by the index of `hint`."""
        options = {"hint": hint} if hint else {}
        with translated(f"aggregate in {self.name}"):
            cursor = await awaited(self._collection.aggregate(pipeline, **options))
            found: list[Document] = await cursor.to_list(None)
            return found

    async def count(self, where: Filter, *, hint: str | None = None) -> int:
        """Return how many documents match, by the index of `hint`."""
        options = {} if hint is None else {"hint": hint}
        with translated(f"count in {self.name}"):
            return int(await self._collection.count_documents(where, **options))

    async def size(self) -> int:
        """Return how many documents there are, as the server keeps count."""
        with translated(f"count {self.name}"):
            return int(await self._collection.estimated_document_count())

    async def create_indexes(self, indexes: Sequence[Index]) -> None:
        """Create indexes that are not there yet; building one may take INDEX_SECONDS."""
        with translated(f"index {self.name}"):
            await self._collection.database.command("ping")  # who is away is not waited for so long
            with pymongo.timeout(INDEX_SECONDS):
                await self._collection.create_indexes(list(indexes))


class Database:
    """One service's database."""

    def __init__(self, database: Any) -> None:
        """Wrap a driver's database."""
        self._database = database
        self.name: str = database.name

    def truth(self, name: str) -> Collection:
        """Return a collection of the truth: majority writes and reads, for the log and the like."""
        return self._with(name, MAJORITY, ReadConcern("majority"))

    def projection(self, name: str) -> Collection:
        """Return a collection that the truth can rebuild: w:1, journaled, read from the primary."""
        return self._with(name, WriteConcern(w=1, j=True), ReadConcern("local"))

    def files(self, name: str) -> Files:
        """Return a bucket of files, written with majority."""
        is_motor = isinstance(self._database, AsyncIOMotorDatabase)
        bucket = AsyncIOMotorGridFSBucket if is_motor else AsyncGridFSBucket
        return Files(
            partial(bucket, self._database, bucket_name=name, write_concern=MAJORITY),
            files=self.truth(f"{name}.files"),
            chunks=self.truth(f"{name}.chunks"),
        )

    def _with(self, name: str, write: WriteConcern, read: ReadConcern) -> Collection:
        return Collection(
            self._database.get_collection(name, write_concern=write, read_concern=read)
        )

    async def drop(self) -> None:
        """Drop the whole database (tests)."""
        await self._database.client.drop_database(self._database.name)


class Mongo:
    """A client of one deployment; opens nothing before the first call."""

    def __init__(
        self,
        uri: str,
        *,
        app_name: str,
        driver: Driver = Driver.MOTOR,
        timeout_ms: int = TIMEOUT_MS,
        pool_size: int = POOL_SIZE,
    ) -> None:
        """Keep the address; `app_name` shows in the server's logs, metrics and failCommand."""
        self._client: Any = CLIENTS[driver](
            uri,
            appName=app_name,
            tz_aware=True,
            timeoutMS=timeout_ms,
            serverSelectionTimeoutMS=timeout_ms,
            maxPoolSize=pool_size,
            retryReads=True,
            retryWrites=True,
            event_listeners=[PoolMetrics(app_name)],
        )

    def database(self, name: str) -> Database:
        """Return a database by name."""
        return Database(self._client[name])

    async def ping(self) -> None:
        """Return when the primary answers; Unavailable when it does not in time."""
        with translated("ping"):
            await self._client.admin.command("ping")

    async def make_replica_set_of_one(self, address: str) -> None:
        """Make the server a replica set `rs0` of one member, and return once it is primary.

        Needs a direct connection. A server that was such a set elsewhere takes the new address.
        """
        with translated("replica set"):
            await servers.make_replica_set(self._client.admin, address)

    async def is_router(self) -> bool:
        """Return whether this is the mongos of a sharded cluster."""
        with translated("hello"):
            return await servers.is_router(self._client.admin)

    async def shard(self, database: str, collection: str, field: str) -> None:
        """Shard a collection by a field, through a mongos; one that is so already stays."""
        with translated(f"shard {collection}"), pymongo.timeout(INDEX_SECONDS):
            await servers.shard(self._client.admin, database, collection, field)

    async def close(self) -> None:
        """Close all connections; motor's own close would hold the event loop until it is done."""
        if isinstance(self._client, AsyncIOMotorClient):
            await asyncio.to_thread(self._client.close)
        else:
            await awaited(self._client.close())


def patient() -> Any:
    """Return a context in which operations have LONG_TIMEOUT_SECONDS instead of the default."""
    return pymongo.timeout(LONG_TIMEOUT_SECONDS)
