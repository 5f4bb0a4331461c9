"""Leaving, over HTTP: everything is taken along, then nothing is left but what names nobody."""

import asyncio
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.answers import known_answers
from tests.support.learner import COURSE, SYNC, VIEWER, App
from tests.support.running import Client, System

EXPORT = "mutation { exportMyData { url expiresAt } }"
ERASE = """
mutation Erase($confirm: Boolean!) {
  eraseMe(input: {confirm: $confirm}) { erased userErrors { code message path } } }
"""
VERIFY = """
query Verify($credential: JSON!) { verifyCredential(input: {json: $credential}) {
  verified checks { name outcome } } }
"""


async def certified(learner: Client) -> tuple[App, dict[str, Any]]:
    """Do the whole course, and return the phone and the credential that came of it."""
    course = (await learner.run(COURSE, slug="spot-phishing"))["course"]
    app = App(learner, course, start=datetime.now(UTC) - timedelta(days=1))
    for lesson in app.lessons:
        exam = lesson["kind"] == "ASSESSMENT"
        app.study(lesson, answers=known_answers(lesson) if exam else None)
    for start in range(0, len(app.queue), 100):
        await app.sync(app.queue[start : start + 100])
    async with asyncio.timeout(60):
        while not (nodes := (await learner.run(VIEWER))["viewer"]["credentials"]["nodes"]):
            await asyncio.sleep(0.1)
    return app, nodes[0]


async def test_everything_is_taken_along_and_then_nothing_is_left(
    system: System, anybody: Client
) -> None:
    """Somebody who leaves would leave something behind, or could not prove what they learned."""
    # given a learner with a credential
    learner = anybody.signed_in(await system.token("lea", "--name", "Lea Example"))
    app, credential = await certified(learner)
    # when they export
    export = (await learner.run(EXPORT))["exportMyData"]
    status, media_type, packed = await anybody.get(export["url"])
    # then anybody with the address has all of it
    assert (status, media_type) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sent = {json.loads(line)["id"] for line in files["events.jsonl"].splitlines()}
    assert {event["id"] for event in app.queue} <= sent
    signed = json.loads(files[f"credentials/{credential['id']}.json"])
    assert (await anybody.run(VERIFY, credential=signed))["verifyCredential"]["verified"]
    assert (await anybody.get(export["url"][:-1]))[0] == 404
    # when they want to be erased, and mean it
    refused = (await learner.run(ERASE, confirm=False))["eraseMe"]
    assert (refused["erased"], refused["userErrors"][0]["path"]) == (False, ["input", "confirm"])
    assert (await learner.run(ERASE, confirm=True))["eraseMe"]["erased"]
    # then nothing opens, nothing comes back, and the credential is worth nothing
    assert (await anybody.get(export["url"]))[0] == 404
    late = {
        "deviceId": app.device,
        "deviceTime": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "events": app.queue[:1],
    }
    answer = await learner.post(SYNC, input=late)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    async with asyncio.timeout(60):
        while (await anybody.run(VERIFY, credential=signed))["verifyCredential"]["verified"]:
            await asyncio.sleep(0.1)
    viewer = (await learner.run(VIEWER))["viewer"]
    assert (viewer["enrolments"]["totalCount"], viewer["credentials"]["totalCount"]) == (0, 0)
