"""Cohorts on the real database: who may do what, what reaches members, and what reports say."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from services.kit.errors import (
    Forbidden,
    Invalid,
    LimitReached,
    NotFound,
    ServiceError,
)
from services.kit.ids import Kind, new_id
from services.kit.mongo import Mongo
from services.kit.records import Actor, PageArgs, Role, Untrusted
from services.progress.app import Progress
from services.progress.contract import (
    Assign,
    Change,
    ChangeKind,
    Cohort,
    GuestProfile,
    Invite,
    Known,
    Push,
    SyncResult,
    Tombstone,
)
from services.progress.settings import Settings
from services.progress.use_cases import cohorts as limits
from tests.services.progress.conftest import Hands
from tests.support.library import Library, small_course
from tests.support.phone import Phone

COURSE = small_course().course_id
PAGE = PageArgs(first=100)


def manager_of(organisation: str | None, *, role: Role = Role.MANAGER) -> Actor:
    return Actor(
        subject=new_id(Kind.LEARNER),
        roles=frozenset({Role.LEARNER, role}),
        organisation=organisation,
    )


MANAGER = manager_of("academy")
RIVAL = manager_of("rival")
ADMIN = manager_of(None, role=Role.ADMIN)


@pytest.fixture
async def progress(
    mongo: Mongo, settings: Settings, library: Library, hands: Hands
) -> AsyncIterator[Progress]:
    """A service that tells learners when a test says so."""
    service = Progress(settings, mongo, library.doors, clock=hands)
    await service.prepare()
    yield service
    await service.stop()


@pytest.fixture
async def cohort(progress: Progress) -> Cohort:
    return await progress.cohorts.create(MANAGER, "Class 7")


async def sync(
    progress: Progress, actor: Actor, phone: Phone, *events: Any, since: str | None = None
) -> SyncResult:
    """Push events and return what changed since then."""
    given = Untrusted(list(events))
    push = Push(device_id=phone.device, device_time=phone.now, events=given, since=since)
    return await progress.tracking.sync(actor, push)


def assignments_in(result: SyncResult) -> list[Change]:
    return [one for one in result.changes if one.kind is ChangeKind.ASSIGNMENT]


async def told(progress: Progress) -> None:
    """Deal with everything that is to be told to learners."""
    *_, consumer = progress.hearing.consumers(progress.feed, progress.steps, progress.assignments)
    while await consumer.run_once():
        pass


async def assigned(progress: Progress, actor: Actor) -> list[tuple[str, date | None]]:
    """Return what a learner is to do, once everybody was told."""
    await told(progress)
    (home,) = await progress.homes.homes((actor.subject,))
    return [(one.course_id, one.due_on) for one in home.assignments]


async def joined(progress: Progress, cohort: Cohort, *actors: Actor) -> None:
    invitation = await progress.cohorts.invite(MANAGER, Invite(cohort_id=cohort.id))
    for actor in actors:
        await progress.cohorts.join(actor, invitation.code)


async def test_a_member_has_what_the_cohort_is_assigned_and_keeps_progress_when_it_goes(
    progress: Progress, cohort: Cohort, actor: Actor, library: Library
) -> None:
    """A phone would show courses that nobody asks for, or not those that somebody does."""
    phone = Phone(next(iter(library.facts_of.values())))
    due = date(2026, 12, 24)
    # given a course assigned before somebody joins
    await progress.cohorts.assign(MANAGER, Assign(cohort_id=cohort.id, course_id=COURSE))
    await joined(progress, cohort, actor)
    assert await assigned(progress, actor) == [(COURSE, None)]
    # when the date changes, twice the same
    for _ in range(2):
        await progress.cohorts.assign(
            MANAGER, Assign(cohort_id=cohort.id, course_id=COURSE, due_on=due)
        )
    assert await assigned(progress, actor) == [(COURSE, due)]
    (head,) = await progress.learners.heads((Known(learner_id=actor.subject, n=0),), wait=0)
    told_of = [ChangeKind.ASSIGNMENT in notice.kinds for notice in head.notices]
    assert sum(told_of) == 2
    # then the phone has the record
    first = await sync(progress, actor, phone)
    (record,) = assignments_in(first)
    assert record.record == {
        "courseId": COURSE,
        "dueOn": "2026-12-24",
        "cohortName": "Class 7",
    }
    # and a tombstone once it is taken back
    await progress.cohorts.unassign(MANAGER, cohort.id, COURSE)
    await progress.cohorts.unassign(MANAGER, cohort.id, COURSE)
    assert await assigned(progress, actor) == []
    (gone,) = assignments_in(await sync(progress, actor, phone, since=first.cursor))
    assert (gone.id, gone.tombstone) == (record.id, Tombstone.LEFT_SCOPE)


async def test_who_is_removed_loses_the_assignments_and_leaves_the_report(
    progress: Progress, cohort: Cohort, actor: Actor
) -> None:
    """A manager would go on watching somebody who is no longer theirs."""
    await progress.cohorts.assign(MANAGER, Assign(cohort_id=cohort.id, course_id=COURSE))
    await joined(progress, cohort, actor)
    await progress.tracking.enrol(actor, COURSE)

    for _ in range(2):
        await progress.cohorts.remove(MANAGER, cohort.id, actor.subject)

    assert await assigned(progress, actor) == []
    report = await progress.cohorts.report(MANAGER, cohort.id)
    assert (report.members, report.active7_days) == (0, 0)
    # and who comes back has them again
    await joined(progress, cohort, actor)
    assert await assigned(progress, actor) == [(COURSE, None)]


async def test_whatever_happens_at_once_learners_end_with_what_is_asked_of_them(
    progress: Progress, cohort: Cohort
) -> None:
    """Somebody told of an older state last would keep what was taken back, for ever."""
    people = [Actor(subject=new_id(Kind.LEARNER), name=f"Learner {i}") for i in range(6)]
    staying, leaving = people[:3], people[3:]
    await joined(progress, cohort, *leaving)
    code = (await progress.cohorts.invite(MANAGER, Invite(cohort_id=cohort.id))).code
    dates = [date(2026, 12, day) for day in (1, 2, 3)]

    await asyncio.gather(
        *(progress.cohorts.join(one, code) for one in staying),
        *(
            progress.cohorts.assign(
                MANAGER, Assign(cohort_id=cohort.id, course_id=COURSE, due_on=day)
            )
            for day in dates
        ),
        *(progress.cohorts.remove(MANAGER, cohort.id, one.subject) for one in leaving),
        told(progress),
        told(progress),
    )

    ((asked,),) = await progress.cohorts.assignments(MANAGER, (cohort.id,))
    assert asked.due_on in dates
    for one in staying:
        assert await assigned(progress, one) == [(COURSE, asked.due_on)]
    for one in leaving:
        assert await assigned(progress, one) == []


Call = Callable[[Progress, Actor, Cohort], Awaitable[Any]]
CALLS: dict[str, Call] = {
    "add": lambda p, who, c: p.cohorts.add(who, c.id, (who.subject,)),
    "invite": lambda p, who, c: p.cohorts.invite(who, Invite(cohort_id=c.id)),
    "remove": lambda p, who, c: p.cohorts.remove(who, c.id, who.subject),
    "assign": lambda p, who, c: p.cohorts.assign(who, Assign(cohort_id=c.id, course_id=COURSE)),
    "unassign": lambda p, who, c: p.cohorts.unassign(who, c.id, COURSE),
    "members": lambda p, who, c: p.cohorts.members(who, c.id, PAGE),
    "assignments": lambda p, who, c: p.cohorts.assignments(who, (c.id,)),
    "report": lambda p, who, c: p.cohorts.report(who, c.id),
    "csv_url": lambda p, who, c: p.cohorts.csv_url(who, c.id),
}


@pytest.mark.parametrize("call", CALLS)
async def test_another_organisation_is_as_if_the_cohort_were_not_there(
    progress: Progress, cohort: Cohort, actor: Actor, call: str
) -> None:
    """A manager would reach the people of another organisation, or a member the others."""
    await joined(progress, cohort, actor)
    for stranger, refusal in ((RIVAL, NotFound), (actor, Forbidden)):
        with pytest.raises(refusal):
            await CALLS[call](progress, stranger, cohort)
    with pytest.raises(Forbidden):
        await CALLS[call](progress, manager_of(None), cohort)

    assert (await progress.cohorts.members(ADMIN, cohort.id, PAGE)).total == 1


async def test_cohorts_are_listed_to_those_who_manage_them(progress: Progress) -> None:
    """A manager would see what other organisations do, or miss a page of their own."""
    for name in ("B", "A", "  A ", "C"):
        await progress.cohorts.create(MANAGER, name)
    other = await progress.cohorts.create(RIVAL, "A")

    first = await progress.cohorts.managed(MANAGER, PageArgs(first=2))
    rest = await progress.cohorts.managed(MANAGER, PageArgs(first=2, after=first.cursors[-1]))
    everything = await progress.cohorts.managed(ADMIN, PAGE)

    assert [cohort.name for cohort in first.nodes] == ["A", "B"]
    assert [cohort.name for cohort in rest.nodes] == ["C"]
    assert (first.has_next, rest.has_next, first.total) == (True, False, 3)
    assert [cohort.organisation for cohort in everything.nodes] == ["academy"] * 3 + ["rival"]
    assert await progress.cohorts.cohorts(MANAGER, (other.id, "coh_x")) == (None, None)
    with pytest.raises(Forbidden):
        await progress.cohorts.create(ADMIN, "Nobody's")
    with pytest.raises(Invalid):
        await progress.cohorts.managed(MANAGER, PageArgs(after="x"))


async def test_a_code_is_good_for_thirty_days_and_until_it_is_renewed(
    progress: Progress, cohort: Cohort, actor: Actor, hands: Hands
) -> None:
    """A code on an old slip of paper would let people in for ever."""
    invite = Invite(cohort_id=cohort.id, emails=("a@example.org",))
    first = await progress.cohorts.invite(MANAGER, invite)
    assert (await progress.cohorts.invite(MANAGER, invite)).code == first.code
    assert first.url.endswith(f"/join/{first.code}")

    renewed = await progress.cohorts.invite(MANAGER, Invite(cohort_id=cohort.id, renew=True))
    with pytest.raises(NotFound):
        await progress.cohorts.join(actor, first.code)
    hands.now += timedelta(days=30)
    with pytest.raises(NotFound):
        await progress.cohorts.join(actor, renewed.code)
    assert (await progress.cohorts.members(MANAGER, cohort.id, PAGE)).nodes == ()

    again = await progress.cohorts.invite(MANAGER, invite)
    assert again.code not in {first.code, renewed.code}
    typed = f" {again.code.lower().replace('-', ' ')} "
    for _ in range(2):
        assert await progress.cohorts.join(actor, typed) == cohort
    (member,) = (await progress.cohorts.members(MANAGER, cohort.id, PAGE)).nodes
    assert (member.learner_id, member.display_name) == (actor.subject, "Learner")


async def test_codes_cannot_be_tried_for_ever(
    progress: Progress, cohort: Cohort, actor: Actor, hands: Hands
) -> None:
    """Somebody would guess their way into a cohort."""
    invitation = await progress.cohorts.invite(MANAGER, Invite(cohort_id=cohort.id))
    for guess in ("", "x", "0000-0000-0000", *["1111-1111-1111"] * (limits.MAX_GUESSES - 3)):
        with pytest.raises(NotFound):
            await progress.cohorts.join(actor, guess)

    with pytest.raises(LimitReached):
        await progress.cohorts.join(actor, invitation.code)
    hands.now += timedelta(hours=1)
    await progress.cohorts.join(actor, invitation.code)


async def test_guests_and_strangers_are_no_members(
    progress: Progress, cohort: Cohort, actor: Actor, guest: Actor
) -> None:
    """A report would show somebody who has not signed in, or nobody at all."""
    await progress.tracking.enrol(actor, COURSE)
    await progress.tracking.start_guest(guest, GuestProfile(device_id=new_id(Kind.LEARNER)))
    invitation = await progress.cohorts.invite(MANAGER, Invite(cohort_id=cohort.id))

    with pytest.raises(Forbidden):
        await progress.cohorts.join(guest, invitation.code)
    refused: list[tuple[str, type[ServiceError]]] = [
        (guest.subject, Forbidden),
        (new_id(Kind.LEARNER), NotFound),
        ("nobody", NotFound),
    ]
    for id_, refusal in refused:
        with pytest.raises(refusal) as caught:
            await progress.cohorts.add(MANAGER, cohort.id, (actor.subject, id_))
        assert caught.value.path == ("learnerIds", "1")
    assert (await progress.cohorts.members(MANAGER, cohort.id, PAGE)).total == 0

    await progress.cohorts.add(MANAGER, cohort.id, (actor.subject, actor.subject))
    await progress.cohorts.add(MANAGER, cohort.id, (actor.subject,))
    assert (await progress.cohorts.members(MANAGER, cohort.id, PAGE)).total == 1


async def test_who_was_erased_is_in_no_cohort_and_cannot_come_back(
    progress: Progress, cohort: Cohort, actor: Actor
) -> None:
    """A report would name somebody who asked to be forgotten."""
    await joined(progress, cohort, actor)
    await progress.leaving.erase(actor, confirm=True)
    assert (await progress.cohorts.members(MANAGER, cohort.id, PAGE)).total == 0

    code = (await progress.cohorts.invite(MANAGER, Invite(cohort_id=cohort.id))).code
    with pytest.raises(Forbidden):
        await progress.cohorts.join(actor, code)
    with pytest.raises(NotFound):
        await progress.cohorts.add(MANAGER, cohort.id, (actor.subject,))
    await told(progress)
    assert (await progress.cohorts.members(MANAGER, cohort.id, PAGE)).total == 0


async def test_nothing_is_stored_beyond_a_limit(
    progress: Progress, cohort: Cohort, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One organisation could fill the deployment, or one cohort a learner's first screen."""
    others = [Actor(subject=new_id(Kind.LEARNER), name=name) for name in "AB"]
    for one in (actor, *others):
        await progress.tracking.enrol(one, COURSE)
    monkeypatch.setattr(limits, "MAX_MEMBERS", 2)
    monkeypatch.setattr(limits, "MAX_ASSIGNMENTS", 0)
    monkeypatch.setattr(limits, "MAX_COHORTS", 1)

    ids = tuple(one.subject for one in (actor, *others))
    emails = ("a@example.org",) * 501
    with pytest.raises(LimitReached):
        await progress.cohorts.add(MANAGER, cohort.id, ids)
    with pytest.raises(LimitReached):
        await progress.cohorts.add(MANAGER, cohort.id, (actor.subject,) * 501)
    with pytest.raises(LimitReached):
        await progress.cohorts.invite(MANAGER, Invite(cohort_id=cohort.id, emails=emails))
    with pytest.raises(LimitReached):
        await progress.cohorts.assign(MANAGER, Assign(cohort_id=cohort.id, course_id=COURSE))
    assert (await progress.cohorts.members(MANAGER, cohort.id, PAGE)).total == 0
    assert await progress.cohorts.assignments(MANAGER, (cohort.id,)) == ((),)

    second = await progress.cohorts.create(MANAGER, "Class 8")
    await progress.cohorts.add(MANAGER, cohort.id, (actor.subject,))
    with pytest.raises(LimitReached):
        await progress.cohorts.add(MANAGER, second.id, (actor.subject,))


async def test_what_is_wrong_is_named(progress: Progress, cohort: Cohort) -> None:
    """A manager would not know which of 500 addresses to mend."""
    emails = ("a@example.org", "nobody", "b@example.org", "x@y", "a b@example.org")
    with pytest.raises(Invalid) as caught:
        await progress.cohorts.invite(MANAGER, Invite(cohort_id=cohort.id, emails=emails))
    assert caught.value.path == ("emails", "1")
    assert [path for _, path in caught.value.others] == [("emails", "3"), ("emails", "4")]
    for name in ("", "  ", "x" * 201, "a\0b"):
        with pytest.raises(Invalid):
            await progress.cohorts.create(MANAGER, name)
    unknown = Assign(cohort_id=cohort.id, course_id=new_id(Kind.COURSE))
    with pytest.raises(NotFound):
        await progress.cohorts.assign(MANAGER, unknown)


async def test_a_report_counts_the_assigned_courses_alone(
    progress: Progress, cohort: Cohort, actor: Actor, library: Library, hands: Hands
) -> None:
    """A manager would see what else their people learn, or miss who is late."""
    idle = Actor(subject=new_id(Kind.LEARNER), name="=cmd()")
    await joined(progress, cohort, actor, idle)
    facts = next(iter(library.facts_of.values()))
    phone = Phone(facts, name=actor.subject)
    events = [*phone.study("practice"), *phone.study("reading")]
    events += phone.study("exam", attempt="00000000-0000-4000-8000-0000000000aa")
    await sync(progress, actor, phone, *events)
    # before it is assigned, what somebody learned is nobody's business
    report = await progress.cohorts.report(MANAGER, cohort.id)
    assert (report.members, report.active7_days, report.completions) == (2, 0, 0)
    nodes = (await progress.cohorts.members(MANAGER, cohort.id, PAGE)).nodes
    assert {one.last_active_at for one in nodes} == {None}
    # once it is, it counts
    due = hands.now.date()
    await progress.cohorts.assign(
        MANAGER, Assign(cohort_id=cohort.id, course_id=COURSE, due_on=due)
    )
    report = await progress.cohorts.report(MANAGER, cohort.id)
    ((assignment,),) = await progress.cohorts.assignments(MANAGER, (cohort.id,))
    assert (report.active7_days, report.completions, report.mean_score) == (1, 1, 1.0)
    assert (assignment.assigned, assignment.completed, assignment.overdue) == (2, 1, 0)
    hands.now += timedelta(days=8)
    report = await progress.cohorts.report(MANAGER, cohort.id)
    ((assignment,),) = await progress.cohorts.assignments(MANAGER, (cohort.id,))
    assert (report.active7_days, report.completions, assignment.overdue) == (0, 1, 1)
    # a skill is proven by the award, and kept in mind by question cards
    (skill,) = report.skills
    assert (skill.proven, 0.5 < skill.mean_retention < 1.0) == (1, True)
    # and the file says the same
    rows = await read_csv(progress, await progress.cohorts.csv_url(MANAGER, cohort.id))
    by_id = {row["learner_id"]: row for row in rows}
    assert len(rows) == 2
    assert (by_id[actor.subject]["status"], by_id[actor.subject]["score"]) == ("COMPLETED", "1.0")
    assert (by_id[idle.subject]["status"], by_id[idle.subject]["overdue"]) == ("NOT_STARTED", "yes")
    assert by_id[idle.subject]["name"] == "'=cmd()"


async def read_csv(progress: Progress, url: str) -> list[dict[str, str]]:
    """Return the rows of a report at its address, read as RFC 4180 has them."""
    split = urlsplit(url)
    query = {name: value for name, (value,) in parse_qs(split.query).items()}
    cohort_id = split.path.removeprefix("/reports/").removesuffix(".csv")
    for wrong in ({**query, "signature": "x"}, {**query, "expires": "99999999999"}):
        with pytest.raises(NotFound):
            await progress.reports.csv(cohort_id, **wrong)
    _, parts = await progress.reports.csv(cohort_id, **query)
    told = b"".join([part async for part in parts])
    assert told.startswith(b"learner_id,")
    assert told.endswith(b"\r\n")
    return list(csv.DictReader(io.StringIO(told.decode(), newline="")))
