"""The first screen on real services: what it costs the database of progress, by its own profile."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.app import create_app
from gateway.documents import digest
from morsel.schema import FOLDER
from services.kit.mongo import Mongo
from services.progress.use_cases.store import LearnerDocument
from tests.gateway.conftest import AccountIssuer, Gateway, settings_of, started
from tests.support.whole import Whole, whole
from tests.support.world import World

HOME = (FOLDER / "operations" / "Home.graphql").read_text()
ENROLMENTS = 200
JOIN = """mutation($code: String!) { joinCohort(input: {code: $code}) { userErrors { code } } }"""
ENROL = "mutation($id: ID!) { enrol(input: {courseId: $id}) { enrolment { percent } } }"


@pytest.fixture
async def services(mongo: Mongo, mongo_uri: str) -> AsyncIterator[Whole]:
    """The services, with a cohort that is to do a course."""
    async with whole(mongo, mongo_uri) as made:
        yield made


@pytest.fixture
async def gateway(services: Whole) -> AsyncIterator[Gateway]:
    """A gateway over them."""
    accounts = AccountIssuer()
    app = create_app(settings_of(), services.clients, keys=accounts.keys)
    async with started(World(), accounts, app=app) as opened:
        yield opened


async def busy(services: Whole, gateway: Gateway, token: str) -> LearnerDocument:
    """Enrol somebody in the course, in the cohort, and in 199 others that they began before."""
    await gateway.run(ENROL, {"id": services.published.id}, token=token)
    joined = await gateway.run(JOIN, {"code": services.code}, token=token)
    assert joined.data["joinCohort"]["userErrors"] == []
    progress = services.progress
    *_, telling = progress.hearing.consumers(progress.feed, progress.steps, progress.assignments)
    while await telling.run_once():
        pass
    id_ = (await gateway.run("{ viewer { id } }", token=token)).data["viewer"]["id"]
    learner = (await progress.store.learners([id_]))[id_]
    (latest,) = learner.courses.values()
    before = {f"course {i}": replace(latest, active=i) for i in range(ENROLMENTS - 1)}
    many = replace(learner, courses={**before, **learner.courses})
    assert await progress.store.save_learner(many, expected=learner.through)
    return many


def asked(services: Whole) -> list[tuple[str, str, int]]:
    """Return what mongod did in the database of progress: operation, collection, documents read."""
    database = services._driver[services.databases[1]]
    return [
        (each["op"], each["ns"].split(".", 1)[1], each.get("docsExamined", 0))
        for each in database["system.profile"].find({"ns": {"$not": {"$regex": "system"}}})
        if each["op"] != "command" or "aggregate" in each["command"]
    ]


async def home(gateway: Gateway, token: str) -> dict[str, Any]:
    """Return the first screen, by its registered operation."""
    answer = await gateway.send(
        json={"documentId": digest(HOME)}, headers={"Authorization": f"Bearer {token}"}
    )
    return dict(answer.data["viewer"])


async def test_home_costs_one_read_of_one_document_whatever_the_number_of_courses(
    services: Whole, gateway: Gateway
) -> None:
    """The screen that everybody opens first would load the database of progress several times."""
    token = gateway.accounts.token("busy")
    await busy(services, gateway, token)
    database = services._driver[services.databases[1]]
    database.command("profile", 2)
    try:
        shown = await home(gateway, token)
    finally:
        database.command("profile", 0)

    assert asked(services) == [("query", "learners", 1)]
    assert [each["course"]["slug"] for each in shown["continueLearning"]] == ["sums"] * 3
    assert shown["continueLearning"][0]["percent"] == 0.0
    (assignment,) = shown["assignments"]
    assert assignment["course"]["slug"] == "sums"
    assert assignment["enrolment"] == {
        "id": shown["continueLearning"][0]["id"],
        "status": "ACTIVE",
        "percent": 0.0,
    }
    assert (shown["goal"], shown["dueReviewCount"]) == (
        {"minutes": 10, "daysPerWeek": 7, "minutesToday": 0.0},
        0,
    )
    assert shown["streak"] == {"days": 0, "longest": 0, "lastStudyDay": None, "freezesLeft": 2}


async def test_what_home_leaves_out_is_read_where_it_is_asked_for(
    services: Whole, gateway: Gateway
) -> None:
    """The lessons of a course to go on with would be an empty list."""
    token = gateway.accounts.token("busy")
    await gateway.run(ENROL, {"id": services.published.id}, token=token)
    document = "{ viewer { continueLearning { lessons { lesson { id } status } } } }"

    (course,) = (await gateway.run(document, token=token)).data["viewer"]["continueLearning"]

    lessons = [lesson for module in services.version.modules for lesson in module.lessons]
    assert [each["lesson"]["id"] for each in course["lessons"]] == [one.id for one in lessons]
