"""What employers may find of a learner: with consent alone, and how long each skill is known."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.ids import Kind, new_id
from services.kit.mongo import Database
from services.kit.records import Actor, Untrusted
from services.progress.app import Progress
from services.progress.contract import LEVELS, Findable, GuestProfile, ProfileUpdate, Push
from services.progress.domain.calendar import study_day
from services.progress.domain.cards import Schedule
from services.progress.use_cases.finding import HORIZON, known_until
from tests.support.library import RIGHT, SKILL, Library, small_course
from tests.support.phone import Phone

FACTS = small_course()


@pytest.fixture
def library() -> Library:
    found = Library()
    found.add(FACTS)
    return found


def schedule(stability: float, last: int) -> Schedule:
    return Schedule(
        stability=stability, difficulty=5.0, last_day=last, interval=1, lapses=0, reviews=1
    )


SCHEDULES = st.lists(
    st.builds(schedule, st.floats(0.1, 5000), st.integers(20_000, 20_400)), min_size=1, max_size=6
)


async def push(progress: Progress, actor: Actor, phone: Phone, *events: Any) -> None:
    pushed = Push(device_id=phone.device, device_time=phone.now, events=Untrusted(list(events)))
    await progress.tracking.sync(actor, pushed)


async def agree(progress: Progress, actor: Actor, *, discoverable: bool) -> None:
    await progress.tracking.update_profile(
        actor, ProfileUpdate(discoverable=discoverable, display_name="Ada Example")
    )


async def told(database: Database) -> list[str]:
    """Return which learners the outbox tells of, one for each entry."""
    found = await database.truth("log").find({"outbox.type": "learner.findable"})
    return [entry["data"]["learnerId"] for document in found for entry in document["outbox"]]


async def test_nothing_is_found_without_consent(progress: Progress, actor: Actor) -> None:
    """Employers would read what somebody learns in private."""
    phone = Phone(FACTS)
    await push(progress, actor, phone, phone.answer("practice", "q1", RIGHT))
    assert await progress.advice.findable((actor.subject, new_id(Kind.LEARNER))) == (None, None)

    await agree(progress, actor, discoverable=True)
    [found] = await progress.advice.findable((actor.subject,))
    await agree(progress, actor, discoverable=False)

    assert isinstance(found, Findable)
    assert (found.name, [one.skill_id for one in found.skills]) == ("Ada Example", [SKILL])
    assert await progress.advice.findable((actor.subject,)) == (None,)


async def test_how_long_is_known_is_what_the_standing_says(
    progress: Progress, actor: Actor, hands: Any
) -> None:
    """A search would find people by another retention than the one that they are shown."""
    phone = Phone(FACTS)
    await push(progress, actor, phone, phone.answer("practice", "q1", RIGHT))
    await agree(progress, actor, discoverable=True)
    [found] = await progress.advice.findable((actor.subject,))
    assert found is not None
    [memory] = found.skills

    for level, until in zip(LEVELS, memory.known_until, strict=True):
        assert until <= study_day(int(phone.now.timestamp() * 1000), 60) + HORIZON
        hands.now = phone.now + timedelta(
            days=until - study_day(int(phone.now.timestamp() * 1000), 60)
        )
        [[standing]] = await progress.advice.standings((actor.subject,))
        if until < study_day(int(phone.now.timestamp() * 1000), 60) + HORIZON:
            assert standing.retention >= level
            hands.now += timedelta(days=1)
            [[standing]] = await progress.advice.standings((actor.subject,))
            assert standing.retention < level


@given(SCHEDULES)
def test_the_last_day_of_a_level_is_the_last_one(schedules: list[Schedule]) -> None:
    """Somebody would be found who has forgotten, or not found who still knows."""

    def mean(day: int) -> float:
        return sum(one.retrievability(day) for one in schedules) / len(schedules)

    latest = max(one.last_day for one in schedules)
    found = known_until(schedules)

    assert len(found) == len(LEVELS)
    assert list(found) == sorted(found, reverse=True)
    for level, day in zip(LEVELS, found, strict=True):
        assert day >= latest - 1
        assert day == latest - 1 or mean(day) >= level
        assert day == latest + HORIZON or mean(day + 1) < level


async def test_others_are_told_of_who_agreed_and_of_nobody_else(
    progress: Progress, actor: Actor, database: Database
) -> None:
    """An index of people would stay behind, or hear of those who did not agree."""
    phone, other = Phone(FACTS), Actor(subject=new_id(Kind.LEARNER), email="o@example.org")
    await push(progress, actor, phone, phone.answer("practice", "q1", RIGHT))
    await push(progress, other, phone, phone.answer("practice", "q1", RIGHT))
    assert await told(database) == []

    await agree(progress, actor, discoverable=True)
    await push(progress, actor, phone, phone.answer("practice", "q2", RIGHT))
    await agree(progress, actor, discoverable=False)
    await push(progress, actor, phone, phone.answer("practice", "q1", RIGHT))

    assert await told(database) == [actor.subject] * 3


async def test_what_a_guest_learned_is_told_with_the_claim(
    progress: Progress, actor: Actor, database: Database
) -> None:
    """Somebody who agreed would not be found by what they learned before they signed up."""
    guest = Actor(subject=new_id(Kind.LEARNER), is_guest=True)
    phone = Phone(FACTS)
    await progress.tracking.start_guest(guest, GuestProfile(device_id=phone.device))
    await push(progress, guest, phone, phone.answer("practice", "q1", RIGHT))
    await agree(progress, actor, discoverable=True)
    before = await told(database)

    await progress.tracking.claim_guest(actor, guest.subject)

    assert set(await told(database)) == {actor.subject}
    assert len(await told(database)) > len(before)
