"""A pathway as a guest follows it over plain HTTP: how far they are, and what the claim earns."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.answers import known_answers
from tests.support.learner import CLAIM, COURSE, ENROL, START_GUEST, VIEWER, App
from tests.support.running import Client, System

DEMO = "everyday-digital-judgement"
SLUG = "answering-strangers"
SAVE = """
mutation Save($input: SavePathwayInput!) { savePathway(input: $input) {
  pathway { id } userErrors { code message path } } }
"""
PATHWAYS = """
query Pathways($demo: String!, $own: String!) {
  demo: pathway(slug: $demo) { percent courses { slug } }
  own: pathway(slug: $own) { percent } }
"""
AWARD = {
    "name": {"en": "Answers Strangers Safely"},
    "description": {"en": "Can answer messages of people whom they do not know."},
    "criteria": {"en": "Earned what the course awards."},
}


@pytest.fixture
async def content(anybody: Client, system: System) -> AsyncIterator[dict[str, Any]]:
    """The demo course, in a pathway that awards something for the time of a test."""
    token = await system.token("way-maker", "--role", "AUTHOR", "--org", "riverside-library")
    author = anybody.signed_in(token)
    found = (await anybody.run(COURSE, slug="spot-phishing"))["course"]
    given = {
        "slug": SLUG,
        "title": "Answering strangers",
        "summary": "For everybody who answers messages of people whom they do not know.",
        "courseIds": [found["id"]],
    }
    saved = (await author.run(SAVE, input={**given, "achievement": AWARD}))["savePathway"]
    assert saved["userErrors"] == []
    yield found
    await author.run(SAVE, input={**given, "id": saved["pathway"]["id"]})


async def percents(client: Client) -> tuple[float, float]:
    """Return how far the viewer is in the demo's pathway of three courses, and in that of one."""
    found = await client.run(PATHWAYS, demo=DEMO, own=SLUG)
    assert len(found["demo"]["courses"]) == 3
    return found["demo"]["percent"], found["own"]["percent"]


async def test_a_guest_follows_a_pathway_and_earns_it_at_the_claim(
    system: System, anybody: Client, content: dict[str, Any]
) -> None:
    """Who learned as a guest would get the course's credential, and never the pathway's."""
    started = await anybody.run(START_GUEST, input={"deviceId": str(uuid.uuid4())})
    token = started["startGuest"]["token"]
    guest = anybody.signed_in(token)
    await guest.run(ENROL, input={"courseId": content["id"]})
    assert await percents(guest) == (0.0, 0.0)

    phone = App(guest, content, start=datetime.now(UTC) - timedelta(days=1))
    *practice, exam = phone.lessons
    for lesson in practice:
        phone.study(lesson)
    await phone.sync(phone.queue)
    (enrolment,) = (await guest.run(VIEWER))["viewer"]["enrolments"]["nodes"]
    assert 0 < enrolment["percent"] < 100
    third, own = await percents(guest)
    assert own == enrolment["percent"]
    assert third == pytest.approx(own / 3)
    phone.queue.clear()
    phone.study(exam, answers=known_answers(exam))
    await phone.sync(phone.queue)
    third, own = await percents(guest)
    assert own == 100.0
    assert third == pytest.approx(100 / 3)
    assert (await guest.run(VIEWER))["viewer"]["credentials"]["totalCount"] == 0

    bea = anybody.signed_in(await system.token("bea", "--name", "Bea Example"))
    claimed = await bea.run(CLAIM, input={"guestToken": token})
    assert claimed["claimGuest"]["userErrors"] == []
    async with asyncio.timeout(60):
        while True:
            held = (await bea.run(VIEWER))["viewer"]["credentials"]["nodes"]
            if len(held) > 1:
                break
            await asyncio.sleep(0.1)
    names = sorted(credential["achievement"]["name"] for credential in held)
    assert names == ["Answers Strangers Safely", "Phishing Spotter"]
    assert {credential["holderName"] for credential in held} == {"Bea Example"}
