"""kill -9 in the middle of a stream of syncs.

Nothing acknowledged is lost, nothing counts twice, one credential.
"""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.answers import known_answers
from tests.support.learner import COURSE, VIEWER, App
from tests.support.running import Client, System, client

PUSH = 4
"""Events a push: a stream of many small ones, so that a kill falls between any two writes."""
KILLS = 3


async def acknowledged(app: App, seen: set[str]) -> set[str]:
    """Push the queue in small pushes until the system is killed or all is through.

    Return what was acknowledged; `seen` grows with it.
    """
    for start in range(0, len(app.queue), PUSH):
        events = app.queue[start : start + PUSH]
        try:
            result = await app.sync(events)
        except (aiohttp.ClientError, json.JSONDecodeError):
            break
        seen |= {receipt["id"] for receipt in result["receipts"]}
    return seen


async def stored_ids(app: App, mongo: Any) -> list[str]:
    """Return the ids of the phone's events in the log, read past Morsel."""
    documents = await mongo.database("morsel_progress").truth("log").find({})
    return [
        entry["id"]
        for document in documents
        for entry in document.get("events", ())
        if json.loads(entry["json"])["device"] == app.device
    ]


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--split",)], ids=["one", "four"])
async def test_killed_in_a_stream_of_syncs(
    tmp_path: Path, mongo_uri: str, mongo: Any, options: tuple[str, ...]
) -> None:
    """An outage at the wrong moment would lose work, or give two credentials for it."""
    # given a learner with the whole course done offline
    for service in ("content", "progress", "credentials"):
        await mongo.database(f"morsel_{service}").drop()
    system = System(tmp_path / "data", mongo_uri=mongo_uri, options=options)
    await system.start()
    token = await system.token("kim", "--name", "Kim Example")
    async with client(system.url) as anybody:
        kim = anybody.signed_in(token)
        course = (await kim.run(COURSE, slug="spot-phishing"))["course"]
        app = App(kim, course, start=datetime.now(UTC) - timedelta(days=1))
        for lesson in app.lessons:
            exam = lesson["kind"] == "ASSESSMENT"
            app.study(lesson, answers=known_answers(lesson) if exam else None)
        # when the system is killed while it is being uploaded, again and again
        promised: set[str] = set()
        for kill in range(KILLS):
            seen: set[str] = set()
            stream = asyncio.create_task(acknowledged(app, seen))
            while len(seen) < PUSH * (1 + 2 * kill) and not stream.done():
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.007 * kill)  # into the next push
            await system.kill()
            promised |= await stream
            await system.start()
        assert 0 < len(promised) <= len(app.queue)
        # then everything acknowledged is there, once, before anything is sent again
        ids = await stored_ids(app, mongo)
        assert len(ids) == len(set(ids))
        assert promised <= set(ids)
        # when the phone sends everything again, twice
        for _ in range(2):
            assert await acknowledged(app, set()) == {event["id"] for event in app.queue}
        # then nothing counts twice and there is one credential
        ids = await stored_ids(app, mongo)
        assert sorted(ids) == sorted(event["id"] for event in app.queue)
        viewer = await settled(kim)
        (enrolment,) = viewer["enrolments"]["nodes"]
        assert (enrolment["percent"], enrolment["score"]) == (100, 1)
        assert [one["attempts"] for one in enrolment["lessons"]][-1] == 1
        assert viewer["credentials"]["totalCount"] == 1
    await system.stop()
    issued = await mongo.database("morsel_credentials").truth("credentials").find({})
    assert len(issued) == 1


async def settled(kim: Client) -> Any:
    """Wait for the credential, then give a second one time to appear."""
    async with asyncio.timeout(60):
        while not (await kim.run(VIEWER))["viewer"]["credentials"]["totalCount"]:
            await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    return (await kim.run(VIEWER))["viewer"]
