"""Claiming a guest: nothing lost, nothing counted twice, one credential asked for."""

import asyncio

import pytest

from services.kit.errors import Conflict, Forbidden, NotFound
from services.kit.ids import Kind, new_id
from services.kit.records import Actor, OutboxEntry, Untrusted
from services.progress.app import Progress
from services.progress.contract import CourseKey, Enrolment, GuestProfile, Push, SyncResult
from tests.support.library import RIGHT, small_course
from tests.support.phone import Phone

FACTS = small_course()
TRY = "0d5e8f1c-0000-4000-8000-000000000001"


async def learn(progress: Progress, actor: Actor, phone: Phone) -> SyncResult:
    """Do the whole course."""
    events = [
        *phone.study("practice"),
        *phone.study("reading"),
        *phone.study("exam", number=RIGHT, attempt=TRY),
    ]
    return await progress.tracking.sync(
        actor, Push(device_id=phone.device, device_time=phone.now, events=Untrusted(events))
    )


async def enrolment(progress: Progress, actor: Actor) -> Enrolment:
    key = CourseKey(learner_id=actor.subject, course_id=FACTS.course_id)
    (found,) = await progress.learners.enrolments((key,))
    assert found is not None
    return found


async def entries(progress: Progress) -> tuple[OutboxEntry, ...]:
    return await progress.feed.claim("credentials", limit=10, wait=0)


async def start(progress: Progress, guest: Actor, phone: Phone) -> None:
    await progress.tracking.start_guest(
        guest, GuestProfile(device_id=phone.device, locale="es", time_zone="Europe/Madrid")
    )


async def test_a_guest_earns_at_the_claim(progress: Progress, guest: Actor, actor: Actor) -> None:
    """A guest's credential would be lost, or issued to nobody."""
    # given a guest who completed the course
    phone = Phone(FACTS)
    await start(progress, guest, phone)
    done = await learn(progress, guest, phone)
    assert (await enrolment(progress, guest)).status == "COMPLETED"
    assert await entries(progress) == ()
    # when the guest is claimed, twice
    profile = await progress.tracking.claim_guest(actor, guest.subject)
    again = await progress.tracking.claim_guest(actor, guest.subject)
    # then the account has it all and one credential is asked for
    assert profile == again
    assert (profile.is_guest, profile.display_name) == (False, "Learner")
    assert (profile.locale, profile.time_zone) == ("es", "Europe/Madrid")
    moved = await enrolment(progress, actor)
    assert (moved.status, moved.score, moved.percent) == ("COMPLETED", 1.0, 100.0)
    (entry,) = await entries(progress)
    assert entry.type == "course.completed"
    assert entry.data["learnerId"] == actor.subject
    assert (entry.data["name"], entry.data["score"]) == ("Learner", 1.0)
    assert entry.data["evidence"]["events"] == 23
    # and the phone goes on where it was: the same digest under the account
    result = await progress.tracking.sync(
        actor, Push(device_id=phone.device, device_time=phone.now)
    )
    assert (result.digest, result.missing) == (done.digest, ())


async def test_a_late_upload_of_a_claimed_guest_reaches_the_account(
    progress: Progress, guest: Actor, actor: Actor
) -> None:
    """What a forgotten phone learned offline would vanish."""
    phone, other = Phone(FACTS), Phone(FACTS, name="forgotten")
    await start(progress, guest, phone)
    await learn(progress, guest, phone)
    await progress.tracking.claim_guest(actor, guest.subject)
    late = other.view("practice", "t1", seconds=300)
    push = Push(device_id=other.device, device_time=other.now, events=Untrusted([late]))
    result = await progress.tracking.sync(guest, push)
    assert [one.status for one in result.receipts] == ["ACCEPTED"]
    assert (await enrolment(progress, actor)).lessons[0].seconds_spent > 300
    documents = await progress.store.log_after(guest.subject, 0)
    assert documents[-1].events[-1].event.type == "log.closed"


async def test_a_claimed_guest_is_told_where_to_enrol(
    progress: Progress, guest: Actor, actor: Actor
) -> None:
    """An app that still holds the guest's token would be told of a failure, and not what to do."""
    await start(progress, guest, Phone(FACTS))
    await progress.tracking.claim_guest(actor, guest.subject)

    with pytest.raises(Conflict, match="sign in with that account, and enrol there"):
        await progress.tracking.enrol(guest, FACTS.course_id)
    with pytest.raises(Conflict, match="sign in with that account, and withdraw there"):
        await progress.tracking.withdraw(guest, FACTS.course_id)
    with pytest.raises(NotFound, match="no such course") as told:
        await progress.tracking.withdraw(actor, "crs_x")
    assert told.value.path == ("courseId",)


async def test_an_account_with_progress_of_its_own_keeps_both(
    progress: Progress, guest: Actor, actor: Actor
) -> None:
    """Claiming would overwrite what the account did, or the other way round."""
    mine, theirs = Phone(FACTS, name="mine"), Phone(FACTS, name="theirs")
    await start(progress, guest, theirs)
    push = Push(
        device_id=theirs.device, device_time=theirs.now, events=Untrusted(theirs.study("reading"))
    )
    await progress.tracking.sync(guest, push)
    push = Push(
        device_id=mine.device, device_time=mine.now, events=Untrusted(mine.study("practice"))
    )
    await progress.tracking.sync(actor, push)
    await progress.tracking.claim_guest(actor, guest.subject)
    statuses = [lesson.status for lesson in (await enrolment(progress, actor)).lessons]
    assert statuses == ["COMPLETED", "COMPLETED", "NOT_STARTED"]


async def test_claims_and_uploads_at_once(progress: Progress, guest: Actor, actor: Actor) -> None:
    """An upload that races the claim would fall between the two logs."""
    phone = Phone(FACTS)
    await start(progress, guest, phone)
    events = [phone.view("practice", "t1") for _ in range(40)]
    pushes = [
        progress.tracking.sync(
            guest,
            Push(
                device_id=phone.device, device_time=phone.now, events=Untrusted(events[i : i + 4])
            ),
        )
        for i in range(0, 40, 4)
    ]
    claims = [progress.tracking.claim_guest(actor, guest.subject) for _ in range(3)]
    await asyncio.gather(*pushes[:5], *claims, *pushes[5:])
    result = await progress.tracking.sync(
        actor, Push(device_id=phone.device, device_time=phone.now)
    )
    assert result.missing == ()
    documents = await progress.store.log_after(actor.subject, 0)
    ids = [one.event.id for document in documents for one in document.events]
    assert len(ids) == len(set(ids))
    assert {event["id"] for event in events} <= set(ids)


async def test_a_guest_is_claimed_by_one_account_only(
    progress: Progress, guest: Actor, actor: Actor
) -> None:
    """A stolen guest token would give the same credential to two people."""
    phone = Phone(FACTS)
    await start(progress, guest, phone)
    await progress.tracking.claim_guest(actor, guest.subject)
    stranger = Actor(subject=new_id(Kind.LEARNER))
    with pytest.raises(Conflict, match="Another account"):
        await progress.tracking.claim_guest(stranger, guest.subject)
    with pytest.raises(Forbidden, match="Sign in"):
        await progress.tracking.claim_guest(guest, guest.subject)
    with pytest.raises(NotFound, match="no such guest"):
        await progress.tracking.claim_guest(stranger, new_id(Kind.LEARNER))
