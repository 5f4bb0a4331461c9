"""Sync over connections that break: after the write, during it, and under a racing repeat."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from morsel.mongod import Mongod
from services.kit.errors import Unavailable
from services.kit.ids import Kind, new_id
from services.kit.mongo import Database, Driver, Mongo
from services.kit.records import Actor, Untrusted
from services.progress.app import Progress
from services.progress.contract import LessonKey, Push, SyncResult
from services.progress.domain.learner import digest_of
from services.progress.settings import Settings
from tests.support.dropping import Dropping, dropping
from tests.support.library import Library, small_course
from tests.support.phone import START, Phone

FACTS = small_course()
NOW = START + timedelta(hours=1)
PATIENCE = 60
"""Seconds for which a phone of these tests tries again."""


@pytest.fixture(params=list(Driver))
def driver(request: pytest.FixtureRequest) -> Driver:
    """What a broken connection does to a driver is the driver's own affair: both are asked."""
    return Driver(request.param)


@pytest.fixture
def _soon_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up early on an append, for these tests wait for it."""
    monkeypatch.setattr("services.kit.mongo.LONG_TIMEOUT_SECONDS", 1.5)


@pytest.fixture
async def line(mongo_uri: str) -> AsyncIterator[Dropping]:
    """The wire to the session's mongod, which may lose replies."""
    async with dropping(urlsplit(mongo_uri).port or 0) as proxy:
        yield proxy


@asynccontextmanager
async def serving(
    uri: str, driver: Driver, settings: Settings, name: str = "faults"
) -> AsyncIterator[Progress]:
    """A progress service whose database is behind that address."""
    library = Library()
    library.add(FACTS)
    mongo = Mongo(uri, app_name=name, driver=driver)
    service = Progress(settings, mongo, library.doors, clock=lambda: NOW)
    await service.start()
    try:
        yield service
    finally:
        await service.stop()
        await mongo.close()


async def push(progress: Progress, actor: Actor, phone: Phone, events: list[Any]) -> SyncResult:
    return await progress.tracking.sync(
        actor, Push(device_id=phone.device, device_time=phone.now, events=Untrusted(events))
    )


async def insist(progress: Progress, actor: Actor, phone: Phone, events: list[Any]) -> SyncResult:
    """Push as a phone does: the same again until there is an answer."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await push(progress, actor, phone, events)
            except Unavailable:
                await asyncio.sleep(0.05)


async def ids_of(progress: Progress, actor: Actor) -> list[str]:
    """Return the ids of what phones stored, repeats included."""
    documents = await progress.store.log_after(actor.subject, 0)
    assert [document.n for document in documents] == list(range(1, len(documents) + 1))
    events = [one.event for document in documents for one in document.events]
    return [one.id for one in events if one.seq]


async def told(progress: Progress, actor: Actor, result: SyncResult) -> Any:
    """Return what must not depend on faults."""
    key = LessonKey(learner_id=actor.subject, course_id=FACTS.course_id, lesson_key="practice")
    (lesson,) = await progress.learners.lesson_progress((key,))
    marks = [(one.id, one.code, one.mark) for one in result.receipts]
    return marks, result.digest, result.missing, lesson


async def drop_protection(database: Database) -> None:
    """Take away what keeps a number and an event from being stored twice."""
    for index in ("learner_n", "learner_event"):
        await database._database["log"].drop_index(index)


async def test_a_reply_that_is_lost_after_the_commit_counts_once(
    line: Dropping, driver: Driver, settings: Settings
) -> None:
    """The driver, which asks again by itself, would store the answers twice."""
    async with serving(line.uri, driver, settings) as progress:
        calm, shaken = Actor(subject=new_id(Kind.LEARNER)), Actor(subject=new_id(Kind.LEARNER))
        phone = Phone(FACTS)
        events = phone.study("practice")
        expected = await told(progress, calm, await push(progress, calm, phone, events))
        line.drops = 1
        result = await insist(progress, shaken, phone, events)
        assert line.dropped == 1
        assert await told(progress, shaken, result) == expected
        assert sorted(await ids_of(progress, shaken)) == sorted(one["id"] for one in events)
        assert {one.status for one in result.receipts} == {"ACCEPTED"}


@pytest.mark.slow
@pytest.mark.usefixtures("_soon_unavailable")
async def test_an_answer_that_never_comes_and_a_phone_that_sends_again_count_once(
    line: Dropping, driver: Driver, settings: Settings
) -> None:
    """A phone in a lift would store its answers twice, or hear another story the second time."""
    async with serving(line.uri, driver, settings) as progress:
        calm, shaken = Actor(subject=new_id(Kind.LEARNER)), Actor(subject=new_id(Kind.LEARNER))
        phone = Phone(FACTS)
        events = phone.study("practice")
        expected = await told(progress, calm, await push(progress, calm, phone, events))
        await unanswered(line, progress, shaken, phone, events)
        result = await push(progress, shaken, phone, events)
        assert await told(progress, shaken, result) == expected
        assert sorted(await ids_of(progress, shaken)) == sorted(one["id"] for one in events)
        assert {one.status for one in result.receipts} == {"DUPLICATE"}


@pytest.mark.usefixtures("_soon_unavailable")
async def test_without_its_unique_indexes_the_log_would_store_twice(
    line: Dropping, settings: Settings, database: Database
) -> None:
    """The test above would prove nothing: this is the same story with the protection taken away."""
    async with serving(line.uri, Driver.PYMONGO, settings) as progress:
        actor, phone = Actor(subject=new_id(Kind.LEARNER)), Phone(FACTS)
        events = phone.study("practice")
        await drop_protection(database)
        progress._sweeper._store.lease_pending = _nobody  # type: ignore[method-assign]  # else it may project before the phone is back
        await unanswered(line, progress, actor, phone, events)
        await push(progress, actor, phone, events)
        stored = await database.truth("log").find({"learner": actor.subject})
        ids = [one["id"] for document in stored for one in document.get("events", ())]
        assert len(ids) > len(set(ids))


async def unanswered(
    line: Dropping, progress: Progress, actor: Actor, phone: Phone, events: list[Any]
) -> None:
    """Push over a line that loses every answer to an append."""
    line.drops = sys.maxsize
    with pytest.raises(Unavailable):
        await push(progress, actor, phone, events)
    line.drops = 0
    assert line.dropped


async def _nobody(**_: Any) -> list[str]:
    return []


@pytest.mark.slow
async def test_a_server_that_hangs_up_on_an_insert_loses_and_doubles_nothing(
    mongo: Mongo, mongo_uri: str, driver: Driver, settings: Settings
) -> None:
    """A failover in the moment of the write would refuse the phone for good, or count twice."""
    async with serving(mongo_uri, driver, settings, f"hangs-up-{driver}") as progress:
        actor, phone = Actor(subject=new_id(Kind.LEARNER)), Phone(FACTS)
        events = phone.study("practice")
        data = {"failCommands": ["insert"], "appName": f"hangs-up-{driver}"}
        for failing in ({"closeConnection": True}, {"errorCode": 91, **RETRYABLE}, APPLIED):
            await mongo._client.admin.command(
                "configureFailPoint", "failCommand", mode={"times": 2}, data={**data, **failing}
            )
            result = await insist(progress, actor, phone, [phone.view("practice", "t1")])
            assert len(result.receipts) == 1
        result = await insist(progress, actor, phone, events)
        ids = await ids_of(progress, actor)
        assert len(ids) == len(set(ids)) == len(events) + 3
        assert result.missing == ()


RETRYABLE = {"errorLabels": ["RetryableWriteError"]}
APPLIED = {"writeConcernError": {"code": 91, "errmsg": "going down"}, **RETRYABLE}
"""The write is applied, and the answer says that nobody knows whether it will stay."""


async def test_a_request_that_races_its_own_repeat_counts_once(
    mongo_uri: str, driver: Driver, settings: Settings
) -> None:
    """An impatient phone that sends again before the answer would be told two stories."""
    async with (
        serving(mongo_uri, driver, settings) as one,
        serving(mongo_uri, driver, settings) as other,
    ):
        actor, phone = Actor(subject=new_id(Kind.LEARNER)), Phone(FACTS)
        for _ in range(4):
            events = phone.study("practice")
            results = await asyncio.gather(
                *(push(service, actor, phone, events) for service in (one, other, one, other))
            )
            by_position = zip(*(result.receipts for result in results), strict=True)
            for receipts in by_position:
                statuses = sorted(receipt.status for receipt in receipts)
                assert statuses == ["ACCEPTED", "DUPLICATE", "DUPLICATE", "DUPLICATE"]
                assert len({(one.id, repr(one.mark)) for one in receipts}) == 1
            assert len({result.digest for result in results}) == 1
        ids = await ids_of(one, actor)
        assert len(ids) == len(set(ids)) == phone.seq


@pytest.mark.slow
async def test_a_mongod_that_is_killed_mid_batch_keeps_what_it_acknowledged(
    tmp_path: Path, driver: Driver
) -> None:
    """A power cut at the database would lose what phones have dropped from their queues."""
    settings = Settings(mongo_uri="", public_url="http://localhost", cursor_key="a2V5")
    mongod = Mongod(tmp_path)
    await mongod.start()
    try:
        async with dropping(urlsplit(mongod.uri).port or 0) as line:
            await _killed_mid_batch(mongod, line, driver, settings)
    finally:
        await mongod.stop()


async def _killed_mid_batch(
    mongod: Mongod, line: Dropping, driver: Driver, settings: Settings
) -> None:
    async with serving(line.uri, driver, settings) as progress:
        actor = Actor(subject=new_id(Kind.LEARNER))
        phones = [Phone(FACTS, name=f"phone {i}") for i in range(4)]
        sent: dict[str, list[Any]] = {phone.device: [] for phone in phones}
        acknowledged = asyncio.Semaphore(0)

        async def write(phone: Phone) -> None:
            for _ in range(12):
                events = [phone.view("practice", "t1") for _ in range(10)]
                sent[phone.device] += events
                await insist(progress, actor, phone, events)
                acknowledged.release()

        async def kill() -> None:
            for _ in range(8):
                await acknowledged.acquire()
            assert mongod.pid is not None
            os.kill(mongod.pid, signal.SIGKILL)
            await mongod.stop()
            await mongod.start()
            line.target = urlsplit(mongod.uri).port or 0

        await asyncio.gather(kill(), *(write(phone) for phone in phones))
        documents = await progress.store.log_after(actor.subject, 0)
        stored = [one.event for document in documents for one in document.events]
        ids = [one.id for one in stored if one.seq]
        assert len(ids) == len(set(ids)) == 480
        for phone in phones:
            result = await insist(progress, actor, phone, [])
            own = [one for one in stored if one.device == phone.device]
            assert (result.digest, result.missing) == (digest_of(own).hex(), ())
