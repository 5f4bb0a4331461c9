"""Digests by day: a phone that differs finds the day, and exchanges the ids of that day only."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.kit.records import Actor, Untrusted
from services.progress.app import Progress
from services.progress.contract import DayKey, EventDay, Push, SyncResult
from services.progress.domain.event import SERVER_DEVICE, Event
from services.progress.domain.learner import digest_of
from services.progress.domain.parsing import parse
from tests.support.library import small_course
from tests.support.phone import Phone

FACTS = small_course()
FIRST = datetime(2026, 11, 16, 23, 59, 58, tzinfo=UTC)
DAYS = 5


async def push(progress: Progress, actor: Actor, phone: Phone, events: list[Any]) -> SyncResult:
    return await progress.tracking.sync(
        actor, Push(device_id=phone.device, device_time=phone.now, events=Untrusted(events))
    )


async def day_of(progress: Progress, actor: Actor, device: str, day: date) -> EventDay:
    key = DayKey(learner_id=actor.subject, device_id=device, day=day)
    (found,) = await progress.learners.event_days((key,))
    return found


def digest(events: list[Any]) -> str:
    """Return what a phone computes over what it holds."""
    parsed = [parse(raw) for raw in events]
    assert all(isinstance(one, Event) for one in parsed)
    return digest_of(one for one in parsed if isinstance(one, Event)).hex()


async def test_a_phone_finds_and_mends_a_difference_by_the_ids_of_one_day(
    progress: Progress, actor: Actor
) -> None:
    """A phone that dropped an event too early could only upload its whole history again."""
    # given a phone that believes that all of its days were accepted, of which one event was not
    phone = Phone(FACTS, start=FIRST)
    held: dict[date, list[Any]] = {}
    for i in range(DAYS):
        phone.now = FIRST + timedelta(days=i)
        for _ in range(6):
            event = phone.view("practice", "t1")
            held.setdefault(datetime.fromisoformat(event["at"]).date(), []).append(event)
    events = [event for some in held.values() for event in some]
    lost = events[14]
    result = await push(progress, actor, phone, [one for one in events if one is not lost])
    assert result.digest != digest(events)
    # when it compares day by day
    found = {day: await day_of(progress, actor, phone.device, day) for day in held}
    differing = [day for day in held if found[day].digest != digest(held[day])]
    # then one day differs, by one id, and sending that event mends it
    (day,) = differing
    ids = {one["id"] for one in held[day]}
    assert ids - set(found[day].ids) == {lost["id"]}
    assert list(found[day].ids) == sorted(found[day].ids)
    result = await push(progress, actor, phone, [lost])
    assert (result.digest, result.missing) == (digest(events), ())
    mended = await day_of(progress, actor, phone.device, day)
    assert mended == EventDay(digest=digest(held[day]), ids=tuple(sorted(ids)))


async def test_a_day_is_of_one_device_and_one_learner(
    progress: Progress, actor: Actor, guest: Actor
) -> None:
    """A phone would see differences that it can never mend, or what others did."""
    one, two = Phone(FACTS, name="one"), Phone(FACTS, name="two")
    await push(progress, actor, one, [one.view("practice", "t1"), two.view("practice", "t1")])
    await push(progress, guest, one, [one.view("practice", "t1")])
    today = one.now.date()
    empty = EventDay(digest="0" * 32, ids=())
    assert len((await day_of(progress, actor, one.device, today)).ids) == 1
    assert len((await day_of(progress, actor, two.device, today)).ids) == 1
    assert await day_of(progress, actor, one.device, today + timedelta(days=1)) == empty
    assert await day_of(progress, actor, SERVER_DEVICE, today) == empty
    assert await progress.learners.event_days(()) == ()
