"""A claim is the union of two logs: as if all had been the account's, also where it is cut off."""

from datetime import timedelta
from typing import Any

from services.kit.ids import Kind, new_id
from services.kit.mongo import Mongo
from services.kit.records import Actor, Untrusted
from services.progress.app import Progress
from services.progress.contract import CourseKey, Enrolment, GuestProfile, Push, SyncResult
from services.progress.domain.closing import claimed_event
from services.progress.settings import Settings
from tests.services.progress.conftest import Hands
from tests.support.library import RIGHT, Library, small_course
from tests.support.phone import Phone

FACTS, NEXT = small_course(), small_course("v2")
TRIES = [f"0d5e8f1c-0000-4000-8000-00000000000{n}" for n in range(5)]


async def send(progress: Progress, who: Actor, phone: Phone, events: list[Any]) -> SyncResult:
    push = Push(device_id=phone.device, device_time=phone.now, events=Untrusted(events))
    return await progress.tracking.sync(who, push)


async def begin(progress: Progress, guest: Actor, phone: Phone) -> None:
    await progress.tracking.start_guest(guest, GuestProfile(device_id=phone.device))


async def enrolment(progress: Progress, who: Actor) -> Enrolment:
    key = CourseKey(learner_id=who.subject, course_id=FACTS.course_id)
    (found,) = await progress.learners.enrolments((key,))
    assert found is not None
    return found


def person() -> Actor:
    return Actor(subject=new_id(Kind.LEARNER), name="Somebody")


async def test_a_claim_ends_as_if_all_had_been_the_accounts(
    progress: Progress, library: Library, guest: Actor
) -> None:
    """Versions, attempts over the limit and events in both logs would count otherwise."""
    library.add(NEXT)
    first, second = Phone(FACTS, name="first"), Phone(NEXT, name="second")
    shared = first.view("practice", "t1")
    mine = [shared, *first.study("exam", number=1.0, attempt=TRIES[0])]
    theirs = [
        shared,
        *second.study("practice"),
        *second.study("reading"),
        *second.study("exam", number=RIGHT, attempt=TRIES[1]),
        *second.study("exam", number=1.0, attempt=TRIES[2]),
        *second.study("exam", number=1.0, attempt=TRIES[3]),
    ]
    # given an account with progress of its own, and a guest in another version of the course
    account, whole = person(), person()
    await begin(progress, guest, second)
    await send(progress, account, first, mine)
    await send(progress, guest, second, theirs)
    # and somebody who did all of it with one account
    await send(progress, whole, first, mine)
    await send(progress, whole, second, theirs)
    # when the guest is claimed
    await progress.tracking.claim_guest(account, guest.subject)
    # then both are where they are
    claimed, expected = await enrolment(progress, account), await enrolment(progress, whole)
    shown = [(one.lesson_key, one.status, one.attempts, one.best_score) for one in claimed.lessons]
    assert shown == [
        (one.lesson_key, one.status, one.attempts, one.best_score) for one in expected.lessons
    ]
    assert (claimed.status, claimed.score, claimed.percent, claimed.version_id) == (
        expected.status,
        expected.score,
        expected.percent,
        expected.version_id,
    )
    for phone in (first, second):
        ends = [await send(progress, who, phone, []) for who in (account, whole)]
        assert ends[0].digest == ends[1].digest
        assert ends[0].missing == ends[1].missing == ()


async def test_a_claim_that_was_cut_off_is_ended_by_whoever_comes_next(
    mongo: Mongo, settings: Settings, library: Library, hands: Hands, guest: Actor, actor: Actor
) -> None:
    """An outage between closing and copying would lose all that the guest had learned."""
    # given a guest whose log was closed for an account, when the process was killed
    killed = Progress(settings, mongo, library.doors, clock=hands)
    await killed.prepare()
    phone = Phone(FACTS)
    await begin(killed, guest, phone)
    done = await send(killed, guest, phone, phone.study("reading"))
    closed = claimed_event(guest.subject, actor.subject, at=hands.now)
    appender = killed.tracking._appender
    await appender.append(guest.subject, (), own=lambda _: (closed,))
    # when another process sweeps
    other = Progress(settings, mongo, library.doors, clock=hands)
    hands.now += timedelta(seconds=2)
    await other.sweep()
    await other.sweep()
    # then the account has it all, once
    statuses = [lesson.status for lesson in (await enrolment(other, actor)).lessons]
    assert statuses == ["NOT_STARTED", "COMPLETED", "NOT_STARTED"]
    assert (await send(other, actor, phone, [])).digest == done.digest
    await other.tracking.claim_guest(actor, guest.subject)
    assert (await send(other, actor, phone, [])).digest == done.digest


async def test_guests_without_events_go_after_thirty_days(
    progress: Progress, guest: Actor, hands: Hands
) -> None:
    """Whoever opens the app once would be kept for ever; or a learner would lose their work."""
    # given three guests: one who only began, one who learned, one who comes back late
    learned, late = (Actor(subject=new_id(Kind.LEARNER), is_guest=True) for _ in range(2))
    phone, other = Phone(FACTS), Phone(FACTS, name="late")
    for who in (guest, learned, late):
        await begin(progress, who, phone)
    done = await send(progress, learned, phone, phone.study("reading"))
    # when not quite thirty days have passed, and when they have
    ids = (guest.subject, learned.subject, late.subject)
    hands.now += timedelta(days=29)
    await progress.sweep()
    assert None not in await progress.learners.profiles(ids)
    hands.now += timedelta(days=2)
    await progress.sweep()
    # then only who learned is there
    profiles = await progress.learners.profiles(ids)
    assert [one is None for one in profiles] == [True, False, True]
    assert await progress.store.log_after(guest.subject, 0) == []
    assert (await send(progress, learned, phone, [])).digest == done.digest
    # and who comes back is the guest that they were
    await send(progress, late, other, other.study("reading"))
    (again,) = await progress.learners.profiles((late.subject,))
    assert again is not None
    assert again.is_guest
