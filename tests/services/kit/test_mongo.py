"""The one surface over the driver: what a call returns, and what a failure becomes."""

import pytest
from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.kit.errors import Unavailable
from services.kit.mongo import Database, Index, Mongo


async def test_a_database_that_is_away_is_unavailable() -> None:
    """Breaks when an error of the driver reaches a use-case, or the wait has no end."""
    mongo = Mongo("mongodb://127.0.0.1:9/?replicaSet=rs0", app_name="test", timeout_ms=100)
    things = mongo.database("test").truth("things")

    with pytest.raises(Unavailable, match=r"did not answer in time \(find in things\)"):
        await things.find_one({})
    with pytest.raises(Unavailable, match="ping"):
        await mongo.ping()
    mongo.close()


async def test_a_query_that_is_too_slow_is_unavailable(mongo_uri: str, mongo: Mongo) -> None:
    """Breaks when a slow server holds a request beyond its deadline."""
    hasty = Mongo(mongo_uri, app_name="hasty", timeout_ms=300)
    await hasty.ping()
    slow = {"failCommands": ["find"], "blockConnection": True, "blockTimeMS": 900}
    await mongo._client.admin.command(
        "configureFailPoint", "failCommand", mode={"times": 1}, data={**slow, "appName": "hasty"}
    )

    with pytest.raises(Unavailable):
        await hasty.database("test").truth("things").find({})
    hasty.close()


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
