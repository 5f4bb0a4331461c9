"""The one surface over the driver: what a call returns, and what a failure becomes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from prometheus_client import REGISTRY
from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.kit.errors import Unavailable
from services.kit.mongo import Collection, Database, Driver, Index, Mongo

SlowFinds = Callable[..., AbstractAsyncContextManager[Collection]]


@pytest.fixture
def slow_finds(mongo_uri: str, mongo: Mongo, driver: Driver) -> SlowFinds:
    """Opens a client whose next finds take long, as on a server that is busy."""

    @asynccontextmanager
    async def opened(*, millis: int, times: int = 1, **options: Any) -> AsyncIterator[Collection]:
        client = Mongo(mongo_uri, app_name=f"slow-{driver}", driver=driver, **options)
        await client.ping()
        data = {"failCommands": ["find"], "blockConnection": True, "blockTimeMS": millis}
        await mongo._client.admin.command(
            "configureFailPoint",
            "failCommand",
            mode={"times": times},
            data={**data, "appName": f"slow-{driver}"},
        )
        try:
            yield client.database("test").truth("things")
        finally:
            await mongo._client.admin.command("configureFailPoint", "failCommand", mode="off")
            await client.close()

    return opened


@pytest.mark.usefixtures("_swept")
async def test_a_database_that_is_away_is_unavailable(driver: Driver) -> None:
    """Breaks when an error of the driver reaches a use-case, or the wait has no end."""
    mongo = Mongo(
        "mongodb://127.0.0.1:9/?replicaSet=rs0", app_name="test", driver=driver, timeout_ms=100
    )
    things = mongo.database("test").truth("things")

    with pytest.raises(Unavailable, match=r"did not answer in time \(find in things\)"):
        await things.find_one({})
    with pytest.raises(Unavailable, match="aggregate"):
        await things.aggregate([])
    with pytest.raises(Unavailable, match="ping"):
        await mongo.ping()
    async with asyncio.timeout(30):  # building an index may take much longer, waiting for it not
        with pytest.raises(Unavailable, match="index things"):
            await things.create_indexes([Index([("at", 1)], name="at")])
    await mongo.close()


@pytest.mark.usefixtures("_swept")
async def test_a_query_that_is_too_slow_is_unavailable(slow_finds: SlowFinds) -> None:
    """Breaks when a slow server holds a request beyond its deadline, or spoils the next one."""
    async with slow_finds(millis=900, timeout_ms=300) as things:
        begun = asyncio.get_running_loop().time()

        with pytest.raises(Unavailable):
            await things.find({})

        assert asyncio.get_running_loop().time() - begun < 0.8
        assert await things.find({}) == []


@pytest.mark.usefixtures("_swept")
async def test_what_is_cancelled_ends_at_once_and_leaves_the_pool_whole(
    slow_finds: SlowFinds,
) -> None:
    """Breaks when a phone that hangs up leaves a connection unusable, or nobody can stop a call."""
    async with slow_finds(millis=600, times=2, pool_size=1) as things:
        begun = asyncio.get_running_loop().time()
        for _ in range(2):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.15):
                    await things.find({})
        gave_up_after = asyncio.get_running_loop().time() - begun

        found = await things.find({})

    assert gave_up_after < 0.6
    assert found == []


async def test_a_stream_that_nobody_reads_to_its_end_gives_its_connection_back(
    mongo_uri: str, driver: Driver, database: Database
) -> None:
    """Breaks when half-read answers use the pool up."""
    await database.truth("things").insert_many([{"_id": number} for number in range(300)])
    client = Mongo(mongo_uri, app_name="narrow", driver=driver, pool_size=1)
    things = client.database(database.name).truth("things")

    for _ in range(3):
        async for thing in things.stream({}, sort=[("_id", 1)]):
            assert thing["_id"] == 0
            break
    count = await things.count({})
    await client.close()

    assert count == 300


async def test_the_pool_is_measured(mongo_uri: str, driver: Driver) -> None:
    """Breaks when nobody can see that operations wait for connections."""
    client = Mongo(mongo_uri, app_name=f"measured-{driver}", driver=driver)
    labels = {"client": f"measured-{driver}"}

    await asyncio.gather(*(client.ping() for _ in range(3)))

    assert REGISTRY.get_sample_value("morsel_mongo_pool_wait_seconds_count", labels) == 3
    assert REGISTRY.get_sample_value("morsel_mongo_connections_in_use", labels) == 0
    assert (REGISTRY.get_sample_value("morsel_mongo_connections", labels) or 0) >= 1
    await client.close()
    assert REGISTRY.get_sample_value("morsel_mongo_connections", labels) == 0


async def test_what_is_unique_stays_so(database: Database) -> None:
    """Breaks when a repository cannot tell a repeat from an outage, or one clash stops the rest."""
    things = database.truth("things")
    await things.create_indexes([Index([("slug", 1)], unique=True)])
    await things.insert_one({"_id": 1, "slug": "a"})

    with pytest.raises(DuplicateKeyError):
        await things.insert_one({"_id": 2, "slug": "a"})
    with pytest.raises(BulkWriteError) as caught:
        await things.insert_many([{"_id": 1}, {"_id": 3, "slug": "c"}])

    assert [error["index"] for error in (caught.value.details or {})["writeErrors"]] == [0]
    assert [thing["_id"] for thing in await things.find({}, sort=[("_id", 1)])] == [1, 3]


async def test_each_call_tells_what_it_did(database: Database) -> None:
    """Breaks when a repository cannot see whether its write met anything."""
    things = database.projection("things")

    made = await things.update_one({"_id": 1}, {"$set": {"n": 1}}, upsert=True)
    missed = await things.update_one({"_id": 2}, {"$set": {"n": 1}})
    replaced = await things.replace_one({"_id": 2}, {"n": 2}, upsert=True)
    not_replaced = await things.replace_one({"_id": 3}, {"n": 3})
    changed = await things.update_many({}, {"$inc": {"n": 1}})
    after = await things.find_one_and_update({"_id": 2}, {"$inc": {"n": 1}})
    page = await things.find({}, {"_id": 1}, sort=[("_id", -1)], skip=1, limit=1)
    streamed = [thing["_id"] async for thing in things.stream({}, sort=[("_id", 1)])]
    summed = await things.aggregate([{"$group": {"_id": None, "n": {"$sum": "$n"}}}])
    deleted = await things.delete_many({})

    assert (made, missed, replaced, not_replaced) == (True, False, True, False)
    assert (changed, after, page, streamed) == (2, {"_id": 2, "n": 4}, [{"_id": 1}], [1, 2])
    assert (summed, deleted, await things.count({})) == ([{"_id": None, "n": 6}], 2, 0)
