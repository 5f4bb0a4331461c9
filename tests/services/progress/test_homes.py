"""What a learner sees of their own: Home, reviews, bookmarks, as of their study day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from services.kit.errors import Invalid
from services.kit.ids import Kind, new_id
from services.kit.records import Actor, PageArgs, Untrusted
from services.progress.app import Progress
from services.progress.contract import (
    Home,
    ProfileUpdate,
    Push,
    Review,
    ReviewKey,
    Streak,
    SyncResult,
)
from services.progress.domain.cards import CardKey, jitter
from services.progress.domain.fsrs import first, retrievability, review
from services.progress.domain.ids import review_id
from tests.services.progress.conftest import Hands
from tests.support.library import Library, small_course
from tests.support.phone import START, Phone

DAY = timedelta(days=1)
FIRST = PageArgs(first=100)


async def push(
    progress: Progress, actor: Actor, phone: Phone, events: list[dict[str, Any]]
) -> SyncResult:
    """Sync events, each of which is accepted."""
    sent = Push(device_id=phone.device, device_time=phone.now, events=Untrusted(events))
    result = await progress.tracking.sync(actor, sent)
    assert {receipt.status for receipt in result.receipts} <= {"ACCEPTED"}
    return result


async def home(progress: Progress, actor: Actor) -> Home:
    (shown,) = await progress.homes.homes((actor.subject,))
    return shown


async def due(progress: Progress, actor: Actor, **more: Any) -> list[Review]:
    page = await progress.homes.due_reviews(
        actor.subject, before=more.pop("before", None), page=PageArgs(**{"first": 100, **more})
    )
    return list(page.nodes)


def key_of(card: str) -> CardKey:
    return CardKey(small_course().course_id, "practice", card)


async def test_somebody_who_has_stored_nothing_has_a_home(progress: Progress) -> None:
    """The first screen of a new account would fail."""
    (shown,) = await progress.homes.homes((new_id(Kind.LEARNER),))

    assert shown.profile is None
    assert (shown.goal.minutes, shown.goal.days_per_week, shown.goal.minutes_today) == (10, 7, 0.0)
    assert shown.streak == Streak(freezes_left=2)
    assert (shown.due_reviews, shown.continued) == (0, ())


async def test_cards_come_when_they_are_due_and_not_before(
    progress: Progress, actor: Actor, hands: Hands
) -> None:
    """A review would be shown on the day on which it was learned, or never."""
    phone = Phone(small_course())
    await push(progress, actor, phone, [phone.answer("practice", "q1", 0)])
    memory = first(1)
    falls = memory.interval + jitter(memory.interval, key_of("q1"))

    assert (await home(progress, actor)).due_reviews == 0
    assert await due(progress, actor) == []
    assert len(await due(progress, actor, before=START.date() + (falls + 1) * DAY)) == 1
    assert await due(progress, actor, before=START.date() + falls * DAY) == []
    hands.now += falls * DAY
    assert (await home(progress, actor)).due_reviews == 1
    (card,) = await due(progress, actor)

    lesson = phone.lesson("practice")
    assert card == Review(
        id=review_id(actor.subject, key_of("q1")),
        learner_id=actor.subject,
        course_id=small_course().course_id,
        lesson_id=lesson.id,
        question_id=next(id_ for id_, one in lesson.questions.items() if one.key == "q1"),
        due_on=START.date() + falls * DAY,
        stability=memory.stability,
        difficulty=memory.difficulty,
        retrievability=retrievability(memory.stability, falls),
        lapses=0,
    )


async def test_what_is_most_at_risk_comes_first(
    progress: Progress, actor: Actor, hands: Hands
) -> None:
    """A learner with little time would spend it on what they know best."""
    phone = Phone(small_course())
    events = [
        phone.review("practice", "t1/c1", 4),
        phone.review("practice", "t1/c2", 1),
        phone.answer("practice", "q2", 42),
        phone.answer("practice", "q1", 42),
    ]
    await push(progress, actor, phone, events)
    hands.now += 30 * DAY

    shown = await due(progress, actor)

    keys = ("t1/c2", "q2", "q1", "t1/c1")  # q2 and q1 are level: q2 was seen before
    assert [card.id for card in shown] == [review_id(actor.subject, key_of(key)) for key in keys]
    chances = [card.retrievability for card in shown]
    assert chances == sorted(chances)
    assert chances[1] == chances[2]


async def test_pages_hold_each_card_once_though_some_are_answered_meanwhile(
    progress: Progress, actor: Actor, hands: Hands
) -> None:
    """Who reviews page by page would skip cards, or meet some twice, also past the day's end."""
    phone = Phone(small_course())
    cards = ["t1/c1", "t1/c2"]
    questions = ["q1", "q2"]
    events = [phone.review("practice", card, 2) for card in cards]
    events += [phone.answer("practice", question, 42) for question in questions]
    await push(progress, actor, phone, events)
    hands.now += 40 * DAY
    phone.now = hands.now - timedelta(minutes=5)
    homes, seen, after = progress.homes, list[str](), None
    everything = [card.id for card in await due(progress, actor)]

    while True:
        page = await homes.due_reviews(
            actor.subject, before=None, page=PageArgs(first=1, after=after)
        )
        seen += [card.id for card in page.nodes]
        assert page.has_previous == (after is not None)
        if not page.has_next:
            break
        after = page.cursors[-1]
        if len(seen) == 1:
            await push(progress, actor, phone, [phone.review("practice", "t1/c1", 3)])
            hands.now += DAY

    answered = review_id(actor.subject, key_of("t1/c1"))
    assert [id_ for id_ in seen if id_ != answered] == [
        id_ for id_ in everything if id_ != answered
    ]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("after", ["", "x", "AAAA", "lM5__________8sAAAAAAAAAAACh", "ä"])
async def test_a_cursor_that_is_none_is_told(progress: Progress, actor: Actor, after: str) -> None:
    """A broken app would be shown a failure of the system."""
    page = PageArgs(after=after)
    with pytest.raises(Invalid, match="after is no cursor"):
        await progress.homes.due_reviews(actor.subject, before=None, page=page)
    with pytest.raises(Invalid, match="after is no cursor"):
        await progress.homes.bookmarks(actor.subject, page)


async def test_a_review_is_shown_as_the_learners_version_has_it(
    progress: Progress, actor: Actor, library: Library, hands: Hands
) -> None:
    """A question that was corrected would be asked as it was, or one that is gone would fail."""
    old, new = small_course("v1"), small_course("v2")
    library.add(new)
    phone = Phone(new)
    await push(progress, actor, phone, [phone.view("practice", "t1")])  # pins v2
    earlier = Phone(old, name="another")
    await push(progress, actor, earlier, [earlier.answer("practice", "q1", 0)])
    hands.now += 20 * DAY

    (shown,) = await due(progress, actor)
    assert shown.lesson_id == phone.lesson("practice").id

    library.facts_of[new.version_id] = replace(
        new,
        lessons={
            id_: replace(lesson, questions={}) if lesson.key == "practice" else lesson
            for id_, lesson in new.lessons.items()
        },
    )
    progress.homes._facts._known.clear()
    (shown,) = await due(progress, actor)
    assert shown.lesson_id == earlier.lesson("practice").id


async def test_a_review_is_read_by_its_learner_alone(
    progress: Progress, actor: Actor, guest: Actor
) -> None:
    """Anybody could read what somebody else forgets."""
    phone = Phone(small_course())
    await push(progress, actor, phone, [phone.answer("practice", "q1", 42)])
    id_ = review_id(actor.subject, key_of("q1"))
    keys = tuple(
        ReviewKey(learner_id=learner, review_id=one)
        for learner, one in (
            (actor.subject, id_),
            (guest.subject, id_),
            (actor.subject, review_id(actor.subject, key_of("q2"))),
        )
    )

    own, foreign, unknown = await progress.homes.reviews(keys)

    assert own is not None
    assert own.id == id_
    assert own.retrievability == 1.0
    assert (foreign, unknown) == (None, None)


async def test_bookmarks_are_listed_the_latest_first(progress: Progress, actor: Actor) -> None:
    """A lesson that was put aside could not be found again."""
    phone = Phone(small_course())
    lessons = {key: phone.lesson(key).id for key in ("practice", "reading", "exam")}
    events = [phone.bookmark(key) for key in lessons]
    events += [phone.bookmark("reading", on=False)]
    await push(progress, actor, phone, events)

    whole = await progress.homes.bookmarks(actor.subject, FIRST)
    head = await progress.homes.bookmarks(actor.subject, PageArgs(first=1))
    rest = await progress.homes.bookmarks(actor.subject, PageArgs(first=1, after=head.cursors[0]))

    assert [mark.lesson_id for mark in whole.nodes] == [lessons["exam"], lessons["practice"]]
    assert (whole.total, whole.has_next, whole.has_previous) == (2, False, False)
    assert (head.nodes, head.has_next) == (whole.nodes[:1], True)
    assert (rest.nodes, rest.has_next, rest.has_previous) == (whole.nodes[1:], False, True)


async def test_today_is_the_study_day_of_the_learners_own_zone(
    progress: Progress, actor: Actor, hands: Hands
) -> None:
    """The minutes of an evening would count for nothing, or for the next morning."""
    phone = Phone(small_course())
    hands.now = START.replace(hour=23)
    phone.now = START.replace(hour=21)
    await push(progress, actor, phone, [phone.view("practice", "t1", seconds=90)])

    assert (await home(progress, actor)).goal.minutes_today == 1.5
    hands.now = START.replace(hour=3) + DAY
    assert (await home(progress, actor)).goal.minutes_today == 1.5
    await progress.tracking.update_profile(actor, ProfileUpdate(time_zone="Asia/Tokyo"))
    shown = await home(progress, actor)

    assert shown.goal.minutes_today == 0.0  # noon of the next day there
    assert shown.streak == Streak(
        days=1, longest=1, last_study_day=date(2026, 11, 20), freezes_left=2
    )


async def test_a_phone_400_days_ahead_that_was_mended_leaves_no_trace(
    progress: Progress, actor: Actor, hands: Hands
) -> None:
    """Its cards would come next year, and its streak would stand still till then."""
    phone = Phone(small_course())
    phone.now = START + 400 * DAY
    wrong = [phone.answer("practice", "q1", 42) | {"offset": None}]
    await push(progress, actor, phone, wrong)
    for day in (1, 2):
        hands.now = START + day * DAY + timedelta(hours=1)
        phone.now = START + day * DAY
        await push(progress, actor, phone, [phone.answer("practice", "q2", 42)])

    shown = await home(progress, actor)

    assert shown.streak == Streak(
        days=3, longest=3, last_study_day=date(2026, 11, 22), freezes_left=2
    )
    cards = await due(progress, actor, before=date(2028, 1, 1))
    assert len(cards) == 2
    assert all(card.due_on < date(2027, 1, 1) for card in cards)


async def test_reviews_follow_the_published_formula(
    progress: Progress, actor: Actor, hands: Hands
) -> None:
    """A phone would count other days than the server."""
    phone = Phone(small_course())
    memory, days = first(3), 0
    await push(progress, actor, phone, [phone.review("practice", "t1/c1", 3)])
    for grade in (3, 1, 4):
        elapsed = memory.interval
        days += elapsed
        hands.now = START + days * DAY + timedelta(hours=1)
        phone.now = START + days * DAY
        await push(progress, actor, phone, [phone.review("practice", "t1/c1", grade)])
        memory = review(memory, elapsed, grade)

    (card,) = await due(progress, actor, before=date(2200, 1, 1))

    assert (card.stability, card.difficulty, card.lapses) == (
        memory.stability,
        memory.difficulty,
        1,
    )
    assert card.due_on == (START + days * DAY).date() + DAY * (
        memory.interval + jitter(memory.interval, key_of("t1/c1"))
    )


def away(phone: Phone, instant: datetime, offset: int) -> dict[str, Any]:
    """Return a review at an instant, `offset` minutes east of UTC."""
    phone.now = instant
    return phone.review("practice", "t1/c1", 3) | {"tz": offset, "zone": "Etc/UTC"}


def habits() -> list[dict[str, Any]]:
    """Return a month: a flight over the date line, a week of shifts, a freeze that was asked."""
    phone = Phone(small_course())
    west, east = -600, 780  # Honolulu, Auckland
    events = [
        away(phone, datetime(2026, 11, 1, 20, tzinfo=UTC), west),  # Sunday the 1st there
        away(phone, datetime(2026, 11, 2, 20, tzinfo=UTC), east),  # Tuesday the 3rd there
        phone.own("goal.set", minutes=15, daysPerWeek=5) | {"tz": east},
    ]
    at_one = {day: datetime(2026, 11, day, 1, tzinfo=UTC) for day in (4, 5, 8, 9, 13, 14)}
    events += [away(phone, at_one[day], east) for day in (4, 5, 8, 9)]  # Friday and Saturday off
    events.append(phone.own("streak.frozen", day="2026-11-12") | {"tz": east})
    # The 10th and 11th are off by the goal, the 12th by the freeze.
    events += [away(phone, at_one[day], east) for day in (13, 14)]
    return events


@pytest.mark.parametrize("step", [100, 4, 1])
async def test_travel_shifts_and_freezes_count_alike_however_they_arrive(
    progress: Progress, actor: Actor, hands: Hands, step: int
) -> None:
    """Two phones of a learner would show two streaks, and a refold a third."""
    hands.now = datetime(2026, 10, 31, tzinfo=UTC)
    zone = ProfileUpdate(time_zone="Pacific/Auckland")
    await progress.tracking.update_profile(actor, zone)
    hands.now = datetime(2026, 11, 14, 2, tzinfo=UTC)
    phone, events = Phone(small_course(), name="sender"), habits()
    if step < len(events):
        events.reverse()
    for start in range(0, len(events), step):
        await push(progress, actor, phone, events[start : start + step])

    shown = await home(progress, actor)
    await progress._projector.refold(actor.subject)
    again = await home(progress, actor)

    assert shown.streak == Streak(
        days=8, longest=8, last_study_day=date(2026, 11, 14), freezes_left=2
    )
    assert again == shown
    assert (shown.goal.minutes, shown.goal.days_per_week) == (15, 5)
