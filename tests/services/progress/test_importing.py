"""An export brought in again: the same digests anywhere, the same state where versions are."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from morsel.export_file import opened
from morsel.refusal import Refusal
from services.kit.errors import Conflict, Forbidden
from services.kit.ids import Kind, new_id, version_hash
from services.kit.mongo import Database, Mongo
from services.kit.records import Actor, PageArgs, Untrusted
from services.progress.app import Progress
from services.progress.contract import GuestProfile, Push
from services.progress.settings import Settings
from services.progress.use_cases.importing import Tally
from services.progress.use_cases.store import LearnerDocument
from tests.services.progress.conftest import Hands
from tests.support.library import RIGHT, Library, small_course
from tests.support.phone import Phone

FACTS = small_course()
TRY = "0d5e8f1c-0000-4000-8000-000000000001"


async def learn(progress: Progress, actor: Actor, hands: Hands) -> Phone:
    """Learn the course over days, with a goal, a refused event and an unknown type."""
    phone = Phone(FACTS)
    exam = phone.study("exam", number=RIGHT, attempt=TRY)
    goal = [phone.own("goal.set", minutes=15), phone.own("thing.invented", deep=[1.5])]
    bad = {**phone.own("goal.set"), "body": {"minutes": "many"}}
    for events in (goal, phone.study("practice"), [*exam, bad], phone.study("reading")):
        push = Push(device_id=phone.device, device_time=phone.now, events=Untrusted(events))
        await progress.tracking.sync(actor, push)
        hands.now += timedelta(days=1)
        phone.now += timedelta(days=1)
    return phone


async def export(progress: Progress, actor: Actor, path: Path) -> Path:
    """Write the actor's export into a file."""
    parts = urlsplit((await progress.leaving.export(actor)).url)
    (expires,), (signature,) = (parse_qs(parts.query)[name] for name in ("expires", "signature"))
    sent = await progress.leaving.exporting.file(
        actor.subject, expires=expires, signature=signature
    )
    return _written(path, b"".join([part async for part in sent]))


def _written(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


async def bring(progress: Progress, path: Path, learner_id: str) -> Tally:
    """Import an export, as the command does."""
    tally = Tally()
    with opened(path) as file:
        file.check(now=progress.leaving.importing.now)
        for one in file.submissions(now=progress.leaving.importing.now):
            await progress.leaving.importing.bring(learner_id, one, tally)
    return tally


async def learner(progress: Progress, learner_id: str) -> LearnerDocument:
    return (await progress.store.learners([learner_id]))[learner_id]


async def shown(progress: Progress, learner_id: str) -> Any:
    """Return what is shown of a learner, without ids that hold the learner's."""
    state = (await learner(progress, learner_id)).state
    page = await progress.learners.enrolments_of(learner_id, status=None, page=PageArgs(first=9))
    cards = await progress.store.cards_of(learner_id)
    return (
        [json.loads(json.dumps(one, default=_plain)) for one in page.nodes],
        state.devices,
        state.own.days,
        state.own.streak,
        state.own.skills,
        sorted((card.key, card.state, card.schedule) for card in cards),
    )


def _plain(value: Any) -> Any:
    return {
        name: getattr(value, name)
        for name in getattr(value, "__struct_fields__", ())
        if name not in ("id", "learner_id")
    } or str(value)


def rewritten(path: Path, **changed: Callable[[bytes], bytes]) -> Path:
    """Return an export of which files were changed."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, changed.get(name.partition(".")[0], bytes)(body))
    other = path.with_name("changed.zip")
    other.write_bytes(out.getvalue())
    return other


async def test_an_export_makes_the_same_learner_once(
    progress: Progress, actor: Actor, hands: Hands, tmp_path: Path
) -> None:
    """Whoever moves would lose progress, or have it counted twice by a repeat."""
    await learn(progress, actor, hands)
    path = await export(progress, actor, tmp_path / "export.zip")
    other = new_id(Kind.LEARNER)

    first = await bring(progress, path, other)

    assert await shown(progress, other) == await shown(progress, actor.subject)
    assert (first.present, first.conflicts, first.refusals) == (0, [], [])
    assert not first.foreign
    assert first.left["profile.set"] == first.left["attempt.released"] == 1
    head = await learner(progress, other)
    again = await bring(progress, path, other)
    assert (again.accepted, again.present) == (0, first.accepted)
    assert await learner(progress, other) == head
    own = await bring(progress, path, actor.subject)
    assert own.accepted == 0


async def test_two_phones_and_the_home_screen_find_the_same(
    progress: Progress, actor: Actor, hands: Hands, tmp_path: Path
) -> None:
    """Phones of somebody who moves would send all again, or ask for numbers that were refused."""
    phone = await learn(progress, actor, hands)
    tablet = Phone(FACTS, name="tablet", start=phone.now)
    bad = tablet.view("practice", "t1") | {"type": "Bad"}
    push = Push(
        device_id=tablet.device,
        device_time=tablet.now,
        events=Untrusted([*tablet.study("practice"), bad]),
    )
    await progress.tracking.sync(actor, push)
    other = Actor(subject=new_id(Kind.LEARNER), name=actor.name, email=actor.email)

    await bring(progress, await export(progress, actor, tmp_path / "export.zip"), other.subject)

    for one in (phone, tablet):
        push = Push(device_id=one.device, device_time=one.now)
        here, there = [await progress.tracking.sync(who, push) for who in (actor, other)]
        assert (here.digest, here.missing) == (there.digest, there.missing)
    old, new = await progress.homes.homes((actor.subject, other.subject))
    assert (new.goal, new.streak, new.due_reviews) == (old.goal, old.streak, old.due_reviews)


async def test_marks_and_releases_of_the_file_are_not_believed(
    progress: Progress, actor: Actor, hands: Hands, tmp_path: Path, library: Library
) -> None:
    """Whoever edits a file would pass an assessment, and earn a credential."""
    phone = Phone(FACTS)
    wrong = phone.study("exam", number=RIGHT + 1, attempt=TRY)
    push = Push(device_id=phone.device, device_time=phone.now, events=Untrusted(wrong))
    await progress.tracking.sync(actor, push)
    path = await export(progress, actor, tmp_path / "export.zip")
    forged = rewritten(
        path,
        log=lambda body: body.replace(b'"correct":false', b'"correct":true').replace(
            b'"score":0.0', b'"score":1.0'
        ),
    )
    other = new_id(Kind.LEARNER)
    asked = library.marked

    await bring(progress, forged, other)

    assert library.marked > asked
    assert await shown(progress, other) == await shown(progress, actor.subject)


async def test_where_the_course_is_another_the_digests_are_the_same(
    progress: Progress, actor: Actor, hands: Hands, tmp_path: Path, database: Database, mongo: Mongo
) -> None:
    """The phone would send its whole journal again, or its events would be gone."""
    phone = await learn(progress, actor, hands)
    path = await export(progress, actor, tmp_path / "export.zip")
    elsewhere = Settings(
        mongo_uri="",
        public_url="http://localhost",
        cursor_key="a2V5",
        database=f"{database.name}_2",
    )
    there = Progress(elsewhere, mongo, Library().doors, clock=hands)
    await there.prepare()
    try:
        tally = await bring(there, path, actor.subject)
        before, after = [await learner(one, actor.subject) for one in (progress, there)]
    finally:
        await mongo.database(elsewhere.database).drop()
    assert after.state.devices[phone.device] == before.state.devices[phone.device]
    assert after.state.own.days == before.state.own.days
    assert after.state.own.streak == before.state.own.streak
    assert list(tally.foreign) == [version_hash(FACTS.version_id)]
    assert not tally.refusals
    assert after.courses == {}


async def test_a_claimed_guest_is_told_and_an_erased_learner_stays_so(
    progress: Progress, actor: Actor, guest: Actor, hands: Hands, tmp_path: Path
) -> None:
    """An import would go where nobody sees it, or bring back who is gone."""
    await progress.tracking.start_guest(guest, GuestProfile(device_id=Phone(FACTS).device))
    await learn(progress, guest, hands)
    await progress.tracking.claim_guest(actor, guest.subject)
    path = await export(progress, actor, tmp_path / "export.zip")
    with pytest.raises(Conflict, match="import the file there"):
        await bring(progress, path, guest.subject)
    other = new_id(Kind.LEARNER)
    await bring(progress, path, other)
    assert await shown(progress, other) == await shown(progress, actor.subject)
    await progress.leaving.erase(actor, confirm=True)
    with pytest.raises(Forbidden, match="erased"):
        await bring(progress, path, actor.subject)


async def test_what_is_no_export_is_refused_before_anything_is_written(
    progress: Progress, actor: Actor, hands: Hands, tmp_path: Path
) -> None:
    """A forged or broken file would leave half a history, or one that nobody had."""
    await learn(progress, actor, hands)
    path = await export(progress, actor, tmp_path / "export.zip")
    other = new_id(Kind.LEARNER)
    attacks: list[tuple[str, dict[str, Callable[[bytes], bytes]]]] = [
        ("not in canonical form", {"events": lambda body: body.replace(b'"at":', b'"at": ', 1)}),
        ("ends before", {"events": lambda body: body[: body.rindex(b"\n", 0, -1) + 1]}),
        ("is cut off", {"events": lambda body: body[:-1]}),
        ("is in no submission", {"log": lambda _: b""}),
        ("is no submission", {"log": lambda _: b"[]\n"}),
        ("longer than 256 KiB", {"events": lambda body: b" " * 300_000 + b"\n" + body}),
        ("in the export twice", {"events": lambda body: body * 2, "log": lambda body: body * 2}),
    ]
    for words, changed in attacks:
        with pytest.raises(Refusal, match=words):
            await bring(progress, rewritten(path, **changed), other)
    (tmp_path / "torn.zip").write_bytes(path.read_bytes()[:-40])
    with pytest.raises(Refusal, match="no whole zip"):
        await bring(progress, tmp_path / "torn.zip", other)
    assert await progress.store.learners([other]) == {}


async def test_an_id_that_is_taken_is_a_conflict(
    progress: Progress, actor: Actor, hands: Hands, tmp_path: Path
) -> None:
    """What is stored would be edited by a file."""
    await learn(progress, actor, hands)
    path = await export(progress, actor, tmp_path / "export.zip")
    before = await learner(progress, actor.subject)
    changed = rewritten(path, events=lambda body: body.replace(b'"minutes":15', b'"minutes":16', 1))

    tally = await bring(progress, changed, actor.subject)

    assert len(tally.conflicts) == 1
    assert (await learner(progress, actor.subject)).state == before.state
