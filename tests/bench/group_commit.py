"""How much group commit buys: submissions of many learners, one insert each against shared inserts.

And how much more it would buy to merge submissions of one learner that wait at the same time.

Run: python -m tests.bench.group_commit   (an embedded mongod of its own; prints ratios)
"""

import asyncio
import secrets
import tempfile
import time
from pathlib import Path

import msgspec

from morsel.mongod import Mongod
from services.kit.mongo import Mongo
from services.progress.domain.event import Event
from services.progress.domain.parsing import parse
from services.progress.domain.stored import Stored
from services.progress.repository import MongoStore
from services.progress.use_cases.group_commit import GroupCommit
from services.progress.use_cases.store import LogDocument
from tests.support.library import small_course
from tests.support.phone import Phone

EVENTS = 20
AT_ONCE = 64
SUBMISSIONS = 640
ROUNDS = 3
OF_ONE = 4
"""Submissions of one learner that wait at once: as many phones as somebody may have."""


def submission(learner: str) -> LogDocument:
    """Return one push of EVENTS events."""
    phone = Phone(small_course(), name=learner)
    events = [parse(phone.view("practice", "t1")) for _ in range(EVENTS)]
    return LogDocument(
        learner_id=learner,
        n=1,
        received=0,
        events=tuple(
            Stored(event=event, place=(1, i), received=0, effective=event.at)
            for i, event in enumerate(events)
            if isinstance(event, Event)
        ),
    )


async def rate(append: object, documents: list[LogDocument]) -> float:
    """Return submissions a second with AT_ONCE of them waiting."""
    assert callable(append)
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(document: LogDocument) -> None:
        async with turns:
            await append(document)

    start = time.perf_counter()
    await asyncio.gather(*(one(document) for document in documents))
    return len(documents) / (time.perf_counter() - start)


async def merging(append: object) -> tuple[float, float]:
    """Return seconds for OF_ONE waiting submissions of a learner: in turn, and as one document."""
    assert callable(append)
    in_turn = [msgspec.structs.replace(submission(f"lrn_{i}"), n=i + 1) for i in range(OF_ONE)]
    learner = secrets.token_hex(8)
    start = time.perf_counter()
    for document in in_turn:
        await append(msgspec.structs.replace(document, learner_id=learner))
    between = time.perf_counter()
    events = tuple(one for document in in_turn for one in document.events)
    await append(LogDocument(learner_id=f"{learner}m", n=1, received=0, events=events))
    return between - start, time.perf_counter() - between


async def main() -> None:
    """Take turns in every round, so that a neighbour's noise meets both."""
    with tempfile.TemporaryDirectory() as folder:
        async with Mongod(Path(folder)) as mongod:
            mongo = Mongo(mongod.uri, app_name="bench")
            store = MongoStore(mongo.database("bench"))
            await store.prepare()
            for _ in range(ROUNDS):
                alone = await rate(lambda one: store.append_all([one]), fresh())
                shared = await rate(GroupCommit(store.append_all).append, fresh())
                print(
                    f"one insert each {alone:6.0f}/s   shared {shared:6.0f}/s   "
                    f"x {shared / alone:.1f}   ({shared * EVENTS:.0f} events/s)"
                )
                apart, merged = await merging(GroupCommit(store.append_all).append)
                print(
                    f"{OF_ONE} of one learner: in turn {apart * 1000:.0f} ms   "
                    f"merged {merged * 1000:.0f} ms   x {apart / merged:.1f}"
                )


def fresh() -> list[LogDocument]:
    """Return submissions of learners that nobody has seen."""
    return [submission(f"lrn_{secrets.token_hex(8)}") for _ in range(SUBMISSIONS)]


if __name__ == "__main__":
    asyncio.run(main())
