"""What becomes of a credential: a page for whoever has the link, and being found by employers."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.credentials.contract import MIN_GROUP
from tests.support.answers import known_answers
from tests.support.learner import COURSE, ENROL, VIEWER, App
from tests.support.running import Client, System

SHARE = """
mutation Share($input: ShareCredentialInput!) { shareCredential(input: $input) {
  credential { shareUrl linkedInUrl } userErrors { message } } }
"""
UNSHARE = """
mutation Unshare($input: CredentialIdInput!) { unshareCredential(input: $input) {
  credential { shareUrl } userErrors { message } } }
"""
VERIFY = """
query Verify($url: String!) { verifyCredential(input: {url: $url}) {
  verified holderName checks { name outcome message } } }
"""
AGREE = """
mutation Agree($yes: Boolean!) { updateProfile(input: {discoverable: $yes,
  contactUrl: "mailto:me@example.org"}) { viewer { discoverable } userErrors { message } } }
"""
TALENT = """
query Talent($skills: [ID!]!, $least: Float) { talent(skillIds: $skills, minRetention: $least) {
  totalCount nodes { holderName contactUrl skills { skill { id } retention }
    credentials { json achievement { skills { id } } } } } }
"""
VIEWS = "{ viewer { talentViews { totalCount nodes { employer skills { id } } } } }"

pytestmark = pytest.mark.slow  # five people do a whole course


async def graduate(system: System, anybody: Client, content: Any, name: str) -> Client:
    """Let somebody do the whole course, and agree to be found."""
    person = anybody.signed_in(await system.token(name, "--name", f"{name.title()} Example"))
    await person.run(ENROL, input={"courseId": content["id"]})
    app = App(person, content, start=datetime.now(UTC) - timedelta(hours=2))
    for lesson in app.lessons[:-1]:
        app.study(lesson)
    for events in app.mixed(random.Random(name)):  # noqa: S311 - a reproducible shuffle
        await app.sync(events)
    app.queue.clear()
    app.study(app.lessons[-1], answers=known_answers(app.lessons[-1]))
    await app.sync(app.queue)
    agreed = await person.run(AGREE, yes=True)
    assert agreed["updateProfile"]["viewer"]["discoverable"]
    return person


async def found(employer: Client, wanted: int, **asked: Any) -> dict[str, Any]:
    """Return a search once it finds so many."""
    async with asyncio.timeout(60):
        while True:
            page: dict[str, Any] = (await employer.run(TALENT, **asked))["talent"]
            if page["totalCount"] == wanted:
                return page
            await asyncio.sleep(0.2)


async def check_page(anybody: Client, person: Client) -> None:
    """Share a credential, look at its page, verify it by its link, and take the link back."""
    [credential] = (await person.run(VIEWER))["viewer"]["credentials"]["nodes"]
    this = {"credentialId": credential["id"]}
    shared = (await person.run(SHARE, input=this))["shareCredential"]["credential"]
    status, media_type, page = await anybody.get(shared["shareUrl"])
    assert (status, media_type) == (200, "text/html")
    assert credential["holderName"] in page.decode()
    assert (await anybody.get(f"{shared['shareUrl']}/preview.png"))[:2] == (200, "image/png")
    verified = (await anybody.run(VERIFY, url=shared["shareUrl"]))["verifyCredential"]
    assert verified["verified"], verified["checks"]
    assert verified["holderName"] == credential["holderName"]
    await person.run(UNSHARE, input=this)
    assert (await anybody.get(shared["shareUrl"]))[0] == 404


async def test_graduates_are_found_read_by_whom_and_are_gone_when_they_say_so(
    system: System, anybody: Client
) -> None:
    """Consent, cards and credentials come from three places, and would not come together."""
    content = (await anybody.run(COURSE, slug="spot-phishing"))["course"]
    names = [f"graduate {letter}" for letter in "abcde"]
    assert len(names) == MIN_GROUP
    people = [await graduate(system, anybody, content, name) for name in names]
    employer = anybody.signed_in(
        await system.token("erin", "--role", "EMPLOYER", "--org", "morsel-academy")
    )
    catalog = '{ course(slug: "spot-phishing") { skills { id } } }'
    skills = [skill["id"] for skill in (await anybody.run(catalog))["course"]["skills"]]

    page = await found(employer, MIN_GROUP, skills=skills[:1], least=0.5)
    assert {node["holderName"] for node in page["nodes"]} == {f"{n.title()} Example" for n in names}
    assert {node["contactUrl"] for node in page["nodes"]} == {"mailto:me@example.org"}
    for person in people:
        views = (await person.run(VIEWS))["viewer"]["talentViews"]
        assert views["nodes"][0] == {
            "employer": "Morsel Academy",
            "skills": [{"id": skills[0]}],
        }
    await check_page(anybody, people[0])

    await people[0].run(AGREE, yes=False)
    gone = (await employer.run(TALENT, skills=skills[:1]))["talent"]

    assert gone == {"totalCount": 0, "nodes": []}
