"""A learner's export: all of it, in files that can be read, by a signed address only."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from services.kit.errors import Conflict, Forbidden, NotFound
from services.kit.records import Actor, Untrusted
from services.progress.app import Progress
from services.progress.contract import GuestProfile, Keepsake, Push, SyncResult
from tests.services.progress.conftest import Hands
from tests.support.library import RIGHT, small_course
from tests.support.phone import Phone

FACTS = small_course()
TRY = "0d5e8f1c-0000-4000-8000-000000000001"


async def learn(progress: Progress, actor: Actor, phone: Phone) -> SyncResult:
    """Do the whole course, one event a push, so that there are several pages of submissions."""
    exam = phone.study("exam", number=RIGHT, attempt=TRY)
    for event in [*phone.study("practice"), *phone.study("reading"), *exam]:
        push = Push(device_id=phone.device, device_time=phone.now, events=Untrusted([event]))
        result = await progress.tracking.sync(actor, push)
    return result


async def fetched(progress: Progress, url: str) -> dict[str, bytes]:
    """Return the files of the export at an address."""
    parts = urlsplit(url)
    (expires,), (signature,) = (parse_qs(parts.query)[name] for name in ("expires", "signature"))
    learner_id = parts.path.removeprefix("/exports/").removesuffix(".zip")
    exporting = progress.leaving.exporting
    sent = await exporting.file(learner_id, expires=expires, signature=signature)
    packed = b"".join([part async for part in sent])
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def lines(file: bytes) -> list[Any]:
    return [json.loads(line) for line in file.splitlines()]


async def test_an_export_has_everything_and_its_digest_is_the_phones(
    progress: Progress, actor: Actor
) -> None:
    """Somebody who leaves would leave something behind, or take along what cannot be checked."""
    phone = Phone(FACTS)
    result = await learn(progress, actor, phone)
    signed = Keepsake(name="credentials/cre_1.json", body=b'{"signed": true}')
    await progress.leaving.keep(actor, (signed,))
    await progress.leaving.keep(actor, (signed,))

    export = await progress.leaving.export(actor)
    files = await fetched(progress, export.url)

    assert list(files) == [
        "README.txt",
        "profile.json",
        "enrolments.jsonl",
        "events.jsonl",
        "log.jsonl",
        "credentials/cre_1.json",
    ]
    profile = json.loads(files["profile.json"])
    assert (profile["display_name"], profile["email"]) == ("Learner", "learner@example.org")
    (enrolment,) = lines(files["enrolments.jsonl"])
    assert (enrolment["status"], enrolment["score"]) == ("COMPLETED", 1.0)
    of_phone = [
        line for line in files["events.jsonl"].splitlines() if phone.device.encode() in line
    ]
    total = sum(int.from_bytes(hashlib.sha256(line).digest()[:16]) for line in of_phone)
    assert f"{total % (1 << 128):032x}" == result.digest
    told = [event["id"] for one in lines(files["log.jsonl"]) for event in one["events"]]
    assert told == [event["id"] for event in lines(files["events.jsonl"])]
    assert files[signed.name] == signed.body


async def test_only_a_whole_and_fresh_address_opens_an_export(
    progress: Progress, actor: Actor, guest: Actor, hands: Hands
) -> None:
    """Whoever guesses an address, or finds an old one, would read all of a learner's life."""
    await learn(progress, actor, Phone(FACTS))
    await progress.tracking.start_guest(guest, GuestProfile(device_id=Phone(FACTS).device))
    url = (await progress.leaving.export(actor)).url
    other = (await progress.leaving.export(guest)).url
    assert json.loads((await fetched(progress, other))["profile.json"])["is_guest"]

    with pytest.raises(NotFound):
        await fetched(progress, url.replace(actor.subject, guest.subject))
    with pytest.raises(NotFound):
        await fetched(progress, url + "x")
    hands.now += timedelta(hours=2)
    with pytest.raises(NotFound):
        await fetched(progress, url)


async def test_no_export_of_who_was_erased_or_moved(
    progress: Progress, actor: Actor, guest: Actor
) -> None:
    """An address from before an erasure would go on giving what was erased."""
    await progress.tracking.start_guest(guest, GuestProfile(device_id=Phone(FACTS).device))
    await learn(progress, guest, Phone(FACTS))
    await progress.tracking.claim_guest(actor, guest.subject)
    with pytest.raises(Conflict, match="An account has claimed"):
        await progress.leaving.export(guest)
    url = (await progress.leaving.export(actor)).url

    await progress.leaving.erase(actor, confirm=True)

    with pytest.raises(NotFound, match="no such export"):
        await fetched(progress, url)
    with pytest.raises(Forbidden, match="erased"):
        await progress.leaving.export(actor)
