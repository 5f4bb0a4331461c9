"""The main job, as a phone does it over plain HTTP: learn as a guest, offline, on two devices; claim; verify."""

import asyncio
import json
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.clients.conftest import NpmVerifier
from tests.support.answers import known_answers
from tests.support.learner import CLAIM, COURSE, ENROL, START_GUEST, VIEWER, App
from tests.support.running import Client, System

CATALOGUE = """
query Catalogue { catalog(search: "phishing", first: 5) {
  totalCount nodes { id slug title(locale: "es") locales lessonCount level } } }
"""
VERIFY = """
query Verify($input: VerifyCredentialInput!) { verifyCredential(input: $input) {
  verified issuerName achievementName holderName checks { name outcome message } } }
"""


async def guest(client: Client) -> tuple[Client, str]:
    """Start as a guest."""
    data = await client.run(START_GUEST, input={"deviceId": str(uuid.uuid4()), "locale": "es"})
    assert data["startGuest"]["userErrors"] == []
    assert data["startGuest"]["viewer"]["isGuest"]
    token = data["startGuest"]["token"]
    return client.signed_in(token), token


async def course(client: Client) -> dict[str, Any]:
    """Download the demo course."""
    data = await client.run(COURSE, slug="spot-phishing")
    found: dict[str, Any] = data["course"]
    return found


async def credential_of(client: Client) -> dict[str, Any]:
    """Wait for the viewer's credential."""
    async with asyncio.timeout(15):
        while True:
            viewer = (await client.run(VIEWER))["viewer"]
            if nodes := viewer["credentials"]["nodes"]:
                assert len(nodes) == 1
                found: dict[str, Any] = nodes[0]
                return found
            await asyncio.sleep(0.1)


def learn(app: App) -> None:
    """Do every lesson offline; the assessment by heart."""
    for lesson in app.lessons:
        app.study(lesson, answers=known_answers(lesson) if lesson["kind"] == "ASSESSMENT" else None)


async def test_a_guest_learns_offline_on_two_devices_claims_and_is_verified(
    system: System, anybody: Client, npm_verifier: NpmVerifier
) -> None:
    """The product would not do its job."""
    rng = random.Random(7)  # noqa: S311 - a reproducible shuffle
    # given the catalogue, and a guest who downloads the course
    found = (await anybody.run(CATALOGUE))["catalog"]
    assert [node["slug"] for node in found["nodes"]] == ["spot-phishing"]
    assert found["nodes"][0]["locales"] == ["en", "es"]
    someone, guest_token = await guest(anybody)
    content = await course(someone)
    enrolled = await someone.run(ENROL, input={"courseId": content["id"]})
    assert enrolled["enrol"]["enrolment"]["status"] == "ACTIVE"
    # when two devices learn offline and sync in mixed order, with repeats
    start = datetime.now(UTC) - timedelta(days=2)
    phone = App(someone, content, start=start)
    tablet = App(someone, content, start=start + timedelta(minutes=90))
    for lesson in phone.lessons[:3]:
        phone.study(lesson)
    for lesson in tablet.lessons[2:-1]:
        tablet.study(lesson)
    for events in rng.sample([*phone.mixed(rng), *tablet.mixed(rng)], k=2):
        await phone.sync(events)
    for app in (phone, tablet, phone):
        for events in app.mixed(rng):
            result = await app.sync(events)
            refused = [one for one in result["receipts"] if one["status"] not in RECEIVED]
            assert refused == []
        assert result["missing"] == []
    exam = phone.lessons[-1]
    phone.queue.clear()
    phone.study(exam, answers=known_answers(exam))
    result = await phone.sync(phone.queue)
    submitted = [r for r, e in zip(result["receipts"], phone.queue, strict=True) if "attempt.s" in e["type"]]
    assert submitted[0]["mark"] == {"correct": True, "score": 10, "maxScore": 10, "feedback": None}
    # then the guest has completed the course, and holds no credential yet
    viewer = (await someone.run(VIEWER))["viewer"]
    (enrolment,) = viewer["enrolments"]["nodes"]
    assert (enrolment["status"], enrolment["percent"], enrolment["score"]) == ("COMPLETED", 100, 1)
    assert viewer["credentials"]["totalCount"] == 0
    # when an account claims the guest
    token = await system.token("ada", "--name", "Ada Example", "--email", "ada@example.org")
    ada = anybody.signed_in(token)
    claimed = await ada.run(CLAIM, input={"guestToken": guest_token})
    assert claimed["claimGuest"]["userErrors"] == []
    # then it earns one credential, which anybody can verify without Morsel
    credential = await credential_of(ada)
    assert credential["holderName"] == "Ada Example"
    assert (credential["status"], credential["score"]) == ("VALID", 1)
    status, media_type, body = await anybody.get(credential["jsonUrl"])
    assert (status, media_type) == (200, "application/vc+ld+json")
    assert json.loads(body) == credential["json"]
    assert await npm_verifier.verified(credential["json"], system.url)
    assert await npm_verifier.jwt_verified(credential["jwt"], system.url)
    # and Morsel's own verification explains each check
    for given in ({"json": credential["json"]}, {"jwt": credential["jwt"]}):
        answer = (await anybody.run(VERIFY, input=given))["verifyCredential"]
        assert answer["verified"], answer["checks"]
        assert answer["holderName"] == "Ada Example"
    # and a tampered copy is refused by both
    tampered = json.loads(json.dumps(credential["json"]))
    tampered["credentialSubject"]["result"][0]["value"] = "12"
    answer = (await anybody.run(VERIFY, input={"json": tampered}))["verifyCredential"]
    assert not answer["verified"]
    assert [check["name"] for check in answer["checks"] if check["outcome"] == "FAILED"] == ["PROOF"]
    assert not await npm_verifier.verified(tampered, system.url)


RECEIVED = ("ACCEPTED", "DUPLICATE")
