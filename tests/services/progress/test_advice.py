"""Advice: skills today, what lacks for a role, and what to do next."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from services.content.contract import CatalogQuery, Course, Skill
from services.kit.errors import Invalid
from services.kit.ids import Kind, global_id, new_id
from services.kit.records import Actor, Page, Untrusted
from services.progress.app import Progress
from services.progress.contract import (
    AdviceKind,
    Push,
    Recommendation,
    RoleGap,
    RoleKey,
    ServerEvent,
)
from tests.support.library import RIGHT, SKILL, Library, small_course
from tests.support.phone import Phone

ROLE = new_id(Kind.JOB_ROLE)
OTHER = global_id(Kind.SKILL, b"baking")
RARE = global_id(Kind.SKILL, b"falconry")
FACTS = small_course()
BAKING = small_course("baking", course="baking")
LONG = small_course("long", course="long")
ATTEMPT = "0d5e8f1c-0000-4000-8000-000000000001"


class School(Library):
    """A library whose catalogue is found by skill, and whose role needs two skills."""

    async def catalog(self, query: CatalogQuery) -> Page[Course]:
        wanted = set(query.filter.skill_ids or ())
        nodes = tuple(
            course
            for course in self.courses_of.values()
            if wanted & {skill.id for skill in course.skills}
        )
        return Page(nodes=nodes, cursors=tuple(course.id for course in nodes), total=len(nodes))

    async def job_role_skills(self, ids: tuple[str, ...]) -> tuple[tuple[Skill, ...], ...]:
        needed = tuple(Skill(id=id_, name=id_) for id_ in (SKILL, OTHER, RARE))
        return tuple(needed if id_ == ROLE else () for id_ in ids)

    def teach(self, course_id: str, *, minutes: int, skills: tuple[str, ...]) -> None:
        """Say what a course teaches, and how long it takes."""
        taught = tuple(Skill(id=id_, name=id_) for id_ in skills)
        course = replace(self.courses_of[course_id], minutes=minutes, skills=taught)
        self.courses_of[course_id] = course


@pytest.fixture
def library() -> Library:
    school = School()
    for facts in (FACTS, BAKING, LONG):
        school.add(facts)
    school.teach(FACTS.course_id, minutes=5, skills=(SKILL,))
    school.teach(BAKING.course_id, minutes=12, skills=(OTHER,))
    school.teach(LONG.course_id, minutes=90, skills=(SKILL, OTHER))
    return school


async def push(progress: Progress, actor: Actor, phone: Phone, *events: Any) -> None:
    pushed = Push(device_id=phone.device, device_time=phone.now, events=Untrusted(list(events)))
    result = await progress.tracking.sync(actor, pushed)
    assert {receipt.status for receipt in result.receipts} == {"ACCEPTED"}


async def gap(progress: Progress, actor: Actor) -> RoleGap:
    [found] = await progress.advice.gaps((RoleKey(learner_id=actor.subject, job_role_id=ROLE),))
    assert found is not None
    return found


async def advice(progress: Progress, actor: Actor, first: int = 20) -> tuple[Recommendation, ...]:
    [found] = await progress.advice.recommendations((actor.subject,), first=first)
    return found


async def test_a_standing_tells_what_is_known_today(
    progress: Progress, actor: Actor, hands: Any
) -> None:
    """A learner would see what they knew, and not what they know."""
    phone = Phone(FACTS)
    await push(progress, actor, phone, phone.answer("practice", "q1", RIGHT))
    [[fresh]] = await progress.advice.standings((actor.subject,))
    assert (fresh.skill_id, fresh.mastery, fresh.answers, fresh.retention) == (SKILL, 1.0, 1, 1.0)
    assert fresh.last_practised_at == phone.now
    # when three weeks pass
    hands.now += timedelta(days=21)
    [[later]] = await progress.advice.standings((actor.subject,))
    assert later == replace(fresh, retention=later.retention)
    assert 0.5 < later.retention < 0.9
    # then a refold says the same
    await progress.refold(actor.subject)
    assert await progress.advice.standings((actor.subject,)) == ((later,),)
    assert await progress.advice.standings((new_id(Kind.LEARNER),)) == ((),)


async def test_an_assessment_alone_makes_a_standing_that_fades(
    progress: Progress, actor: Actor, hands: Any
) -> None:
    """Whoever passed an exam would see that nothing of it is known."""
    phone = Phone(FACTS)
    exam = [phone.answer("exam", f"q{i}", RIGHT, attempt=ATTEMPT) for i in (1, 2, 3, 4)]
    await push(progress, actor, phone, *exam, phone.submit("exam", ATTEMPT))
    [[fresh]] = await progress.advice.standings((actor.subject,))
    hands.now += timedelta(days=30)
    [[later]] = await progress.advice.standings((actor.subject,))
    assert (fresh.mastery, fresh.answers, fresh.retention) == (1.0, 4, 1.0)
    assert 0 < later.retention < 1


async def test_a_gap_closes_with_practice(progress: Progress, actor: Actor) -> None:
    """A learner would be sent through what they have shown already."""
    before = await gap(progress, actor)
    assert (before.met, before.missing) == ((), (SKILL, OTHER, RARE))
    assert (before.course_ids, before.minutes) == ((FACTS.course_id, BAKING.course_id), 17)
    # four right answers are too few, five prove the skill
    phone = Phone(FACTS)
    await push(progress, actor, phone, *(phone.answer("practice", "q1", RIGHT) for _ in range(4)))
    assert (await gap(progress, actor)).met == ()
    await push(progress, actor, phone, phone.answer("practice", "q2", RIGHT))
    after = await gap(progress, actor)
    assert [one.skill_id for one in after.met] == [SKILL]
    assert (after.missing, after.course_ids) == ((OTHER, RARE), (BAKING.course_id,))
    assert after.minutes == 12


async def test_a_credential_proves_the_skills_of_its_course(
    progress: Progress, actor: Actor
) -> None:
    """Whoever holds the credential would be told to take the course."""
    told = ServerEvent(
        id="0d5e8f1c-0000-4000-8000-000000000002",
        learner_id=actor.subject,
        type="credential.issued",
        at=datetime.fromisoformat("2026-11-20T08:00:00+00:00"),
        body={"credentialId": new_id(Kind.CREDENTIAL), "courseId": BAKING.course_id},
    )
    await progress.tracking.record((told,))
    found = await gap(progress, actor)
    assert [(one.skill_id, one.answers) for one in found.met] == [(OTHER, 0)]
    assert found.course_ids == (FACTS.course_id,)


async def test_an_unknown_role_has_no_gap(progress: Progress, actor: Actor) -> None:
    """A role that no framework describes would look as if it needed nothing."""
    key = RoleKey(learner_id=actor.subject, job_role_id=new_id(Kind.JOB_ROLE))
    assert await progress.advice.gaps((key,)) == (None,)


async def test_recommendations_come_in_order_each_course_once(
    progress: Progress, actor: Actor, hands: Any
) -> None:
    """What is pressing would come after what is nice."""
    # given somebody else who took the long course, so that it is popular
    others = Phone(LONG, name="other")
    await push(progress, Actor(subject=new_id(Kind.LEARNER)), others, others.view("reading", "t1"))
    # and a learner with a course under way, a card, and a role
    phone = Phone(FACTS)
    await push(
        progress,
        actor,
        phone,
        phone.answer("practice", "q1", RIGHT),
        phone.own("preference.set", name="jobRoleId", value=ROLE),
    )

    async def popular() -> bool:
        return any(one.kind is AdviceKind.POPULAR for one in await advice(progress, actor))

    await until(popular)
    hands.now += timedelta(days=30)
    found = await advice(progress, actor)
    assert [(one.kind, one.course_id) for one in found] == [
        (AdviceKind.REVIEWS, None),
        (AdviceKind.RESUME, FACTS.course_id),
        (AdviceKind.ROLE, BAKING.course_id),
        (AdviceKind.POPULAR, LONG.course_id),
    ]
    assert found[0].cards == 1
    assert found[1].lesson_id == phone.lesson("practice").id
    assert (found[2].job_role_id, found[3].skill_id, found[3].learners) == (ROLE, SKILL, 1)
    assert await advice(progress, actor, first=2) == found[:2]
    # and nothing for who is new, nor for a preference that is no role
    assert await advice(progress, Actor(subject=new_id(Kind.LEARNER))) == ()
    await push(progress, actor, phone, phone.own("preference.set", name="jobRoleId", value=7))
    assert AdviceKind.ROLE not in {one.kind for one in await advice(progress, actor)}


@pytest.mark.parametrize("first", [0, 21])
async def test_the_number_asked_for_has_bounds(
    progress: Progress, actor: Actor, first: int
) -> None:
    """One call could walk through the whole catalogue."""
    with pytest.raises(Invalid, match="first must be 1 to 20"):
        await advice(progress, actor, first=first)


async def until(holds: Any) -> None:
    """Wait until what is asked holds."""
    async with asyncio.timeout(60):
        while not await holds():
            await asyncio.sleep(0.05)
