"""Where learners' logs are: what the gateway asks, and how soon it is answered."""

import asyncio
import time
from typing import Any

from services.kit.ids import Kind, new_id
from services.kit.mongo import Mongo
from services.kit.records import Actor, Untrusted
from services.progress.app import Progress
from services.progress.contract import ChangeKind, Head, Known, Notice, Push
from services.progress.settings import Settings
from tests.support.library import Library, small_course
from tests.support.phone import START, Phone

COURSE = (ChangeKind.ENROLMENT, ChangeKind.LESSON_PROGRESS)
FACTS = small_course()


async def push(progress: Progress, actor: Actor, phone: Phone, *events: Any) -> None:
    """Sync these events."""
    await progress.tracking.sync(
        actor, Push(device_id=phone.device, device_time=START, events=Untrusted(list(events)))
    )


async def test_every_submission_since_then_is_a_notice(progress: Progress, actor: Actor) -> None:
    """A gateway that looks late would make one of several, or forget some."""
    phone, learner = Phone(FACTS), actor.subject
    await push(progress, actor, phone, phone.view("practice", "t1"))
    await push(progress, actor, phone, phone.view("practice", "t1", seconds=3))
    [known] = await progress.learners.heads((Known(learner_id=learner),), wait=0)
    [behind] = await progress.learners.heads((Known(learner_id=learner, n=0),), wait=0)
    level = await progress.learners.heads((Known(learner_id=learner, n=2),), wait=0)

    assert known == Head(learner_id=learner, n=2)
    assert behind.notices == (
        Notice(n=1, kinds=(ChangeKind.PROFILE, *COURSE, ChangeKind.STREAK, ChangeKind.GOAL)),
        Notice(n=2, kinds=(*COURSE, ChangeKind.STREAK, ChangeKind.GOAL)),
    )
    assert level == ()


async def test_a_submission_that_stored_no_event_is_none(progress: Progress, actor: Actor) -> None:
    """A phone whose events are all refused would be told to sync for nothing."""
    phone = Phone(FACTS)
    await push(progress, actor, phone, phone.view("practice", "t1"))
    refused = phone.view("practice", "t1") | {"body": {"seconds": "long"}}
    await push(progress, actor, phone, refused)

    [head] = await progress.learners.heads((Known(learner_id=actor.subject, n=1),), wait=0)

    assert head == Head(learner_id=actor.subject, n=2)


async def test_of_many_only_those_that_moved_are_answered(progress: Progress, actor: Actor) -> None:
    """A gateway of ten thousand learners would be sent all of them for each that moved."""
    phone = Phone(FACTS)
    strangers = tuple(Known(learner_id=new_id(Kind.LEARNER), n=0) for _ in range(200))
    asking = asyncio.create_task(
        progress.learners.heads((*strangers, Known(learner_id=actor.subject, n=0)), wait=3)
    )
    await asyncio.sleep(0.1)

    await push(progress, actor, phone, phone.view("practice", "t1"))

    assert [head.learner_id for head in await asking] == [actor.subject]


async def test_what_another_process_stored_is_found(
    progress: Progress, actor: Actor, mongo: Mongo, settings: Settings, library: Library
) -> None:
    """With two pods of progress every second notice would come when the call ends, or never."""
    neighbour = Progress(settings, mongo, library.doors)
    await neighbour.start()
    phone = Phone(FACTS)
    asking = asyncio.create_task(
        progress.learners.heads((Known(learner_id=actor.subject, n=0),), wait=3)
    )
    await asyncio.sleep(0.1)

    await push(neighbour, actor, phone, phone.view("practice", "t1"))

    assert [head.n for head in await asking] == [1]
    await neighbour.stop()


async def test_a_call_ends_when_its_wait_does(progress: Progress, actor: Actor) -> None:
    """The deadline of a call between services would cut it off as an outage."""
    begun = time.monotonic()

    heads = await progress.learners.heads((Known(learner_id=actor.subject, n=0),), wait=0.3)

    assert heads == ()
    assert time.monotonic() - begun > 0.25
