"""Sign-in through the development issuer as everybody, and an organisation of one's own."""

import asyncio
import sys
import uuid
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.kit.records import Role
from tests.services.content.samples import zipped
from tests.support.learner import COURSE, ENROL, VIEWER, App
from tests.support.running import ROOT, Client, System
from tests.support.whole import course_files

ROLES = "{ viewer { roles isGuest } }"
IMPORT = """
mutation Import($input: ImportCourseInput!) { importCourse(input: $input) {
  course { id } userErrors { code message } } }
"""
AWARD = '{ course(slug: "acme-sums") { achievement { issuer { name did } } } }'
PUBLISH = """
mutation Publish($input: PublishCourseInput!) { publishCourse(input: $input) {
  course { id } userErrors { code message } } }
"""
READ = "query($id: ID!) { credential(id: $id) { status holderName } }"
VERIFY = """
query Verify($input: VerifyCredentialInput!) { verifyCredential(input: $input) {
  verified issuerName } }
"""


async def register(system: System, slug: str, name: str) -> str:
    """Register an organisation from the command line, while the system runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *["-m", "morsel", "org", "create", slug, "--name", name],
        *["--data", str(system.data), "--public-url", system.url],
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()


async def someone(system: System, anybody: Client, name: str, *more: str) -> Client:
    """Sign somebody in."""
    return anybody.signed_in(await system.token(name, *more))


async def learned(learner: Client, slug: str) -> dict[str, Any]:
    """Take the course, and return the credential that is issued for it."""
    course = (await learner.run(COURSE, slug=slug))["course"]
    await learner.run(ENROL, input={"courseId": course["id"]})
    phone = App(learner, course, start=datetime.now(UTC) - timedelta(hours=1))
    for lesson in phone.lessons:
        phone.study(lesson, answers={"sum": {"number": 4}})
    await phone.sync(phone.queue)
    async with asyncio.timeout(15):
        while not (held := (await learner.run(VIEWER))["viewer"]["credentials"]["nodes"]):
            await asyncio.sleep(0.1)
    (credential,) = held
    found: dict[str, Any] = credential
    return found


@pytest.mark.parametrize("role", list(Role))
async def test_everybody_signs_in_through_the_development_issuer(
    system: System, anybody: Client, role: Role
) -> None:
    """An app's developer could not try what an app shows to issuers or managers."""
    client = await someone(system, anybody, f"a-{role}", "--role", role, "--org", "acme")

    viewer = (await client.run(ROLES))["viewer"]

    assert viewer == {"isGuest": False, "roles": sorted({Role.LEARNER, role}, key=list(Role).index)}


async def test_a_registered_organisation_teaches_and_issues_under_its_own_name(
    system: System, anybody: Client
) -> None:
    """Credentials of one organisation would be issued, read or written by another."""
    # given an organisation that was registered while the system runs, and its author
    told = await register(system, "acme", "ACME Safety Training")
    did = f"did:web:localhost%3A{system.port}:issuers:acme"
    assert f"ACME Safety Training issues credentials as {did}" in told
    assert "--role AUTHOR --org acme" in told
    status, _, document = await anybody.get(f"{system.url}/issuers/acme/did.json")
    assert (status, did.encode() in document) == (200, True)
    author = await someone(system, anybody, "ann", "--role", "AUTHOR", "--org", "acme")
    # when the author brings a course in, and a learner completes it
    packed = b64encode(zipped(course_files("acme-sums"))).decode()
    given = {"format": "MARKDOWN", "package": packed, "publish": True}
    brought = (await author.run(IMPORT, input=given))["importCourse"]
    assert brought["userErrors"] == []
    learner = await someone(system, anybody, f"bo-{uuid.uuid4()}", "--name", "Bo Example")
    credential = await learned(learner, "acme-sums")
    # then the credential is the organisation's
    award = (await anybody.run(AWARD))["course"]["achievement"]
    assert award == {"issuer": {"name": "ACME Safety Training", "did": did}}
    verified = (await anybody.run(VERIFY, input={"json": credential["json"]}))["verifyCredential"]
    assert verified == {"verified": True, "issuerName": "ACME Safety Training"}
    # and its issuers may read it, those of another may not; nor may others publish its course
    issuer_role = ("--role", "ISSUER", "--org")
    own = await someone(system, anybody, "ida", *issuer_role, "acme")
    other = await someone(system, anybody, "ivo", *issuer_role, "morsel-academy")
    assert (await own.run(READ, id=credential["id"]))["credential"]["holderName"] == "Bo Example"
    assert (await other.run(READ, id=credential["id"]))["credential"] is None
    rival = await someone(system, anybody, "rik", "--role", "AUTHOR", "--org", "morsel-academy")
    publish = {"courseId": brought["course"]["id"], "baseRevision": 1}
    refused = (await rival.run(PUBLISH, input=publish))["publishCourse"]
    assert [error["code"] for error in refused["userErrors"]] == ["FORBIDDEN"]
