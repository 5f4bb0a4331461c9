"""Published content in the gateway's memory: asked for once, never wrong for long, bounded."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from gateway.published import Memory, Published
from services.content.app import Content, build
from services.content.contract import CatalogQuery, Course, CourseVersion, RollBackCourse
from services.content.settings import Settings
from services.kit.errors import Unavailable
from services.kit.mongo import Mongo
from services.kit.records import Actor, Role
from tests.gateway.conftest import Gateway
from tests.services.content.samples import FRONT, folder, package
from tests.support.sockets import opened
from tests.support.versions import rich_version
from tests.support.world import Shelf, World

AUTHOR = Actor(subject="lrn_author", roles=frozenset({Role.AUTHOR}), organisation="school")
VERSION = rich_version()
LESSON = VERSION.modules[0].lessons[0].id
FOLLOW = "subscription($of: [ID!]) { coursePublished(courseIds: $of) { slug version { number } } }"


@pytest.fixture
async def shelf() -> Shelf:
    made = Shelf()
    made._put(VERSION)
    return made


@pytest.fixture
async def published(shelf: Shelf) -> AsyncIterator[Published]:
    """A memory that hears of moves already."""
    made = Published(shelf)
    await made.courses(())
    await until(lambda: _hears(made))
    yield made
    await made.stop()


async def _hears(published: Published) -> bool:
    return published._trusted


async def _asked(shelf: Shelf, times: int) -> bool:
    return shelf.calls["moves"] >= times


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Return once something holds; a test that waits in vain fails."""
    async with asyncio.timeout(20):
        while not await holds():
            await asyncio.sleep(0.01)


def later(number: int) -> CourseVersion:
    """Return another version of the same course."""
    hash_ = f"{number:064x}"
    return msgspec.structs.replace(VERSION, id=f"ver_{number}", hash=hash_, number=number)


async def shown(published: Published) -> str | None:
    [course] = await published.courses((VERSION.course_id,))
    return course.version_id if course else None


async def test_what_is_held_is_not_asked_for_again(shelf: Shelf, published: Published) -> None:
    """A lesson screen and a catalogue would each cost content as much as the first time."""
    for _ in range(3):
        await published.versions((VERSION.id,))
        await published.lesson_versions((LESSON,))
        await published.courses((VERSION.course_id,))
        await published.courses_by_slug((VERSION.slug,))
        await published.catalog(CatalogQuery())
    del shelf.calls["moves"]
    assert shelf.calls == {"versions": 1, "courses": 1, "catalog": 1}


async def test_a_moved_pointer_is_heard_of(shelf: Shelf, published: Published) -> None:
    """Learners would be shown what was published before."""
    await shown(published)
    [one] = (await published.catalog(CatalogQuery())).nodes
    shelf._put(later(2))
    await until(lambda: _shows(published, "ver_2"))
    [two] = (await published.catalog(CatalogQuery())).nodes
    assert (one.version_id, two.version_id) == (VERSION.id, "ver_2")
    shelf._withdraw(VERSION.course_id)
    await until(lambda: _shows(published, None))
    assert await published.courses_by_slug((VERSION.slug,)) == [None]


async def _shows(published: Published, version: str | None) -> bool:
    return await shown(published) == version


async def test_an_answer_from_before_a_move_is_not_held(shelf: Shelf, published: Published) -> None:
    """It would be shown until the next move, since the news of this one has been heard."""
    old = shelf._courses[VERSION.course_id]

    async def slow(_: tuple[str, ...]) -> tuple[Course, ...]:
        published.forget(VERSION.course_id)  # the news comes while the old answer is under way
        return (old,)

    shelf.faults["courses"] = slow
    assert await shown(published) == VERSION.id
    shelf.faults.clear()
    shelf._put(later(2))
    assert await shown(published) == "ver_2"


async def test_who_may_have_published_reads_through(shelf: Shelf, published: Published) -> None:
    """An author would look at the course and not find what they have just published."""
    await shown(published)
    shelf._put(later(2))
    [course] = await published.read_through.courses((VERSION.course_id,))
    assert course is not None
    assert course.version_id == "ver_2"


async def test_what_is_held_is_served_while_content_is_away(
    shelf: Shelf, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart of content would be an outage; but not for ever is an old pointer the truth."""
    await shown(published)
    page = await published.catalog(CatalogQuery())

    async def away(*_: Any, **__: Any) -> Any:
        raise Unavailable("content is away")

    shelf.faults.update(dict.fromkeys(("courses", "catalog", "moves"), away))
    monkeypatch.setattr("gateway.published.PAGE_SECONDS", 0.0)
    assert await shown(published) == VERSION.id
    assert await published.catalog(CatalogQuery()) == page
    monkeypatch.setattr("gateway.published.STALE_SECONDS", 0.0)
    with pytest.raises(Unavailable):
        await shown(published)


def test_memory_is_bounded() -> None:
    """By count and by bytes, the least recently used first; one too large is not held."""
    memory: Memory[int, str] = Memory(3, most_bytes=10)
    for key in range(3):
        memory.put(key, f"{key}", size=3)
    assert memory.get(0) == "0"
    memory.put(3, "3", size=3)
    assert [memory.get(key) for key in range(4)] == ["0", None, "2", "3"]
    memory.put(4, "4", size=11)
    assert [memory.get(key) for key in range(5)] == [None] * 5


async def test_another_process_of_content_publishes(mongo: Mongo, mongo_uri: str) -> None:
    """The gateway asks one process, the author another one: the pointer is the same."""
    name = f"test_content_{uuid4().hex[:12]}"
    settings = Settings(mongo_uri=mongo_uri, public_url="http://localhost:8000", database=name)
    services = [build(settings, mongo) for _ in range(2)]
    await services[0].prepare()
    here, there = (Published(service.catalog) for service in services)
    first = await _imported(services[0], "One.")
    second = await _imported(services[0], "Two.")

    async def both(version: str | None) -> bool:
        seen = [await each.courses((first.id,)) for each in (here, there)]
        return all(course and course.version_id == version for (course,) in seen)

    await until(lambda: both(second.version_id))
    back = RollBackCourse(course_id=first.id, version_number=1)
    await services[1].authoring.roll_back(AUTHOR, back)
    await until(lambda: both(first.version_id))
    for each in (here, there):
        await each.stop()
    for service in services:
        await service.stop()
    await mongo.database(name).drop()


async def _imported(content: Content, text: str) -> Course:
    outcome = await content.authoring.import_course(AUTHOR, package(folder(FRONT + text)))
    assert outcome.course is not None
    return outcome.course


async def test_a_subscription_tells_of_moves_and_goes_on_from_a_cursor(
    gateway: Gateway, world: World
) -> None:
    """An app would poll, or miss what was published while it had no network."""
    async with opened(gateway.url) as socket:
        await socket.init()
        await socket.subscribe(FOLLOW, variables={"of": [VERSION.course_id]})
        await until(lambda: _asked(world.shelf, 3))
        world.shelf._put(later(2))
        event = (await socket.hear())["payload"]
        assert event["data"]["coursePublished"]["version"] == {"number": 2}
    cursor = event["extensions"]["cursor"]
    world.shelf._put(later(3))
    async with opened(gateway.url) as socket:
        await socket.init()
        payload = {"query": FOLLOW, "extensions": {"since": cursor}}
        await socket.say("subscribe", id="1", payload=payload)
        event = (await socket.hear())["payload"]
        assert event["data"]["coursePublished"]["version"] == {"number": 3}
        assert await socket.is_quiet()
