"""An erasure goes through all services: every collection of every database is searched."""

from datetime import UTC, datetime
from typing import Any

from pymongo import MongoClient

from services.kit.mongo import Mongo
from services.kit.records import Actor
from services.progress.contract import Push
from tests.support.whole import DEVICE, HOLDER, Whole, whole

TOMBSTONES = {("progress", "log"), ("progress", "learners"), ("credentials", "erased")}


def found_in(uri: str, made: Whole, canary: str) -> set[tuple[str, str]]:
    """Return service and collection of whatever holds a text, read past Morsel."""
    with MongoClient[Any](uri) as client:
        return {
            (name.rsplit("_", 1)[-1], collection)
            for name in made.databases
            for collection in client[name].list_collection_names()
            if canary in str(list(client[name][collection].find({})))
        }


async def test_no_trace_in_any_database_but_tombstones(mongo: Mongo, mongo_uri: str) -> None:
    """What somebody had erased would go on in the database of another service."""
    async with whole(mongo, mongo_uri) as made:
        holder = Actor(subject=HOLDER.subject, name="Canary Holder", email="canary@example.org")
        now = datetime(2026, 11, 20, 9, tzinfo=UTC)
        await made.progress.tracking.sync(holder, Push(device_id=DEVICE, device_time=now))
        canaries = ("Canary Holder", "canary@example.org", "Holder Example", made.credential.id)
        assert all(found_in(mongo_uri, made, one) for one in (*canaries, made.enrolment.id))

        await made.progress.leaving.erase(holder, confirm=True)
        for entry in await made.progress.feed.claim("credentials", limit=10, wait=0):
            await made.credentials.hearing.handle(entry)
            await made.progress.feed.ack("credentials", (entry.id,))

        traces = [found_in(mongo_uri, made, one) for one in (*canaries, made.enrolment.id)]
        assert traces == [set()] * len(traces)
        assert found_in(mongo_uri, made, HOLDER.subject) == TOMBSTONES
