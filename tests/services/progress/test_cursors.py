"""Cursors that cannot be gone on from, and how long phones are told of what is gone."""

import gzip
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from services.content.contract import VersionFacts
from services.kit.ids import Kind, new_id, version_hash
from services.kit.records import Actor, Untrusted
from services.progress.app import Progress
from services.progress.contract import Change, Push, SyncResult, Tombstone
from services.progress.domain.ages import KEPT, SPAN_MS, TOLD_MS, Ages, aged, oldest_told
from services.progress.domain.course import CourseState, Pin, Standing
from services.progress.domain.cursor import Cursor, seal, unseal
from services.progress.use_cases.changes import course_changes
from services.progress.use_cases.folding import course_after
from services.progress.use_cases.store import CourseDocument
from tests.support.library import Library, lesson_facts, small_course, version_of
from tests.support.phone import Phone

FACTS = small_course()
DAY = timedelta(days=1)


async def pull(
    progress: Progress, actor: Actor, since: str | None, limit: int = 500, events: Any = ()
) -> SyncResult:
    push = Push(
        device_id=Phone(FACTS).device,
        device_time=progress._puller._clock(),
        events=Untrusted(list(events)),
        since=since,
        limit=limit,
    )
    return await progress.tracking.sync(actor, push)


async def to_the_end(
    progress: Progress, actor: Actor, since: str | None, limit: int
) -> tuple[list[Change], str]:
    """Turn pages from a cursor on; none of them starts over."""
    found: list[Change] = []
    while True:
        result = await pull(progress, actor, since, limit)
        assert not result.resync
        found += result.changes
        since = result.cursor
        if not result.has_more:
            return found, since


async def test_a_deletion_is_told_for_half_a_year_and_then_asks_for_a_snapshot(
    progress: Progress, actor: Actor, hands: Any
) -> None:
    """A phone would show a bookmark for ever that was taken away while it lay in a drawer."""
    # given a phone that holds a bookmark, and one that was taken away on another
    phone = Phone(FACTS)
    await pull(progress, actor, None, events=[phone.bookmark("exam"), phone.bookmark("reading")])
    held = (await pull(progress, actor, None)).cursor
    hands.now += DAY
    await pull(progress, actor, None, events=[phone.bookmark("exam", on=False)])
    # when it comes back within half a year, it is told
    hands.now += 175 * DAY
    result = await pull(progress, actor, held)
    gone = [one for one in result.changes if one.tombstone]
    assert [(one.kind, one.tombstone, one.record) for one in gone] == [
        ("BOOKMARK", Tombstone.DELETED, None)
    ]
    assert not result.resync
    # when it comes later, it starts over, and its own unsent events are stored all the same
    hands.now += 60 * DAY
    unsent = phone.view("practice", "t1")
    result = await pull(progress, actor, held, events=[unsent])
    assert result.resync
    assert [one.status for one in result.receipts] == ["ACCEPTED"]
    assert not any(one.tombstone for one in result.changes)
    assert len([one for one in result.changes if one.kind == "BOOKMARK"]) == 1
    # and who heard of it before goes on as ever
    late = await pull(progress, actor, result.cursor)
    assert (late.resync, late.changes) == (False, ())


async def test_an_old_history_is_paged_through_by_a_new_phone(
    progress: Progress, actor: Actor, hands: Any
) -> None:
    """A snapshot of old records would be taken for a cursor that is too old, and never end."""
    phone = Phone(FACTS)
    await pull(progress, actor, None, events=phone.study("practice"))
    await pull(progress, actor, None, events=[phone.bookmark("exam"), phone.bookmark("reading")])
    hands.now += 400 * DAY
    await pull(progress, actor, None, events=[phone.bookmark("exam", on=False)])
    hands.now += 400 * DAY
    whole = await pull(progress, actor, None)
    changes, cursor = await to_the_end(progress, actor, None, 1)
    assert changes == list(whole.changes)
    # a deletion while the pages are turned is told
    first = await pull(progress, actor, None, 1)
    await pull(progress, actor, None, events=[phone.bookmark("reading", on=False)])
    rest, _ = await to_the_end(progress, actor, first.cursor, 1)
    assert [one.tombstone for one in rest].count(Tombstone.DELETED) == 1
    # and nobody who was there meanwhile has to start over
    assert not (await pull(progress, actor, cursor)).resync


async def test_a_cursor_of_somebody_else_another_history_or_another_key_starts_over(
    progress: Progress, actor: Actor, guest: Actor
) -> None:
    """A restored database would leave phones with records that nobody ever corrects."""
    phone, key, epoch = Phone(FACTS), progress._puller._key, progress._puller.epoch
    mine = (await pull(progress, actor, None, events=[phone.view("practice", "t1")])).cursor
    theirs = (await pull(progress, guest, None, events=[phone.view("practice", "t1")])).cursor
    cursor = unseal(mine, learner_id=actor.subject, key=key)
    assert cursor is not None
    foreign = [
        theirs,
        seal(Cursor(epoch="restored", n=cursor.n), learner_id=actor.subject, key=key),
        seal(Cursor(epoch=epoch, n=cursor.n + 7), learner_id=actor.subject, key=key),
        seal(cursor, learner_id=actor.subject, key=b"another key"),
        *(mine[:i] + ("A" if mine[i] != "A" else "B") + mine[i + 1 :] for i in (0, 9, 17, 21)),
        "",
        "not base64!",
    ]
    whole = await pull(progress, actor, None)
    for since in foreign:
        result = await pull(progress, actor, since)
        assert (result.resync, result.changes) == (True, whole.changes), since


def test_a_lesson_of_a_version_that_was_left_is_out_of_scope() -> None:
    """A phone would list the lessons of two versions of one course for ever."""
    newer, id_ = small_course("v2"), new_id(Kind.ENROLMENT)
    blank = CourseDocument(id=id_, learner_id=new_id(Kind.LEARNER), course_id=FACTS.course_id)
    older = course_after(blank, pinned_to(FACTS), FACTS, through=3)
    moved = course_after(older, pinned_to(newer), newer, through=5)
    later = course_after(moved, pinned_to(newer), newer, through=9)
    assert {one.tombstone for one in course_changes(older)} == {None}
    gone = {one.id: one for one in course_changes(moved) if one.tombstone}
    assert set(gone) == set(FACTS.lessons)
    assert {(one.tombstone, one.version) for one in gone.values()} == {(Tombstone.LEFT_SCOPE, 5)}
    assert later.stamps == moved.stamps


def pinned_to(facts: VersionFacts) -> CourseState:
    """Return the state of a course that was begun in a version."""
    hash_ = version_hash(facts.version_id)
    pin = Pin(place=(1, 0), version=hash_)
    return CourseState(pin=pin, standing=Standing(place=(1, 0), withdrawn=False))


async def test_the_numbers_of_the_log_age_in_spans() -> None:
    """Tombstones would be forgotten early, or phones that lay still be asked to start over."""
    ages: Ages = ()
    for n in range(1, 400):
        ages = aged(ages, n, n * SPAN_MS // 3)
        now = n * SPAN_MS // 3
        oldest = oldest_told(ages, through=n, now=now)
        told = [m for m in range(1, n + 1) if now - m * SPAN_MS // 3 <= TOLD_MS]
        assert oldest <= told[0]
        assert oldest == 0 or now - oldest * SPAN_MS // 3 <= TOLD_MS + SPAN_MS
    assert len(ages) == KEPT
    assert oldest_told(ages, through=400, now=10_000 * SPAN_MS) == 401
    assert oldest_told((), through=0, now=0) == 0


@pytest.mark.slow
async def test_a_fresh_phone_of_a_learner_of_5000_events_loads_little(
    progress: Progress, actor: Actor, library: Library, hands: Any
) -> None:
    """Signing in on a new phone would cost a data plan."""
    courses = [
        library.add(many_lessons(name)) for name in ("arithmetic", "reading", "safety", "phishing")
    ]
    phone, pushed = Phone(FACTS), 0
    while pushed < 5_000:
        for phone.facts in courses:
            keys = [lesson.key for lesson in phone.facts.lessons.values()]
            for start in range(0, len(keys), 8):
                events = [one for key in keys[start : start + 8] for one in phone.study(key)]
                hands.now += timedelta(minutes=30)
                await pull(progress, actor, None, 1, events=events)
                pushed += len(events)
    snapshot, _ = await to_the_end(progress, actor, None, 1_000)
    assert len({one.kind for one in snapshot}) >= 5
    assert len(snapshot) > 500
    assert len(gzip.compress(msgspec.json.encode(snapshot))) < 300 * 1024


def many_lessons(name: str) -> Any:
    """Return a course of forty lessons with three practice questions each."""
    facts = small_course(name, course=name)
    lessons = [lesson_facts(version_of(name), f"l{i}", texts=4, questions=3) for i in range(40)]
    return msgspec.structs.replace(facts, lessons={one.id: one for one in lessons})
