"""Erasing a learner: nothing stays but the tombstone, and nothing comes back."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pymongo import MongoClient

from services.kit.errors import Conflict, Forbidden, Invalid, NotFound
from services.kit.ids import Kind, new_id
from services.kit.mongo import Database, Mongo
from services.kit.records import Actor, Untrusted
from services.progress.app import Progress
from services.progress.contract import CourseKey, GuestProfile, Push, ServerEvent
from services.progress.settings import Settings
from tests.services.progress.conftest import Hands
from tests.support.library import RIGHT, Library, small_course
from tests.support.phone import Phone

FACTS = small_course()
TRY = "0d5e8f1c-0000-4000-8000-000000000001"
CANARY = 83_417_255.25
"""An answer that nobody else gives."""


def pushing(phone: Phone, events: list[dict[str, Any]]) -> Push:
    return Push(device_id=phone.device, device_time=phone.now, events=Untrusted(events))


async def settled(actor: Actor, database: Database) -> None:
    """Wait until what the learner adds to the counts over all learners is in them."""
    async with asyncio.timeout(60):
        while await database.projection("courses").count(
            {"learner": actor.subject, "outbox.type": "answers.counted"}
        ):
            await asyncio.sleep(0.02)


async def learn(progress: Progress, actor: Actor, phone: Phone) -> None:
    """Do the whole course, with a wrong answer that can be told apart."""
    exam = phone.study("exam", number=RIGHT, attempt=TRY)
    events = [*phone.study("practice", number=CANARY), *phone.study("reading"), *exam]
    await progress.tracking.sync(actor, pushing(phone, events))


def documents(uri: str, name: str) -> dict[str, list[Any]]:
    """Return every document of every collection, read past Morsel."""
    with MongoClient[Any](uri) as client:
        database = client[name]
        return {one: list(database[one].find({})) for one in database.list_collection_names()}


def text_of(found: Any) -> str:
    """Return documents as text; what is packed shows its strings all the same."""
    return str(found)


async def test_nothing_stays_but_the_tombstone(
    progress: Progress, actor: Actor, database: Database, mongo_uri: str
) -> None:
    """An erased person's name, e-mail, device or answers would still be in the database."""
    phone = Phone(FACTS)
    await learn(progress, actor, phone)
    before = text_of(documents(mongo_uri, database.name))
    canaries = ["Learner", "learner@example.org", phone.device, TRY, "83417255.25"]
    assert [canary for canary in canaries if canary not in before] == []

    await progress.leaving.erase(actor, confirm=True)
    await progress.leaving.erase(actor, confirm=True)

    found = documents(mongo_uri, database.name)
    assert [canary for canary in canaries if canary in text_of(found)] == []
    named = {name for name, some in found.items() if actor.subject in text_of(some)}
    assert named == {"log", "learners"}
    (tombstone,), (learner,) = found["log"], found["learners"]
    assert [tombstone["erased"], learner["erased"]] == [True, True]
    assert [entry["data"] for entry in tombstone["outbox"]] == [{"learnerId": actor.subject}]
    assert (found["courses"], found.get("cards", [])) == ([], [])


async def test_late_uploads_are_refused_with_words(
    progress: Progress, actor: Actor, database: Database, mongo_uri: str
) -> None:
    """A forgotten phone would bring an erased learner back."""
    phone, late = Phone(FACTS), Phone(FACTS, name="late")
    await learn(progress, actor, phone)
    await settled(actor, database)
    await progress.leaving.erase(actor, confirm=True)
    before = text_of(documents(mongo_uri, database.name))
    key = CourseKey(learner_id=actor.subject, course_id=FACTS.course_id)

    with pytest.raises(Forbidden, match="erased"):
        await progress.tracking.sync(actor, pushing(late, late.study("reading")))
    with pytest.raises(Forbidden, match="erased"):
        await progress.tracking.enrol(actor, FACTS.course_id)
    told = ServerEvent(
        id=TRY, learner_id=actor.subject, type="credential.issued", at=late.now, body={}
    )
    await progress.tracking.record((told,))

    assert text_of(documents(mongo_uri, database.name)) == before
    assert await progress.learners.enrolments((key,)) == (None,)
    assert await progress.learners.profiles((actor.subject,)) == (None,)


async def test_unless_confirmed_nothing_happens(
    progress: Progress, actor: Actor, database: Database, mongo_uri: str
) -> None:
    """A slip of a finger would cost somebody everything that they learned."""
    await learn(progress, actor, Phone(FACTS))
    await settled(actor, database)
    before = documents(mongo_uri, database.name)

    with pytest.raises(Invalid, match="confirm must be true"):
        await progress.leaving.erase(actor, confirm=False)

    assert documents(mongo_uri, database.name) == before


async def test_uploads_that_race_an_erasure_leave_no_trace(
    progress: Progress, actor: Actor, hands: Hands, database: Database, mongo_uri: str
) -> None:
    """What is in flight while somebody is erased would be written after the deletion."""
    phones = [Phone(FACTS, name=f"phone {n}") for n in range(6)]
    await learn(progress, actor, phones[0])
    pushes = [progress.tracking.sync(actor, pushing(one, one.study("reading"))) for one in phones]

    await asyncio.gather(
        *pushes[:3],
        progress.leaving.erase(actor, confirm=True),
        *pushes[3:],
        return_exceptions=True,
    )
    hands.now += timedelta(minutes=2)
    await progress.sweep()

    found = documents(mongo_uri, database.name)
    assert [one.get("erased") for one in (*found["log"], *found["learners"])] == [True, True]
    assert (found["courses"], found["cards"]) == ([], [])
    assert "closing" not in found["log"][0]


async def test_a_killed_erasure_is_ended_by_whoever_comes_next(
    mongo: Mongo,
    settings: Settings,
    library: Library,
    hands: Hands,
    actor: Actor,
    database: Database,
    mongo_uri: str,
) -> None:
    """An outage between closing the log and deleting it would keep all of it, and say erased."""
    killed = Progress(settings, mongo, library.doors, clock=hands)
    await killed.prepare()
    await learn(killed, actor, Phone(FACTS))
    await killed.leaving.erasing.bury(actor.subject)
    assert len(documents(mongo_uri, database.name)["log"]) > 1

    other = Progress(settings, mongo, library.doors, clock=hands)
    hands.now += timedelta(seconds=2)
    await other.sweep()

    found = documents(mongo_uri, database.name)
    assert [one.get("erased") for one in (*found["log"], *found["learners"])] == [True, True]
    assert found["courses"] == []


async def test_an_accounts_erasure_takes_its_former_guests_along(
    progress: Progress, actor: Actor, guest: Actor, database: Database, mongo_uri: str
) -> None:
    """The log of a claimed guest would keep what the account had erased."""
    phone = Phone(FACTS)
    await progress.tracking.start_guest(guest, GuestProfile(device_id=phone.device))
    await learn(progress, guest, phone)
    await progress.tracking.claim_guest(actor, guest.subject)
    with pytest.raises(Conflict, match="An account has claimed"):
        await progress.leaving.erase(guest, confirm=True)

    await progress.leaving.erase(actor, confirm=True)

    found = documents(mongo_uri, database.name)
    assert {one["learner"] for one in found["log"]} == {actor.subject, guest.subject}
    assert all(one["erased"] for one in (*found["log"], *found["learners"]))
    assert phone.device not in text_of(found)
    with pytest.raises(Forbidden, match="erased"):
        await progress.tracking.sync(guest, pushing(phone, phone.study("reading")))
    with pytest.raises(NotFound, match="no such guest"):
        await progress.tracking.claim_guest(actor, guest.subject)


async def test_somebody_of_whom_nothing_is_stored_can_be_erased(
    progress: Progress, actor: Actor
) -> None:
    """A refusal would say that there is something, and a late upload would begin anew."""
    await progress.leaving.erase(actor, confirm=True)
    phone = Phone(FACTS)

    with pytest.raises(Forbidden, match="erased"):
        await progress.tracking.sync(actor, pushing(phone, phone.study("reading")))


async def test_others_are_left_alone(progress: Progress, actor: Actor) -> None:
    """An erasure would take somebody else's work along."""
    other = Actor(subject=new_id(Kind.LEARNER), name="Other")
    await learn(progress, actor, Phone(FACTS))
    await learn(progress, other, Phone(FACTS, name="other"))

    await progress.leaving.erase(actor, confirm=True)

    key = CourseKey(learner_id=other.subject, course_id=FACTS.course_id)
    (kept,) = await progress.learners.enrolments((key,))
    assert kept is not None
    assert (kept.status, kept.score) == ("COMPLETED", 1.0)
