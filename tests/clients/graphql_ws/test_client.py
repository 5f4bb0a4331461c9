"""The client that apps use for subscriptions, npm's graphql-ws, against a whole running system."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.learner import COURSE, App
from tests.support.npm import Run
from tests.support.running import System, client

SUBSCRIPTION = "subscription { viewerChanged { kinds } }"
MUTATION = "mutation($input: SyncInput!) { sync(input: $input) { receipts { status } } }"
COURSE_KINDS = ["ENROLMENT", "LESSON_PROGRESS"]
ANSWERED = ["REVIEW", "STREAK", "GOAL", "SKILL_STANDING"]
"""What answers to practice questions change besides."""


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[System]:
    """A system of this test's own."""
    system = System(tmp_path / "data")
    await system.start()
    yield system
    await system.stop()


@pytest.mark.slow
async def test_an_app_hears_of_every_sync(system: System, npm_client: Callable[[str], Run]) -> None:
    """Apps would have to poll, or to be written against a protocol that only we speak."""
    token = await system.token("ada", "--name", "Ada")
    async with client(system.url) as anybody:
        course = (await anybody.run(COURSE, slug="spot-phishing"))["course"]
        app = App(anybody, course, start=datetime.now(UTC))
        app.study(app.lessons[0])
    pushes = [app.queue[:2], app.queue[2:4], app.queue[4:]]
    job: dict[str, Any] = {
        "url": f"{system.url}/graphql",
        "token": token,
        "subscription": SUBSCRIPTION,
        "mutation": MUTATION,
        "input": {"deviceId": app.device, "deviceTime": datetime.now(UTC).isoformat()},
        "pushes": pushes,
    }
    run = npm_client("graphql_ws")

    answer = json.loads(await asyncio.to_thread(run, "client.mjs", json.dumps(job).encode()))

    assert [set(one) for one in answer["receipts"]] == [{"ACCEPTED"}] * 3
    kinds = [one["data"]["viewerChanged"]["kinds"] for one in answer["told"]]
    assert kinds == [
        ["PROFILE", *COURSE_KINDS, "STREAK", "GOAL"],
        [*COURSE_KINDS, *ANSWERED],
        [*COURSE_KINDS, *ANSWERED],
    ]
    assert [one["extensions"]["cursor"] for one in answer["told"]] == ["1", "2", "3"]
