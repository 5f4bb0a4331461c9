"""Batches: what a page costs in calls of the services' contracts."""

import asyncio
from collections.abc import Sequence

import pytest

from gateway.loaders import Batches, Loader, Work
from services.kit.errors import NotFound
from tests.gateway.conftest import Gateway
from tests.support.versions import rich_version

PAGE = """{ catalog(first: 20) { nodes {
  title skills { name } achievement { name issuer { name } }
  enrolment { percent course { slug } version { number } lessons { status lesson { title } } }
  version { modules { lessons { title progress { status } course { slug } } } }
} } }"""


async def test_a_page_of_twenty_courses_costs_one_call_for_each_method(gateway: Gateway) -> None:
    """A list would cost a call an item and field: hundreds of round trips a screen."""
    token = await gateway.guest()
    for index in range(19):
        gateway.world.shelf._put(rich_version(f"course-{index}"))
    ids = [course.id for course in gateway.world.shelf._courses.values()]
    for course in ids[:10]:
        document = "mutation($id: ID!) { enrol(input: {courseId: $id}) { enrolment { id } } }"
        await gateway.run(document, {"id": course}, token=token)
    gateway.world.forget()

    page = (await gateway.run(PAGE, token=token)).data["catalog"]

    assert len(page["nodes"]) == 20
    assert sum(node["enrolment"] is not None for node in page["nodes"]) == 10
    assert page["nodes"][0]["achievement"] == {"name": "Wirer", "issuer": {"name": "Academy"}}
    assert gateway.world.calls == {
        "catalog": 1,
        "versions": 1,
        "achievements": 1,
        "enrolments": 1,
        "courses": 1,
        "lesson_progress": 1,
    }


async def test_a_write_is_seen_by_what_is_read_after_it_in_the_same_document(
    gateway: Gateway,
) -> None:
    """A phone would show the state from before its own write."""
    token = await gateway.guest()
    course = rich_version().course_id
    document = """mutation($id: ID!) {
      before: withdraw(input: {courseId: $id}) { userErrors { code } }
      enrol(input: {courseId: $id}) { enrolment { course { enrolment { status } } } }
      after: withdraw(input: {courseId: $id}) { enrolment { course { enrolment { status } } } }
    }"""

    data = (await gateway.run(document, {"id": course}, token=token)).data

    assert data["before"] == {"userErrors": [{"code": "NOT_FOUND"}]}
    assert data["enrol"]["enrolment"]["course"]["enrolment"] == {"status": "ACTIVE"}
    assert data["after"]["enrolment"]["course"]["enrolment"] == {"status": "ACTIVE"}


async def test_a_loader_asks_each_key_once_and_answers_in_order() -> None:
    """The same key in ten places would be ten reads; answers would reach the wrong fields."""
    asked: list[tuple[str, ...]] = []

    async def fetch(keys: tuple[str, ...]) -> Sequence[str]:
        asked.append(keys)
        return [key.upper() for key in keys]

    loader = Loader(fetch, Work())

    together = await asyncio.gather(
        loader.load("a"), loader.load_many(["b", "a", "c"]), loader.load("b")
    )
    again = await loader.load("c")

    assert list(together) == ["A", ["B", "A", "C"], "B"]
    assert again == "C"
    assert asked == [("a", "b", "c")]


async def test_a_failure_reaches_everybody_who_asked() -> None:
    """One of the fields would wait until the deadline."""

    async def fetch(_: tuple[str, ...]) -> Sequence[str]:
        raise NotFound("none")

    loader = Loader(fetch, Work())

    outcomes = await asyncio.gather(loader.load("a"), loader.load("b"), return_exceptions=True)

    assert [type(each) for each in outcomes] == [NotFound, NotFound]


async def test_a_service_that_answers_too_few_keys_is_an_error_and_no_hang() -> None:
    """A broken service would hold every request until its deadline."""

    async def fetch(keys: tuple[str, ...]) -> Sequence[str]:
        return keys[:1]

    loader = Loader(fetch, Work())

    with pytest.raises(ValueError, match="shorter"):
        await loader.load_many(["a", "b"])


async def test_batches_keep_places_of_the_document_apart() -> None:
    """Two aliases with other arguments would get each other's answers."""
    seen = []

    async def resolve(parents: Sequence[int], _: object, *, times: int) -> Sequence[int]:
        seen.append(list(parents))
        return [parent * times for parent in parents]

    batches = Batches(Work())

    answers = await asyncio.gather(
        *[
            batches.submit(resolve, site=site, parent=parent, context=None, args={"times": site})
            for site in (10, 100)
            for parent in (1, 2)
        ]
    )

    assert answers == [10, 20, 100, 200]
    assert seen == [[1, 2], [1, 2]]


async def test_work_that_is_given_up_ends() -> None:
    """What a phone no longer waits for would go on asking the database."""
    ended = asyncio.Event()

    async def fetch(_: tuple[str, ...]) -> Sequence[str]:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()
        return []

    work = Work()
    asking = asyncio.create_task(Loader(fetch, work).load("a"))
    await asyncio.sleep(0.01)
    work.stop()
    await asyncio.wait_for(ended.wait(), 1)
    asking.cancel()
