"""Question health over real logs: counted once, for accounts, for authors of the course alone."""

import asyncio
from datetime import timedelta

from services.kit.ids import Kind, new_id
from services.kit.mongo import Database
from services.kit.records import Actor, Role, Untrusted
from services.progress.app import Progress
from services.progress.contract import GuestProfile, Push, QuestionFlags, QuestionHealth
from services.progress.domain.health import Share
from services.progress.repository import MongoTallies
from services.progress.use_cases.counting import Counted
from tests.support.library import RIGHT, small_course
from tests.support.phone import START, Phone

FACTS = small_course()
DEVICE = "00000000-0000-7000-8000-000000000001"
AUTHOR = Actor(subject=new_id(Kind.LEARNER), roles=frozenset({Role.AUTHOR}), organisation="org")


async def answer(
    progress: Progress, actor: Actor, *numbers: float, flag: str | None = None, minute: int = 0
) -> None:
    """Sync answers to q1 and q2 of the exam, and to as many more as there are numbers."""
    phone = Phone(FACTS, name=f"{actor.subject} {minute}", start=START + timedelta(minutes=minute))
    events = [
        phone.answer("exam", f"q{i + 1}", number, attempt="0d5e8f1c-0000-4000-8000-000000000001")
        for i, number in enumerate(numbers)
    ]
    if flag is not None:
        flagged = phone.answer("exam", "q1", RIGHT)
        body = {"reason": flag}
        events.append({**flagged, "type": "question.flagged", "body": body})
    pushed = Push(device_id=phone.device, device_time=phone.now, events=Untrusted(events))
    result = await progress.tracking.sync(actor, pushed)
    assert {receipt.status for receipt in result.receipts} == {"ACCEPTED"}


def account() -> Actor:
    return Actor(subject=new_id(Kind.LEARNER))


async def health(progress: Progress, actor: Actor = AUTHOR) -> tuple[QuestionHealth, ...] | None:
    [found] = await progress.health.questions(actor, (FACTS.course_id,))
    return found


async def counted(progress: Progress, answers: int) -> tuple[QuestionHealth, ...]:
    """Return what is told once the first question has so many answers."""
    async with asyncio.timeout(60):
        while not (found := await health(progress)) or found[0].answers != answers:
            await asyncio.sleep(0.05)
    return found


async def test_first_answers_of_accounts_are_told_to_authors(
    progress: Progress, guest: Actor
) -> None:
    """A learner could better their first answer, a guest could be a thousand, others could look."""
    learners = [account() for _ in range(6)]
    for i, learner in enumerate(learners):
        await answer(progress, learner, RIGHT if i < 2 else 1.0, RIGHT, flag="UNCLEAR")
        await answer(progress, learner, RIGHT, RIGHT, RIGHT, minute=1)
    await progress.tracking.start_guest(guest, GuestProfile(device_id=DEVICE))
    await answer(progress, guest, RIGHT, RIGHT)
    told = await counted(progress, 6)
    assert [(one.answers, one.facility) for one in told] == [(6, 0.3333), (6, 1.0), (6, 1.0)]
    assert told[0].flags == (QuestionFlags(reason="UNCLEAR", learners=6),)
    assert told[0].lesson_id == Phone(FACTS).lesson("exam").id
    assert (told[0].discrimination, told[0].claimed) == (None, False)
    # and a refold counts nobody twice
    await progress.refold(learners[0].subject)
    await answer(progress, account(), 1.0)
    assert (await counted(progress, 7))[1].answers == 6
    # and nobody else is told
    for other in (
        learners[0],
        Actor(subject="x", roles=frozenset({Role.AUTHOR}), organisation="rival"),
        Actor(subject="x", roles=frozenset({Role.MANAGER}), organisation="org"),
    ):
        assert await health(progress, other) is None
    admin = Actor(subject="x", roles=frozenset({Role.ADMIN}))
    assert await health(progress, admin) == await health(progress)


async def test_an_entry_that_comes_twice_or_at_once_counts_once(database: Database) -> None:
    """A consumer that was killed before it acknowledged would count again."""
    tallies = MongoTallies(database)
    await tallies.prepare()
    share = Share(version="v", lesson="one.two", counts={"q.1": {"n": 1, "p:c": 2}})
    told = Counted(course_id="course", learners=1, shares=(share,))
    for _ in range(2):
        await asyncio.gather(*(tallies.count(f"entry {i % 8}", told) for i in range(24)))
    assert await tallies.of_version("v") == {"one.two": {"q.1": {"n": 8, "p:c": 16}}}
    assert await tallies.learners(("course", "other")) == {"course": 8}
