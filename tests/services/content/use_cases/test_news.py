"""News of pointers over the real database: by any process, woken early, each move once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.content.app import Content, build
from services.content.contract import Course, CreateCourse, Moves, RollBackCourse
from services.content.settings import Settings
from services.content.use_cases.news import MOST
from services.kit.errors import Invalid
from services.kit.mongo import Mongo
from services.kit.records import Actor
from tests.services.content.use_cases.test_publishing import edited, imported, publish


async def told(content: Content, since: str | None, *, wait: float = 0) -> Moves:
    return await content.catalog.moves(since, wait=wait)


def moment(n: int) -> datetime:
    """Return the n-th millisecond of a day."""
    return datetime(2026, 11, 20, tzinfo=UTC) + timedelta(milliseconds=n)


def courses_of(moves: Moves) -> list[str]:
    return [move.course_id for move in moves.moved]


async def second_version(content: Content, author: Actor, course: Course) -> None:
    revision = await edited(content, author, course, "Other words.")
    await content.authoring.publish(author, publish(course, revision))


async def test_each_move_is_told_once(content: Content, author: Actor) -> None:
    """Publishing, rolling back and archiving are news; drafts and repeats are none."""
    start = await told(content, None)
    assert start.moved == ()
    course = await imported(content, author)
    first = await told(content, start.position)
    assert [(move.course_id, move.n) for move in first.moved] == [(course.id, 1)]
    assert first.moved[-1].position == first.position
    await content.authoring.create_course(author, CreateCourse(slug="x", title="T", summary="S"))
    await content.authoring.publish(author, publish(course, 1))
    assert (await told(content, first.position)).moved == ()
    await second_version(content, author, course)
    await content.authoring.roll_back(author, RollBackCourse(course_id=course.id, version_number=1))
    await content.authoring.archive(author, course.id)
    last = await told(content, first.position)
    assert [(move.course_id, move.n) for move in last.moved] == [(course.id, 4)]
    assert (await told(content, last.position)).moved == ()
    assert (await told(content, (await told(content, None)).position)).moved == ()


async def test_a_wait_ends_with_a_move_in_this_process_and_in_another(
    content: Content, mongo: Mongo, mongo_uri: str, author: Actor
) -> None:
    """A gateway that asks one process hears at once what another one has published."""
    name = content._courses._courses._collection.database.name
    settings = Settings(mongo_uri=mongo_uri, public_url="http://localhost:8000", database=name)
    other = build(settings, mongo)
    start = await told(content, None)
    async with asyncio.timeout(20):
        here, there = (
            asyncio.create_task(told(each, start.position, wait=20)) for each in (content, other)
        )
        await asyncio.sleep(0)
        course = await imported(content, author)
        assert courses_of(await here) == courses_of(await there) == [course.id]


async def test_a_position_from_the_middle_goes_on_from_there(
    content: Content, author: Actor
) -> None:
    """Somebody who went away between two moves that came together hears of the second alone."""
    start = await told(content, None)
    one = await imported(content, author)
    created = await content.authoring.create_course(
        author, CreateCourse(slug="two", title="T", summary="S")
    )
    (draft,) = await content.authoring.drafts(author, (one.id,))
    assert draft is not None
    await content._courses._courses.update_many(
        {"_id": created.id}, {"$currentDate": {"moved_at": True}}
    )
    both = await told(content, start.position)
    assert courses_of(both) == [one.id, created.id]
    assert courses_of(await told(content, both.moved[0].position)) == [created.id]


@pytest.mark.parametrize("together", [3, 2 * MOST + 7], ids=["a few", "all"])
async def test_more_than_a_page_is_told_page_by_page(content: Content, together: int) -> None:
    """After an import of thousands nobody is told of everything at once, and nothing is left.

    Not even where `together` courses move in one millisecond.
    """
    start = await told(content, None)
    documents = [
        {
            "_id": f"crs_{n:04}",
            "slug": f"s{n}",
            "published_count": 1,
            "moved_at": moment(n // together),
        }
        for n in range(2 * MOST + 7)
    ]
    await content._courses._courses.insert_many(documents)
    seen: list[str] = []
    position = start.position
    while (page := await told(content, position)).moved:
        seen += courses_of(page)
        position = page.position
    assert sorted(seen) == [document["_id"] for document in documents]


async def test_the_news_cost_one_index_and_no_document(content: Content) -> None:
    """With a million courses stored the question reads the moves of the last minute, no more."""
    documents = [{"_id": f"crs_{n}", "slug": f"s{n}", "published_count": 0} for n in range(500)]
    await content._courses._courses.insert_many(documents)
    where = {"_id": {"$in": ["crs_7", "crs_8"]}}
    await content._courses._courses.update_many(where, {"$currentDate": {"moved_at": True}})
    driver = content._courses._courses._collection
    now = await told(content, None)
    assert now.moved == ()
    plan = await driver.find(
        {"moved_at": {"$gte": (await content._moves.last_move()).at}},  # type: ignore[union-attr]  # two have moved
        {"moved_at": 1, "published_count": 1},
    ).explain()
    assert plan["executionStats"]["totalKeysExamined"] <= 3
    assert plan["executionStats"]["totalDocsExamined"] == 0


async def test_no_position_is_refused(content: Content) -> None:
    """INVALID, with the name of the argument."""
    with pytest.raises(Invalid) as raised:
        await told(content, "nonsense!")
    assert raised.value.path == ("since",)
