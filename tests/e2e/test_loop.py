"""The main job, as a phone does it over plain HTTP: learn as a guest, offline, on two devices.

Claim; verify.
"""

import asyncio
import json
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.answers import known_answers
from tests.support.learner import CLAIM, COURSE, ENROL, START_GUEST, VIEWER, App
from tests.support.outside import OutsideVerifier
from tests.support.running import Client, System

CATALOGUE = """
query Catalogue { catalog(search: "phishing", first: 5) {
  totalCount nodes { id slug title(locale: "es") locales lessonCount level } } }
"""
VERIFY = """
query Verify($input: VerifyCredentialInput!) { verifyCredential(input: $input) {
  verified issuerName achievementName holderName checks { name outcome message } } }
"""

REFRESH = """
mutation Refresh($input: CredentialIdInput!) { refreshCredential(input: $input) {
  credential { id retention json } userErrors { message } } }
"""
REVOKE = """
mutation Revoke($input: CredentialReasonInput!) { revokeCredential(input: $input) {
  userErrors { code message } } }
"""

RECEIVED = ("ACCEPTED", "DUPLICATE")


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


async def learn_on_two_devices(someone: Client, content: Any, rng: random.Random) -> None:
    """Do the whole course offline, sync in mixed order with repeats, submit the assessment."""
    start = datetime.now(UTC) - timedelta(days=2)
    phone = App(someone, content, start=start)
    tablet = App(someone, content, start=start + timedelta(minutes=90))
    for lesson in phone.lessons[:3]:
        phone.study(lesson)
    for lesson in tablet.lessons[2:-1]:
        tablet.study(lesson)
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
    types = [event["type"] for event in phone.queue]
    submitted = result["receipts"][types.index("attempt.submitted")]
    assert submitted["mark"] == {"correct": True, "score": 10, "maxScore": 10, "feedback": None}


async def check_verification(anybody: Client, credential: Any, outside: OutsideVerifier) -> None:
    """Verify what was issued, and a copy with another score."""
    for given in ({"json": credential["json"]}, {"jwt": credential["jwt"]}):
        answer = (await anybody.run(VERIFY, input=given))["verifyCredential"]
        assert answer["verified"], answer["checks"]
        assert answer["holderName"] == "Ada Example"
    tampered = json.loads(json.dumps(credential["json"]))
    tampered["credentialSubject"]["result"][0]["value"] = "12"
    answer = (await anybody.run(VERIFY, input={"json": tampered}))["verifyCredential"]
    assert not answer["verified"]
    failed = [check["name"] for check in answer["checks"] if check["outcome"] == "FAILED"]
    assert failed == ["PROOF"]
    assert not await outside.verified(tampered)


async def check_revocation(
    system: System, ada: Client, credential: Any, content: Any, outside: OutsideVerifier
) -> None:
    """Bring the credential up to date, then have its issuer revoke it; the holder's phone hears."""
    refreshed = await ada.run(REFRESH, input={"credentialId": credential["id"]})
    newer = refreshed["refreshCredential"]["credential"]
    assert (newer["id"], newer["retention"] > 0) == (credential["id"], True)
    status, _, body = await ada.get(credential["json"]["refreshService"]["id"])
    assert (status, json.loads(body)) == (200, newer["json"])
    assert await outside.verified(newer["json"])
    token = await system.token("ida", "--role", "ISSUER", "--org", "morsel-academy")
    wish = {"credentialId": credential["id"], "reason": "Issued by mistake."}
    answer = await ada.signed_in(token).run(REVOKE, input=wish)
    assert answer["revokeCredential"]["userErrors"] == []
    assert not await outside.verified(newer["json"])
    assert not await outside.verified(credential["json"])
    for _ in range(600):
        told = await App(ada, content, start=datetime.now(UTC)).sync([])
        (record,) = (one["record"] for one in told["changes"] if one["kind"] == "CREDENTIAL")
        if record["status"] == "REVOKED":
            break
        await asyncio.sleep(0.1)
    assert (record["status"], record["statusReason"]) == ("REVOKED", "Issued by mistake.")


async def test_a_guest_learns_offline_on_two_devices_claims_and_is_verified(
    system: System, anybody: Client, outside: OutsideVerifier
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
    await learn_on_two_devices(someone, content, rng)
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
    assert await outside.verified(credential["json"])
    assert await outside.verified(credential["jwt"], of=credential["json"])
    # and Morsel's own verification explains each check, and refuses a tampered copy too
    await check_verification(anybody, credential, outside)
    # and what its issuer takes back counts nowhere any more
    await check_revocation(system, ada, credential, content, outside)
