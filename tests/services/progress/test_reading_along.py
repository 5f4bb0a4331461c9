"""A phone that pulls while others write to the same learner holds in the end what there is."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from msgspec.structs import replace

from services.content.contract import VersionFacts
from services.kit.mongo import Driver, Mongo
from services.kit.records import Actor, Untrusted
from services.progress.app import Progress
from services.progress.contract import Change, Push, SyncResult
from services.progress.settings import Settings
from tests.support.library import Library, lesson_facts, small_course, version_of
from tests.support.phone import Phone

LESSONS = 24
WRITERS = 8
PAGE = 7
FACTS = small_course()


@pytest.fixture(scope="module", params=list(Driver))
async def mongo(mongo_uri: str, request: pytest.FixtureRequest) -> AsyncIterator[Mongo]:
    """Numbers without gaps are a promise of the log on both drivers."""
    client = Mongo(mongo_uri, app_name="tests-along", driver=request.param)
    yield client
    await client.close()


def long_course() -> VersionFacts:
    """Return a course with a record for each of many lessons."""
    version = version_of("v1")
    lessons = [lesson_facts(version, f"l{i}", texts=2, questions=0) for i in range(LESSONS)]
    return replace(FACTS, lessons={lesson.id: lesson for lesson in lessons})


class Reader:
    """A phone that only pulls, in small pages, and a reader of the log by number."""

    def __init__(self, service: Progress, actor: Actor, phone: Phone) -> None:
        self._service, self._actor, self._phone = service, actor, phone
        self.cursor: str | None = None
        self.held: dict[tuple[str, str], Change] = {}
        self.events: list[str] = []
        self.n = 0

    async def pull(self) -> bool:
        """Read a page; return whether there is more."""
        result = await sync(self._service, self._actor, self._phone, [], self.cursor, PAGE)
        assert not result.resync
        for change in result.changes:
            known = self.held.get((change.kind, change.id))
            assert known is None or known.version <= change.version
            self.held[change.kind, change.id] = change
        self.cursor = result.cursor
        return result.has_more

    async def read_log(self) -> None:
        """Read what the log has after the last number."""
        for document in await self._service.store.log_after(self._actor.subject, self.n):
            assert document.n == self.n + 1
            self.n = document.n
            self.events += [one.event.id for one in document.events if one.event.seq]


async def sync(
    service: Progress,
    actor: Actor,
    phone: Phone,
    events: list[Any],
    since: str | None = None,
    limit: int = 500,
) -> SyncResult:
    push = Push(
        device_id=phone.device,
        device_time=phone.now,
        events=Untrusted(events),
        since=since,
        limit=limit,
    )
    return await service.tracking.sync(actor, push)


@pytest.mark.parametrize("batches, most", [(3, 12), pytest.param(13, 200, marks=pytest.mark.slow)])
async def test_eight_writers_and_a_reader_that_misses_none(
    mongo: Mongo, settings: Settings, actor: Actor, hands: Any, batches: int, most: int
) -> None:
    """A record that changed while a phone turned the page would never reach it."""
    facts, library, rng = long_course(), Library(), random.Random(batches)  # noqa: S311 - any numbers do
    library.add(facts)
    async with AsyncExitStack() as stack:
        services = [Progress(settings, mongo, library.doors, clock=hands) for _ in range(2)]
        for service in services:
            await service.start()
            stack.push_async_callback(service.stop)
        phones = [Phone(facts, name=f"writer {i}") for i in range(WRITERS)]
        sent: list[str] = []
        writing = WRITERS

        async def write(i: int) -> None:
            nonlocal writing
            for _ in range(batches):
                keys = [f"l{rng.randrange(LESSONS)}" for _ in range(rng.randint(most // 2, most))]
                events = [phones[i].view(key, rng.choice(("t1", "t2"))) for key in keys]
                result = await sync(services[i % 2], actor, phones[i], events)
                assert {one.status for one in result.receipts} == {"ACCEPTED"}
                sent.extend(one["id"] for one in events)
            writing -= 1

        reader = Reader(services[1], actor, Phone(facts, name="reader"))

        async def read() -> None:
            while await reader.pull() or writing:
                await reader.read_log()

        await asyncio.gather(read(), *(write(i) for i in range(WRITERS)))
        while await reader.pull():
            pass
        await reader.read_log()
        assert sorted(reader.events) == sorted(sent)
        snapshot = await sync(services[0], actor, phones[0], [])
        assert reader.held == {(one.kind, one.id): one for one in snapshot.changes}


async def test_a_page_that_ends_within_what_is_still_being_written_loses_nothing(
    progress: Progress, actor: Actor
) -> None:
    """A cursor would stand behind records that another process had not written yet."""
    # given a reader that read the learner just before another process wrote on
    phone = Phone(FACTS)
    first = await sync(progress, actor, phone, phone.study("practice"))
    before = (await progress.store.learners([actor.subject]))[actor.subject]
    await sync(progress, actor, phone, [phone.bookmark("exam"), *phone.study("reading")])
    # when it turns pages of one record
    page = await progress._puller.pull(before, first.cursor, 1)
    seen = list(page.changes)
    while page.has_more:
        learner = (await progress.store.learners([actor.subject]))[actor.subject]
        page = await progress._puller.pull(learner, page.cursor, 1)
        seen += page.changes
    # then it has seen all that one whole page shows
    whole = await sync(progress, actor, phone, [], first.cursor)
    assert {one.kind for one in whole.changes} >= {"BOOKMARK", "ENROLMENT"}
    assert {(one.kind, one.id) for one in seen} == {(one.kind, one.id) for one in whole.changes}
