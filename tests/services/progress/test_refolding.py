"""Refolding: state documents are made again from the log, and phones hear what changed."""

from typing import Any

from msgspec.structs import replace

from services.kit.records import Actor, Untrusted
from services.progress.app import Progress
from services.progress.contract import CourseKey, Push, SyncResult
from services.progress.domain.ids import enrolment_id
from services.progress.repository.documents import ENCODER
from services.progress.use_cases.store import FOLD
from tests.support.library import RIGHT, small_course
from tests.support.phone import Phone

FACTS = small_course()


async def push(
    progress: Progress, actor: Actor, phone: Phone, events: list[Any], **more: Any
) -> SyncResult:
    return await progress.tracking.sync(
        actor,
        Push(device_id=phone.device, device_time=phone.now, events=Untrusted(events), **more),
    )


async def documents(progress: Progress, actor: Actor) -> bytes:
    """Return what the state documents say, but for the log numbers at which they came about."""
    store = progress.store
    [learner] = (await store.learners([actor.subject])).values()
    courses = await store.courses_of(actor.subject)
    cards = await store.cards_changed(actor.subject, after=(0, ""), limit=100)
    return ENCODER.encode(
        [
            (learner.state, learner.courses, learner.due),
            [(one.state, one.view, one.missed, one.awarded) for one in courses],
            sorted((one.id, ENCODER.encode((one.state, one.schedule))) for one in cards),
        ]
    )


async def learned(progress: Progress, actor: Actor, phone: Phone) -> str:
    """Sync a course's worth, some of it late; return the cursor."""
    late = phone.answer("practice", "q1", 7.0)
    await push(progress, actor, phone, [phone.hint("practice", "q2"), *phone.study("practice")])
    await push(
        progress, actor, phone, [phone.review("reading", "t1/c1", 3), phone.bookmark("exam")]
    )
    await push(progress, actor, phone, [late, phone.own("goal.set", minutes=5, daysPerWeek=3)])
    return (await push(progress, actor, phone, [])).cursor


async def age(progress: Progress, actor: Actor, *, course_state: Any = None) -> None:
    """Make the documents look as an older fold left them."""
    store = progress.store
    for learner in (await store.learners([actor.subject])).values():
        await store.save_learner(replace(learner, fold=1), expected=learner.through)
    for course in await store.courses_of(actor.subject):
        old = replace(course, fold=1, **({} if course_state is None else course_state(course)))
        assert await store.save_course(old, expected=course.through, entries=())


async def test_a_refold_finds_what_was_folded_bit_by_bit(progress: Progress, actor: Actor) -> None:
    """Nobody could trust either of the two."""
    await learned(progress, actor, Phone(FACTS))
    before = await documents(progress, actor)
    await progress.refold(actor.subject)
    assert await documents(progress, actor) == before


async def test_an_older_fold_is_made_again_when_it_is_looked_at(
    progress: Progress, actor: Actor
) -> None:
    """After an upgrade learners would see what the old code made of their events, for ever."""
    phone = Phone(FACTS)
    cursor = await learned(progress, actor, phone)
    before = await documents(progress, actor)
    await age(progress, actor)
    # when it is read
    key = CourseKey(learner_id=actor.subject, course_id=FACTS.course_id)
    await progress.learners.enrolments((key,))
    # then all of it is of the present fold, the same, and no phone is told again what it has
    [learner] = (await progress.store.learners([actor.subject])).values()
    assert learner.fold == FOLD
    assert await documents(progress, actor) == before
    assert (await push(progress, actor, phone, [], since=cursor)).changes == ()


async def test_phones_hear_of_what_a_new_fold_makes_otherwise(
    progress: Progress, actor: Actor
) -> None:
    """A phone that is up to date with the log would keep what the old fold said."""
    phone = Phone(FACTS)
    cursor = await learned(progress, actor, phone)

    def wrong(course: Any) -> dict[str, Any]:
        return {"view": replace(course.view, percent=12.5)}

    await age(progress, actor, course_state=wrong)
    result = await push(progress, actor, phone, [phone.answer("practice", "q1", RIGHT)])
    enrolment = enrolment_id(actor.subject, FACTS.course_id)
    heard = await push(progress, actor, phone, [], since=cursor)
    assert result.receipts[0].status == "ACCEPTED"
    records = {one.id: one.record for one in heard.changes}
    assert (records[enrolment] or {})["percent"] == 33.3
    assert phone.lesson("exam").id not in records


async def test_a_refold_asks_for_no_credential_twice(progress: Progress, actor: Actor) -> None:
    """Every upgrade would issue all credentials again."""
    phone = Phone(FACTS)
    attempt = "0d5e8f1c-0000-4000-8000-000000000001"
    events = [*phone.study("practice"), *phone.study("reading")]
    await push(progress, actor, phone, [*events, *phone.study("exam", attempt=attempt)])
    await progress.refold(actor.subject)
    asked = await progress.feed.claim("credentials", limit=10, wait=0)
    assert [entry.type for entry in asked] == ["course.completed"]


async def test_refolding_nobody_writes_nothing(progress: Progress, actor: Actor) -> None:
    """A typing error in an id would make a learner."""
    assert (await progress.refold(actor.subject)).through == 0
    assert await progress.store.learners([actor.subject]) == {}
