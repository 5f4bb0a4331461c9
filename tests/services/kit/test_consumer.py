"""A consumer over a real outbox: handles each entry, keeps going when one fails, stops cleanly."""

import asyncio
from datetime import timedelta

from services.kit.consumer import Consumer
from services.kit.errors import Unavailable
from services.kit.mongo import Collection, Database
from services.kit.outbox import Outbox
from services.kit.records import OutboxEntry


def _document(number: int) -> dict[str, object]:
    return {
        "_id": number,
        "outbox": [{"id": f"e{number}", "type": "t", "data": {}, "to": ["progress"]}],
    }


def _outbox(things: Collection) -> Outbox:
    return Outbox([things], backoff=timedelta(milliseconds=10), poll=0.05)


async def test_every_entry_is_handled_and_gone(database: Database) -> None:
    """Breaks when what was handled is not acknowledged."""
    things = database.truth("things")
    await things.insert_many([_document(number) for number in range(70)])
    seen: list[str] = []

    async def handle(entry: OutboxEntry) -> None:
        seen.append(entry.id)

    consumer = Consumer(_outbox(things), "progress", handle)
    counts = [await consumer.run_once() for _ in range(3)]

    assert counts == [50, 20, 0]
    assert sorted(seen) == sorted(f"e{number}" for number in range(70))
    assert await things.count({"outbox.0": {"$exists": True}}) == 0


async def test_one_failure_does_not_stop_the_others(database: Database) -> None:
    """Breaks when an exception of `handle` ends the batch or the task, or is not tried again."""
    things = database.truth("things")
    await things.insert_many([_document(1), _document(2)])
    seen: list[str] = []
    done = asyncio.Event()

    async def handle(entry: OutboxEntry) -> None:
        seen.append(entry.id)
        if seen.count("e1") < 2 and entry.id == "e1":
            raise ValueError("once")
        if {"e1", "e2"} <= set(seen) and seen.count("e1") == 2:
            done.set()

    consumer = Consumer(_outbox(things), "progress", handle)
    consumer.start()
    async with asyncio.timeout(5):
        await done.wait()
    await consumer.stop()

    assert sorted(seen) == ["e1", "e1", "e2"]
    assert await things.count({"outbox.0": {"$exists": True}}) == 0


async def test_a_feed_that_is_away_is_asked_again() -> None:
    """Breaks when one failed claim ends the task."""
    asked = 0
    back = asyncio.Event()

    class Feed:
        async def claim(self, consumer: str, *, limit: int, wait: float) -> tuple[OutboxEntry, ...]:
            nonlocal asked
            asked += 1
            if asked == 1:
                raise Unavailable("away")
            back.set()
            await asyncio.sleep(wait)
            return ()

        async def ack(self, consumer: str, ids: tuple[str, ...]) -> None: ...

        async def fail(
            self, consumer: str, entry_id: str, *, reason: str, counts: bool = True
        ) -> None: ...

    async def handle(entry: OutboxEntry) -> None: ...

    consumer = Consumer(Feed(), "progress", handle, pause=0.01)
    consumer.start()
    async with asyncio.timeout(2):
        await back.wait()
    await consumer.stop()


async def test_a_batch_in_hand_is_finished_before_the_stop(database: Database) -> None:
    """Breaks when a stop leaves entries to their leases although they were being handled."""
    things = database.truth("things")
    await things.insert_one(_document(1))
    begun, finished = asyncio.Event(), False

    async def handle(entry: OutboxEntry) -> None:
        nonlocal finished
        begun.set()
        await asyncio.sleep(0.2)
        finished = True

    consumer = Consumer(_outbox(things), "progress", handle)
    consumer.start()
    async with asyncio.timeout(2):
        await begun.wait()
    await consumer.stop()

    assert finished
    assert await things.find_one({"_id": 1}) == {"_id": 1, "outbox": []}
