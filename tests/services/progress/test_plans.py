"""How the server goes about every query of progress: by an index, with no sort of its own."""

from datetime import date
from typing import Any

import pytest

from services.kit.ids import Kind, new_id
from services.kit.mongo import Collection
from services.kit.records import Actor, PageArgs, Untrusted
from services.progress.app import Progress
from services.progress.contract import (
    CourseKey,
    DayKey,
    GuestProfile,
    Known,
    Push,
    ReviewKey,
    SyncResult,
)
from tests.support.explained import Explained, Plan
from tests.support.library import RIGHT, small_course
from tests.support.phone import Phone

FACTS = small_course()
TRY = "0d5e8f1c-0000-4000-8000-000000000001"
BOUNDED = ("group", "$group", "passed")
"""Sorts of what a stage has made few are allowed: days on which cards fall due, and the due cards
of a learner in the order of today, which no index has: from the index alone, the first of them."""


def explained(owner: Any) -> list[Explained]:
    """Let every collection that an object holds explain its queries."""
    found = []
    for name, value in vars(owner).items():
        if isinstance(value, Collection):
            wrapped = Explained(value)
            setattr(owner, name, wrapped)
            found.append(wrapped)
    return found


async def push(
    progress: Progress, actor: Actor, phone: Phone, events: list[Any], since: str | None = None
) -> SyncResult:
    return await progress.tracking.sync(
        actor,
        Push(
            device_id=phone.device,
            device_time=phone.now,
            events=Untrusted(events),
            since=since,
            limit=3,
        ),
    )


async def everything(progress: Progress, actor: Actor, guest: Actor) -> None:
    """Do all that learners can do."""
    phone, other = Phone(FACTS), Phone(FACTS, name="other")
    await progress.tracking.start_guest(guest, GuestProfile(device_id=phone.device))
    await push(progress, guest, phone, phone.study("practice", number=7))
    await push(progress, guest, phone, phone.study("exam", number=RIGHT, attempt=TRY))
    late = other.study("practice")
    await push(progress, actor, phone, [phone.view("practice", "t1"), phone.bookmark("exam")])
    await push(progress, actor, other, [*late, late[0]])
    await progress.tracking.claim_guest(actor, guest.subject)
    result = await push(progress, actor, phone, phone.study("reading"))
    while result.has_more:
        result = await push(progress, actor, phone, [], result.cursor)
    await progress.tracking.withdraw(actor, FACTS.course_id)
    await progress.tracking.enrol(actor, FACTS.course_id)
    await progress.learners.profiles((actor.subject,))
    await progress.learners.enrolments(
        (CourseKey(learner_id=actor.subject, course_id=FACTS.course_id),)
    )
    await progress.learners.enrolments_of(actor.subject, status=None, page=PageArgs(first=5))
    await progress.homes.homes((actor.subject,))
    await progress.homes.bookmarks(actor.subject, PageArgs())
    due = await progress.homes.due_reviews(
        actor.subject, before=date(2100, 1, 1), page=PageArgs(first=1)
    )
    await progress.homes.due_reviews(
        actor.subject, before=date(2100, 1, 1), page=PageArgs(first=1, after=due.cursors[0])
    )
    await progress.homes.reviews((ReviewKey(learner_id=actor.subject, review_id=due.nodes[0].id),))
    day = phone.now.date()
    key = DayKey(learner_id=actor.subject, device_id=phone.device, day=day)
    await progress.learners.event_days((key,))
    known = Known(learner_id=actor.subject, n=1), Known(learner_id=guest.subject, n=1)
    await progress.learners.heads(known, wait=0)
    await progress.impact.impacts(())
    for _ in range(2):
        await progress._sweeper.sweep(older_than=0)


async def crowd(progress: Progress) -> None:
    """Store a little of many others, so that an index is worth while."""
    for i in range(20):
        phone = Phone(FACTS, name=f"crowd {i}")
        await push(progress, Actor(subject=new_id(Kind.LEARNER)), phone, phone.study("reading"))


@pytest.fixture
async def plans(progress: Progress, actor: Actor, guest: Actor) -> list[Plan]:
    """The plans of everything that is asked of the database."""
    await crowd(progress)
    collections = [*explained(progress.store), *explained(progress.impact._across)]
    await everything(progress, actor, guest)
    return [plan for collection in collections for plan in collection.plans]


async def test_no_query_scans_a_collection_or_sorts_in_memory(plans: list[Plan]) -> None:
    """A learner's sync would take longer for every other learner that there is."""
    assert {plan.kind for plan in plans} >= {"find", "aggregate", "update"}
    assert len(plans) > 100
    scans = [plan for plan in plans if "COLLSCAN" in plan.stages]
    assert scans == []
    sorts = [plan for plan in plans if "SORT" in plan.stages]
    assert [plan for plan in sorts if not any(word in plan.command for word in BOUNDED)] == []
