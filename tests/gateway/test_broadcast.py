"""One sync, one notice: on every subscription, in every gateway, whatever else goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from gateway.broadcast import BATCH, MAX_WAITING, Broadcast, Subscription
from services.kit.errors import Unavailable
from services.kit.health import Server
from services.kit.identity import Identity, public_key
from services.kit.ids import Kind, new_id
from services.kit.mongo import Database, Mongo
from services.kit.records import Actor, Untrusted
from services.kit.rpc import Peer, connect, serve
from services.progress.app import Progress
from services.progress.contract import (
    ChangeKind,
    CourseKey,
    LearnerApi,
    Notice,
    Push,
    ServerEvent,
)
from services.progress.settings import Settings
from tests.gateway.conftest import SECRET
from tests.support.library import Library, small_course
from tests.support.phone import START, Phone
from tests.support.world import World

COURSE = (
    ChangeKind.ENROLMENT,
    ChangeKind.LESSON_PROGRESS,
    ChangeKind.STREAK,
    ChangeKind.GOAL,
)
FACTS = small_course()


@pytest.fixture
async def progress(mongo: Mongo, database: Database) -> AsyncIterator[Progress]:
    """A progress service on a real database."""
    library = Library()
    library.add(FACTS)
    given = Settings(
        mongo_uri="", public_url="http://localhost", cursor_key="a2V5", database=database.name
    )
    service = Progress(given, mongo, library.doors)
    await service.start()
    yield service
    await service.stop()


@pytest.fixture
def actor() -> Actor:
    return Actor(subject=new_id(Kind.LEARNER), name="Ada")


@asynccontextmanager
async def over_http(learners: LearnerApi) -> AsyncIterator[LearnerApi]:
    """The same door in a process of its own."""
    caller = Identity("gateway", internal_key=SECRET)
    owner = Identity(
        "progress", internal_key=SECRET, internal_peers=f"gateway:{public_key(SECRET)}"
    )
    server = Server(Starlette(routes=serve(LearnerApi, learners, identity=owner)), port=0)
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    peer = Peer("progress", f"http://127.0.0.1:{port}", identity=caller)
    try:
        yield connect(LearnerApi, peer, reads=True)
    finally:
        await peer.close()
        await server.shutdown()


@asynccontextmanager
async def gateways(*doors: LearnerApi) -> AsyncIterator[list[Broadcast]]:
    """What each of several gateways has."""
    broadcasts = [Broadcast(door) for door in doors]
    try:
        yield broadcasts
    finally:
        for broadcast in broadcasts:
            await broadcast.stop()


async def push(progress: Progress, actor: Actor, phone: Phone, *events: Any) -> None:
    """Sync these events."""
    await progress.tracking.sync(
        actor,
        Push(device_id=phone.device, device_time=START, events=Untrusted(list(events))),
    )


async def heard(subscription: Subscription, count: int) -> list[Notice]:
    """Return the next notices."""
    async with asyncio.timeout(5):
        return [await anext(subscription) for _ in range(count)]


async def is_quiet(subscription: Subscription) -> bool:
    """Return whether nothing comes for a moment."""
    try:
        async with asyncio.timeout(0.3):
            await anext(subscription)
    except TimeoutError:
        return True
    return False


async def test_one_sync_is_one_notice_for_every_subscription_of_two_gateways(
    progress: Progress, actor: Actor
) -> None:
    """A phone would sync twice for one change, or not at all for one made elsewhere."""
    phone, other = Phone(FACTS), Actor(subject=new_id(Kind.LEARNER), name="Bo")
    async with (
        over_http(progress.learners) as remote,
        gateways(progress.learners, remote) as (here, there),
    ):
        listening = [await each.subscribe(actor.subject) for each in (here, here, there, there)]
        stranger = await there.subscribe(other.subject)

        viewed = phone.view("practice", "t1")
        await push(progress, actor, phone, viewed)

        told = [await heard(each, 1) for each in listening]
        assert told == [[Notice(n=1, kinds=(ChangeKind.PROFILE, *COURSE))]] * 4
        # and its projections are done
        key = CourseKey(learner_id=actor.subject, course_id=FACTS.course_id)
        [enrolment] = await progress.learners.enrolments((key,))
        assert enrolment is not None
        # and there is none for a repeat, nor for a pull
        await push(progress, actor, phone, viewed)
        await push(progress, actor, phone)
        assert all([await is_quiet(each) for each in (*listening, stranger)])


async def test_quick_syncs_are_told_one_by_one(progress: Progress, actor: Actor) -> None:
    """Two syncs between two looks would be one notice, and an app that counts would be wrong."""
    phones = [Phone(FACTS, name=name) for name in ("phone", "tablet")]
    async with (
        over_http(progress.learners) as remote,
        gateways(progress.learners, remote) as (here, there),
    ):
        listening = [await here.subscribe(actor.subject), await there.subscribe(actor.subject)]

        await asyncio.gather(
            *[
                push(progress, actor, phone, phone.view("practice", "t1", seconds=number))
                for number in range(1, 6)
                for phone in phones
            ]
        )

        for each in listening:
            assert [notice.n for notice in await heard(each, 10)] == list(range(1, 11))
            assert await is_quiet(each)


async def test_a_credential_is_a_notice_of_its_own(progress: Progress, actor: Actor) -> None:
    """The phone would show the credential at the next start of the app."""
    async with gateways(progress.learners) as [here]:
        subscription = await here.subscribe(actor.subject)
        await progress.tracking.record(
            (
                ServerEvent(
                    id="0d5e8f1c-0000-4000-8000-000000000001",
                    learner_id=actor.subject,
                    type="credential.issued",
                    at=START,
                    body={"credentialId": new_id(Kind.CREDENTIAL)},
                ),
            )
        )

        assert await heard(subscription, 1) == [Notice(n=1, kinds=(ChangeKind.CREDENTIAL,))]


async def test_who_was_away_is_told_once_and_only_of_what_is_new(
    progress: Progress, actor: Actor
) -> None:
    """A phone back from a tunnel would miss what happened, or sync for nothing."""
    phone = Phone(FACTS)
    for number in range(1, 4):
        await push(progress, actor, phone, phone.view("practice", "t1", seconds=number))
    async with gateways(progress.learners) as [here]:
        behind = await here.subscribe(actor.subject, since=1)
        level = await here.subscribe(actor.subject, since=3)
        fresh = await here.subscribe(actor.subject)
        beyond = await here.subscribe(actor.subject, since=99)  # of another history

        assert await heard(behind, 1) == [Notice(n=3, kinds=COURSE)]
        assert await heard(beyond, 1) == [Notice(n=3)]
        assert all([await is_quiet(each) for each in (behind, level, fresh, beyond)])
        await push(progress, actor, phone, phone.view("practice", "t1", seconds=9))
        for each in (behind, level, fresh, beyond):
            assert await heard(each, 1) == [Notice(n=4, kinds=COURSE)]


async def test_a_slow_reader_gets_the_first_ones_and_the_rest_as_one(world: World) -> None:
    """Notices would pile up for a phone whose network is slow, until memory is full."""
    learner = new_id(Kind.LEARNER)
    async with gateways(world.ledger) as [here]:
        slow, quick = await here.subscribe(learner), await here.subscribe(learner)
        for number in range(1, MAX_WAITING + 11):
            kind = ChangeKind.CREDENTIAL if number % 2 else ChangeKind.LESSON_PROGRESS
            world.ledger._move(learner, kind)
            assert [one.n for one in await heard(quick, 1)] == [number]

        told = await heard(slow, MAX_WAITING)

        assert [notice.n for notice in told] == [*range(1, MAX_WAITING), MAX_WAITING + 10]
        assert told[-1].kinds == (ChangeKind.LESSON_PROGRESS, ChangeKind.CREDENTIAL)
        assert await is_quiet(slow)


async def test_more_learners_than_one_call_asks_about(world: World) -> None:
    """Learners beyond a full call would never be told."""
    learners = [new_id(Kind.LEARNER) for _ in range(2 * BATCH + 50)]
    async with gateways(world.ledger) as [here]:
        subscriptions = [await here.subscribe(learner) for learner in learners]

        for learner in learners:
            world.ledger._move(learner, ChangeKind.PROFILE)

        for subscription in subscriptions:
            assert await heard(subscription, 1) == [Notice(n=1, kinds=(ChangeKind.PROFILE,))]
        assert len(here._polls) == 3


async def test_an_outage_of_progress_is_sat_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One failed call would leave every phone of a gateway untold until it is restarted."""
    monkeypatch.setattr("gateway.broadcast.PAUSE_SECONDS", 0.05)
    learner, failed = new_id(Kind.LEARNER), 0

    async def away(*_: Any, **__: Any) -> None:
        nonlocal failed
        failed += 1
        raise Unavailable("away") if failed % 2 else RuntimeError("broken")

    async with gateways(world.ledger) as [here]:
        subscription = await here.subscribe(learner)
        world.ledger.faults["heads"] = away
        world.ledger._move(learner, ChangeKind.PROFILE)
        while failed < 3:
            await asyncio.sleep(0.02)
        world.ledger._move(learner, ChangeKind.PROFILE)
        del world.ledger.faults["heads"]

        assert [one.n for one in await heard(subscription, 2)] == [1, 2]


async def test_nobody_is_asked_about_when_nobody_listens(world: World) -> None:
    """A gateway would ask about everybody who ever had a socket."""
    async with gateways(world.ledger) as [here]:
        subscription = await here.subscribe(new_id(Kind.LEARNER))
        await asyncio.sleep(0)
        await subscription.aclose()
        [poll] = here._polls

        assert poll.topics == {}


STEPS = st.lists(st.sampled_from(["join", "leave", "move", "rest"]), max_size=30)


@given(steps=STEPS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_whatever_comes_and_goes_each_hears_exactly_what_came_after_it(
    steps: list[str],
) -> None:
    """A subscription that begins in the middle of a call would lose a notice or get one twice."""
    world, learner = World(), new_id(Kind.LEARNER)
    moves = 0
    open_: list[tuple[Subscription, int]] = []
    async with gateways(world.ledger) as [here]:
        for step in steps:
            if step == "join":
                open_.append((await here.subscribe(learner), moves))
            elif step == "leave" and open_:
                await open_.pop(0)[0].aclose()
            elif step == "move":
                moves += 1
                world.ledger._move(learner, ChangeKind.PROFILE)
            else:
                await asyncio.sleep(0.001)
        for subscription, since in open_:
            told = await heard(subscription, moves - since)
            assert [notice.n for notice in told] == list(range(since + 1, moves + 1))
