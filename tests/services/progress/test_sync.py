"""Sync over the real database.

What is acknowledged is there once, whatever the order, repeats and neighbours.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from services.kit.errors import Invalid, LimitReached
from services.kit.ids import Kind, new_id
from services.kit.mongo import Driver, Mongo
from services.kit.records import Actor, Untrusted
from services.progress.app import Progress
from services.progress.contract import (
    ChangeKind,
    CourseKey,
    GuestProfile,
    LessonKey,
    Push,
    Receipt,
    SyncResult,
)
from services.progress.domain.event import Event
from services.progress.domain.ids import enrolment_id
from services.progress.domain.parsing import parse
from services.progress.domain.stored import Stored
from services.progress.use_cases.store import LogDocument
from tests.support.library import RIGHT, Library, small_course
from tests.support.phone import Phone

FACTS = small_course()
TRY = "0d5e8f1c-0000-4000-8000-000000000001"


@pytest.fixture(
    scope="module", params=[Driver.MOTOR, pytest.param(Driver.PYMONGO, marks=pytest.mark.slow)]
)
async def mongo(mongo_uri: str, request: pytest.FixtureRequest) -> AsyncIterator[Mongo]:
    """The log keeps its promises on both drivers."""
    client = Mongo(mongo_uri, app_name="tests-sync", driver=request.param)
    yield client
    await client.close()


async def push(
    progress: Progress, actor: Actor, phone: Phone, events: list[Any], **more: Any
) -> SyncResult:
    return await progress.tracking.sync(
        actor,
        Push(device_id=phone.device, device_time=phone.now, events=Untrusted(events), **more),
    )


def told(result: SyncResult) -> list[tuple[str, str | None]]:
    return [(one.status.value, one.code.value if one.code else None) for one in result.receipts]


async def test_one_malformed_one_clashing_one_unknown_of_many(
    progress: Progress, actor: Actor
) -> None:
    """One bad event would hold up or lose its neighbours."""
    # given events of which one is stored already, with another body
    phone = Phone(FACTS)
    events = [phone.view("practice", "t1", seconds=i) for i in range(1, 12)]
    await push(progress, actor, phone, [events[0]])
    clash = {**events[0], "body": {"seconds": 99}}
    unknown = phone.event("garden.watered", body={"litres": 3})
    malformed = {**phone.view("practice", "t1"), "seq": "twelve"}
    # when they are pushed together
    result = await push(
        progress, actor, phone, [clash, *events, unknown, malformed, None, events[1]]
    )
    # then each is explained and the rest is stored
    assert told(result) == [
        ("CONFLICT", "CONFLICT"),
        ("DUPLICATE", None),
        *[("ACCEPTED", None)] * 10,
        ("ACCEPTED", None),
        ("REJECTED", "INVALID"),
        ("REJECTED", "INVALID"),
        ("DUPLICATE", None),
    ]
    assert result.receipts[13].message == "seq must be a whole number from 1 to 2147483647."
    assert result.receipts[14].id is None
    documents = await progress.store.log_after(actor.subject, 0)
    stored = [one.event for document in documents for one in document.events]
    assert [one.type for one in stored if one.device == phone.device].count("block.viewed") == 11
    assert [one.type for one in stored].count("garden.watered") == 1


async def test_practice_is_marked_at_once_and_an_assessment_at_its_release(
    progress: Progress, actor: Actor
) -> None:
    """Marking would be an oracle for assessments, or useless for practice."""
    phone = Phone(FACTS)
    practice = await push(progress, actor, phone, [phone.answer("practice", "q1", RIGHT)])
    assert practice.receipts[0].mark is not None
    assert practice.receipts[0].mark.correct
    exam = [phone.answer("exam", f"q{i}", RIGHT, attempt=TRY) for i in (1, 2, 3)]
    answered = await push(progress, actor, phone, exam)
    assert [one.mark for one in answered.receipts] == [None, None, None]
    # when the attempt is submitted, its mark comes in that receipt, and in every repeat of it
    submit = phone.submit("exam", TRY)
    released = await push(progress, actor, phone, [submit])
    mark = released.receipts[0].mark
    assert mark is not None
    assert (mark.correct, mark.score, mark.max_score) == (True, 3.0, 4.0)
    again = await push(progress, actor, phone, [submit, exam[0]])
    assert again.receipts[0].mark == mark
    assert again.receipts[1].mark is None


async def test_a_resent_push_changes_nothing(progress: Progress, actor: Actor) -> None:
    """A reply that got lost would make the phone count twice."""
    phone = Phone(FACTS)
    events = phone.study("practice")
    first = await push(progress, actor, phone, events)
    again = await push(progress, actor, phone, events, since=first.cursor)
    assert {one.status for one in again.receipts} == {"DUPLICATE"}
    assert [one.mark for one in again.receipts] == [one.mark for one in first.receipts]
    assert (again.digest, again.changes, again.has_more) == (first.digest, (), False)


async def test_missing_numbers_are_named_and_refused_ones_are_not(
    progress: Progress, actor: Actor
) -> None:
    """The phone would not know what to send again, or would send a refused event for ever."""
    phone = Phone(FACTS)
    events = [phone.view("practice", "t1") for _ in range(6)]
    events[2]["ref"]["lesson"] = "les_of_no_version"
    events[3]["at"] = "yesterday"
    result = await push(progress, actor, phone, [events[2], events[3], events[5]])
    assert told(result)[:2] == [("REJECTED", "INVALID")] * 2
    assert result.missing == (1, 2, 5)
    # a push of nothing but refused events is remembered too
    other = Phone(FACTS, name="other")
    bad = other.view("practice", "t1")
    bad["v"] = None
    result = await push(progress, actor, other, [bad])
    assert result.missing == ()
    assert result.digest == "0" * 32


async def test_the_number_of_a_clashing_event_counts_as_received(
    progress: Progress, actor: Actor
) -> None:
    """The phone would be asked for it for ever, and could only answer with the same clash."""
    phone = Phone(FACTS)
    first, second, third = (phone.view("practice", "t1") for _ in range(3))
    result = await push(progress, actor, phone, [first, {**second, "id": first["id"]}])
    assert (told(result)[1], result.missing) == (("CONFLICT", "CONFLICT"), ())
    result = await push(progress, actor, phone, [{**third, "id": first["id"]}])
    assert (told(result), result.missing) == ([("CONFLICT", "CONFLICT")], ())


async def test_too_many_events_store_nothing(progress: Progress, actor: Actor) -> None:
    """Half of a push would be stored, and the phone could not tell which."""
    phone = Phone(FACTS)
    with pytest.raises(LimitReached, match="200"):
        await push(progress, actor, phone, [phone.view("practice", "t1") for _ in range(201)])
    big = phone.event("note.taken", body={"text": "x" * 300_000})
    with pytest.raises(LimitReached, match="262144"):
        await push(progress, actor, phone, [big])
    with pytest.raises(Invalid, match="limit"):
        await push(progress, actor, phone, [], limit=0)
    assert await progress.store.log_after(actor.subject, 0) == []


async def test_changes_page_through_and_stop_anywhere(progress: Progress, actor: Actor) -> None:
    """A phone that pulls in small pages would miss records or get them for ever."""
    phone = Phone(FACTS)
    whole = await push(progress, actor, phone, [*phone.study("practice"), *phone.study("reading")])
    expected = {(one.kind, one.id): one.record for one in whole.changes}
    kinds = sorted(one.kind for one in whole.changes)
    assert kinds == [
        "ENROLMENT",
        "GOAL",
        *["LESSON_PROGRESS"] * 3,
        "PROFILE",
        *["REVIEW"] * 2,
        "SKILL_STANDING",
        "STREAK",
    ]
    seen: dict[Any, Any] = {}
    cursor, more = None, True
    while more:
        page = await push(progress, actor, phone, [], since=cursor, limit=1)
        assert len(page.changes) == 1
        seen |= {(one.kind, one.id): one.record for one in page.changes}
        cursor, more = page.cursor, page.has_more
    assert seen == expected
    # a foreign cursor starts over, and says so
    stranger = await push(progress, actor, phone, [], since="bm9uc2Vuc2U")
    assert (stranger.resync, len(stranger.changes)) == (True, len(kinds))


async def test_only_what_changed_comes_back(progress: Progress, actor: Actor) -> None:
    """Every sync would cost the whole history in data."""
    phone = Phone(FACTS)
    first = await push(progress, actor, phone, phone.study("practice"))
    second = await push(progress, actor, phone, phone.study("reading"), since=first.cursor)
    assert {(one.kind, one.id) for one in second.changes} == {
        (ChangeKind.ENROLMENT, enrolment_id(actor.subject, FACTS.course_id)),
        (ChangeKind.LESSON_PROGRESS, phone.lesson("reading").id),
        (ChangeKind.GOAL, actor.subject),
    }


async def test_content_away_defers_and_loses_nothing(
    progress: Progress, actor: Actor, library: Library
) -> None:
    """A short outage of content would lose answers, or refuse them for good."""
    phone = Phone(FACTS)
    answer = phone.answer("practice", "q1", RIGHT)
    other = phone.event("garden.watered")
    library.away = True
    result = await push(progress, actor, phone, [answer, other])
    assert told(result) == [("DEFERRED", None), ("ACCEPTED", None)]
    library.away = False
    result = await push(progress, actor, phone, [answer])
    assert told(result) == [("ACCEPTED", None)]
    assert result.receipts[0].mark is not None


@hypothesis_settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rng=st.randoms(use_true_random=False), parts=st.integers(1, 5))
async def test_any_order_split_and_repetition_of_uploads_ends_the_same(
    progress: Progress, rng: random.Random, parts: int
) -> None:
    """Two uploads of the same week on the road would end in different progress."""
    # given what two phones did, and how it looks when uploaded in order
    one, two = Phone(FACTS, name="one"), Phone(FACTS, name="two")
    events = [*one.study("practice", number=7), *two.study("practice"), *one.study("reading")]
    expected = await _uploaded(progress, [events])
    # when other learners upload the same, mixed, split and repeated
    mixed = [*events, *rng.sample(events, k=5)]
    rng.shuffle(mixed)
    state = await _uploaded(progress, [mixed[part::parts] for part in range(parts)])
    # then
    assert state == expected


async def _uploaded(progress: Progress, batches: list[list[Any]]) -> Any:
    learner = Actor(subject=new_id(Kind.LEARNER))
    phone = Phone(FACTS, name="one")
    for batch in batches:
        await push(progress, learner, phone, batch)
    key = CourseKey(learner_id=learner.subject, course_id=FACTS.course_id)
    (enrolment,) = await progress.learners.enrolments((key,))
    assert enrolment is not None
    result = await push(progress, learner, phone, [])
    shown = (enrolment.status, enrolment.percent, enrolment.resume, enrolment.lessons)
    return shown, enrolment.enrolled_at, result.digest, result.missing


async def test_many_writers_on_one_learner_lose_and_double_nothing(
    progress: Progress, actor: Actor
) -> None:
    """Two phones that sync at once would overwrite each other."""
    phones = [Phone(FACTS, name=f"phone {i}") for i in range(8)]
    batches = [[phone.view("practice", "t1") for _ in range(10)] for phone in phones]
    results = await asyncio.gather(
        *(
            push(progress, actor, phone, batch)
            for phone, batch in zip(phones, batches, strict=True)
        ),
        *(
            push(progress, actor, phone, batch)
            for phone, batch in zip(phones, batches, strict=True)
        ),
    )
    accepted = [one for result in results for one in result.receipts if one.status == "ACCEPTED"]
    assert len(accepted) == 80
    documents = await progress.store.log_after(actor.subject, 0)
    assert [document.n for document in documents] == list(range(1, len(documents) + 1))
    ids = [one.event.id for document in documents for one in document.events]
    assert len(ids) == len(set(ids)) == 80 + 2  # the profile and the enrolment


async def test_two_processes_share_one_learner(
    progress: Progress, mongo: Any, settings: Any, library: Library, actor: Actor
) -> None:
    """A second replica would clash with the first for ever, or fork the log."""
    twin = Progress(settings, mongo, library.doors)
    await twin.start()
    phones = [Phone(FACTS, name=f"phone {i}") for i in range(6)]
    services = [progress, twin]
    results = await asyncio.gather(
        *(
            push(services[i % 2], actor, phone, [phone.view("practice", "t1") for _ in range(5)])
            for i, phone in enumerate(phones * 2)
        )
    )
    await twin.stop()
    assert all(one.status == "ACCEPTED" for result in results for one in result.receipts)
    documents = await progress.store.log_after(actor.subject, 0)
    views = [e for d in documents for e in d.events if e.event.type == "block.viewed"]
    assert len(views) == 60
    key = LessonKey(learner_id=actor.subject, course_id=FACTS.course_id, lesson_key="practice")
    (lesson,) = await progress.learners.lesson_progress((key,))
    assert lesson is not None
    assert lesson.status == "STARTED"


async def test_a_killed_process_leaves_nothing_behind(progress: Progress, actor: Actor) -> None:
    """What a process acknowledged and did not project would never count."""
    # given a document in the log that nobody projected
    phone = Phone(FACTS)
    await push(progress, actor, phone, [phone.view("practice", "t1")])
    documents = await progress.store.log_after(actor.subject, 0)
    lost = phone.answer("practice", "q1", RIGHT)
    event = parse(lost)
    assert isinstance(event, Event)
    n = documents[-1].n + 1
    stored = Stored(event=event, place=(n, 0), received=0, effective=event.at)
    await progress.store.append_all(
        [LogDocument(learner_id=actor.subject, n=n, received=0, events=(stored,))]
    )
    # when the sweep comes by
    await progress._sweeper.sweep(older_than=0)
    swept = await progress._sweeper.sweep(older_than=0)
    # then it is projected, and swept once
    assert swept == 1
    assert await progress._sweeper.sweep(older_than=0) == 0
    learners = await progress.store.learners([actor.subject])
    assert learners[actor.subject].through == n


def marks(receipts: tuple[Receipt, ...]) -> list[float | None]:
    return [one.mark.score if one.mark else None for one in receipts]


async def test_guest_registers_and_syncs(progress: Progress, guest: Actor) -> None:
    """Nobody could learn before signing up."""
    phone = Phone(FACTS)
    profile = await progress.tracking.start_guest(
        guest, GuestProfile(device_id=phone.device, locale="es", time_zone="Europe/Madrid")
    )
    assert (profile.is_guest, profile.locale) == (True, "es")
    result = await push(progress, guest, phone, phone.study("practice"))
    assert marks(result.receipts) == [None, None, None, 1.0, None, 1.0, None]
