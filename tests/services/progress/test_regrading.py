"""Regrading: a corrected key raises stored answers, once, and never the other way."""

import random
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from pymongo import MongoClient

from services.content.contract import Mark, Target, VersionFacts
from services.kit.ids import Kind, new_id, version_hash
from services.kit.mongo import Database, Mongo
from services.kit.records import Actor, OutboxEntry, Untrusted
from services.progress.app import Progress
from services.progress.contract import CourseKey, Enrolment, GuestProfile, Impact, Push
from services.progress.domain.course import CourseState, fold
from services.progress.domain.event import Event, restore, server_event
from services.progress.domain.regrading import missed_questions
from services.progress.domain.stored import Stored
from services.progress.repository.across import groups_of, missed_by
from services.progress.settings import Settings
from services.progress.use_cases import regrading
from services.progress.use_cases.view import enrolment_of
from tests.services.progress.conftest import Hands
from tests.support.library import RIGHT, Library, small_course
from tests.support.phone import Phone

WRONG, FIXED = small_course("v1"), small_course("v2")
COURSE = WRONG.course_id
ATTEMPT = str(UUID(int=1))
KEY_OF_V1 = {"exam/q1": 7.0, "exam/q2": 7.0}
"""Two of four questions of the exam have a wrong key in v1: 50 % is below the pass score."""


@pytest.fixture
def library() -> Library:
    """v1 with two wrong keys is published."""
    library = Library()
    library.keys[WRONG.version_id] = KEY_OF_V1
    library.add(WRONG)
    return library


@pytest.fixture
async def quiet(mongo: Mongo, settings: Settings, library: Library, hands: Hands) -> Progress:
    """A progress service that hears nothing but what a test tells it."""
    service = Progress(settings, mongo, library.doors, clock=hands)
    await service.prepare()
    return service


def publish(library: Library, facts: VersionFacts = FIXED, *, n: int = 2) -> OutboxEntry:
    """Publish a version, and return what content's feed tells of it."""
    library.add(facts)
    data = {"courseId": facts.course_id, "versionId": facts.version_id}
    return OutboxEntry(
        id=f"content.published:{facts.course_id}:{n}", type="content.published", data=data
    )


async def push(progress: Progress, actor: Actor, phone: Phone, *events: dict[str, Any]) -> Any:
    given = Push(device_id=phone.device, device_time=phone.now, events=Untrusted(list(events)))
    return await progress.tracking.sync(actor, given)


async def study(progress: Progress, actor: Actor, facts: VersionFacts = WRONG) -> None:
    """Do the whole course, all answers 42."""
    phone = Phone(facts, name=actor.subject)
    events = [
        *phone.study("practice"),
        *phone.study("reading"),
        *phone.study("exam", attempt=ATTEMPT),
    ]
    await push(progress, actor, phone, *events)


async def enrolment(progress: Progress, actor: Actor) -> Enrolment:
    key = CourseKey(learner_id=actor.subject, course_id=COURSE)
    (found,) = await progress.learners.enrolments((key,))
    assert found is not None
    return found


async def work_off(progress: Progress) -> int:
    """Take steps of regrading until none is left, and return how many there were."""
    _, steps, _ = progress.hearing.consumers(progress.feed, progress.steps, progress.assignments)
    taken = 0
    while await steps.run_once():
        taken += 1
    return taken


async def regrade(progress: Progress, entry: OutboxEntry) -> int:
    """Hear of a publication and do all that follows."""
    await progress.hearing.handle(entry)
    return await work_off(progress)


async def heads(progress: Progress, actor: Actor) -> int:
    return (await progress.store.heads([actor.subject]))[actor.subject]


def learners(count: int) -> list[Actor]:
    return [Actor(subject=new_id(Kind.LEARNER), name=f"Learner {i}") for i in range(count)]


async def test_a_corrected_key_raises_the_score_and_earns_the_award_once(
    quiet: Progress, actor: Actor, library: Library
) -> None:
    """Who failed by a wrong key would stay failed, or get two credentials."""
    # given a learner who failed by a wrong key
    await study(quiet, actor)
    before = await enrolment(quiet, actor)
    assert (before.score, before.status) == (0.5, "COMPLETED")
    assert await quiet.feed.claim("credentials", limit=10, wait=0) == ()
    n = await heads(quiet, actor)
    # when the key is corrected
    entry = publish(library)
    await regrade(quiet, entry)
    # then the score is what it should have been, in one submission, and the award is due
    after = await enrolment(quiet, actor)
    assert (after.score, after.status, after.completed_at) == (
        1.0,
        "COMPLETED",
        before.completed_at,
    )
    assert after.version_id == WRONG.version_id
    assert await heads(quiet, actor) == n + 1
    (award,) = await quiet.feed.claim("credentials", limit=10, wait=0)
    assert (award.type, award.data["score"]) == ("course.completed", 1.0)
    # and hearing of it again, or going back and forth, changes nothing
    await regrade(quiet, entry)
    await regrade(quiet, publish(library, WRONG, n=3))
    await regrade(quiet, publish(library, FIXED, n=4))
    assert await heads(quiet, actor) == n + 1
    assert await quiet.feed.claim("credentials", limit=10, wait=0) == ()


async def test_a_key_that_takes_away_takes_nothing(
    quiet: Progress, actor: Actor, library: Library
) -> None:
    """A published mistake would cost somebody a completion or a credential."""
    # given a learner with full marks
    library.add(FIXED)
    await study(quiet, actor, FIXED)
    before, n = await enrolment(quiet, actor), await heads(quiet, actor)
    # when a version with wrong keys is published
    worse = small_course("v3")
    library.keys[worse.version_id] = {"exam/q1": 1.0, "practice/q1": 1.0}
    await regrade(quiet, publish(library, worse))
    # then nothing happens at all
    assert await enrolment(quiet, actor) == before
    assert await heads(quiet, actor) == n


async def test_an_active_enrolment_keeps_its_version(
    quiet: Progress, actor: Actor, library: Library
) -> None:
    """A publish would move lessons under the hands of whoever is in the middle."""
    phone = Phone(WRONG)
    await push(quiet, actor, phone, *phone.study("practice"))
    before = await enrolment(quiet, actor)
    await regrade(quiet, publish(library))
    assert await enrolment(quiet, actor) == before
    # and lessons of the newer version count for the old one, by their keys
    other = Phone(FIXED, name="other")
    await push(quiet, actor, other, *other.study("reading"))
    after = await enrolment(quiet, actor)
    assert (after.version_id, after.percent) == (WRONG.version_id, 66.7)


async def test_an_attempt_that_is_not_handed_in_shows_nothing_and_loses_nothing(
    quiet: Progress, actor: Actor, library: Library
) -> None:
    """Regrading would be an oracle, or pass over whoever hands in a day later."""
    phone = Phone(WRONG)
    answers = [phone.answer("exam", f"q{i}", RIGHT, attempt=ATTEMPT) for i in range(1, 5)]
    await push(quiet, actor, phone, *answers)
    before = await enrolment(quiet, actor)
    await regrade(quiet, publish(library))
    assert await enrolment(quiet, actor) == before
    await push(quiet, actor, phone, phone.submit("exam", ATTEMPT))
    assert (await enrolment(quiet, actor)).score == 1.0


async def test_steps_are_bounded_and_go_on_after_a_kill(
    quiet: Progress, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large course would hold a lease for hours, or be left half regraded."""
    monkeypatch.setattr(regrading, "LEARNERS", 2)
    class_ = learners(5)
    for each in class_:
        await study(quiet, each)
    await quiet.hearing.handle(publish(library))
    # given a first step of which the worker was killed before it could say that it was done
    (step,) = await quiet.steps.claim("progress", limit=1, wait=0)
    await quiet.hearing.handle(step)
    scores = [(await enrolment(quiet, each)).score for each in class_]
    assert sorted(score or 0.0 for score in scores) == [0.5, 0.5, 0.5, 1.0, 1.0]
    # when it is taken again, and the rest follows
    await quiet.hearing.handle(step)
    await quiet.steps.ack("progress", (step.id,))
    assert await work_off(quiet) == 2
    # then all have been raised, each once
    assert [(await enrolment(quiet, each)).score for each in class_] == [1.0] * 5
    for each in class_:
        events = [
            stored.event
            for document in await quiet.store.log_after(each.subject, 0)
            for stored in document.events
        ]
        assert sum(event.type == "grade.raised" for event in events) == 2
        assert len({event.id for event in events}) == len(events)


async def test_a_version_that_was_overtaken_regrades_nobody(
    quiet: Progress, actor: Actor, library: Library
) -> None:
    """A key that was published for a second by mistake would grant for ever."""
    await study(quiet, actor)
    entry = publish(library)
    library.add(WRONG)
    await regrade(quiet, entry)
    assert (await enrolment(quiet, actor)).score == 0.5


async def test_a_claimed_guest_is_regraded_and_counted_once(
    quiet: Progress, actor: Actor, guest: Actor, library: Library
) -> None:
    """An author would see learners twice, and the guest's closed log would be written."""
    await quiet.tracking.start_guest(guest, GuestProfile(device_id=Phone(WRONG).device))
    await study(quiet, guest)
    await quiet.tracking.claim_guest(actor, guest.subject)
    closed = await heads(quiet, guest)
    entry = publish(library)
    (impact,) = await quiet.impact.impacts((target(FIXED),))
    assert impact.scores_raised == 1
    await regrade(quiet, entry)
    assert (await enrolment(quiet, actor)).score == 1.0
    assert await heads(quiet, guest) == closed


def target(facts: VersionFacts) -> Target:
    return Target(course_id=facts.course_id, version_id=facts.version_id)


async def test_the_impact_is_what_then_happens(quiet: Progress, library: Library) -> None:
    """An author would decide by numbers that have nothing to do with the learners."""
    # given two who failed by the wrong key, one mid-course whom it does not touch, one withdrawn
    failed, [midway, gone, _] = learners(2), learners(3)
    for each in failed:
        await study(quiet, each)
    for each in (midway, gone):
        phone = Phone(WRONG, name=each.subject)
        await push(quiet, each, phone, *phone.study("practice"))
    await quiet.tracking.withdraw(gone, COURSE)
    # when the author asks before the version is there for anybody
    library.add(FIXED)
    library.add(WRONG)
    (impact,) = await quiet.impact.impacts((target(FIXED),))
    # then it says what publishing does
    assert impact == Impact(mid_course=1, completions_lost=0, scores_raised=2)
    await regrade(quiet, publish(library))
    assert [(await enrolment(quiet, each)).score for each in failed] == [1.0, 1.0]
    assert await quiet.impact.impacts((target(FIXED),)) == (
        Impact(mid_course=1, completions_lost=0, scores_raised=0),
    )


async def test_a_completion_without_its_version_is_counted_as_lost(
    quiet: Progress, actor: Actor, library: Library, mongo: Mongo, settings: Settings
) -> None:
    """The 0 that authors are promised would be written down and never counted."""
    await study(quiet, actor)
    library.add(FIXED)
    del library.facts_of[WRONG.version_id]
    other = Progress(settings, mongo, library.doors)  # one that does not know it from before
    (impact,) = await other.impact.impacts((target(FIXED),))
    assert impact.completions_lost == 1


async def test_no_question_over_a_whole_course_scans(
    quiet: Progress, database: Database, mongo_uri: str
) -> None:
    """A preview of one course would read every enrolment of all courses."""
    for each in learners(3):
        await study(quiet, each)
    some = {"exam/q1", "exam/q2"}
    where = missed_by(COURSE, some) | {"_id": {"$gt": ""}}
    with MongoClient[Any](mongo_uri) as client:
        courses = client[database.name]["courses"]
        page = courses.find(where, {"body": 1}).sort("_id").limit(50).explain()
        groups, affected = (
            client[database.name].command(
                "explain", {"aggregate": "courses", "pipeline": pipeline, "cursor": {}}
            )
            for pipeline in (groups_of(COURSE), [{"$match": missed_by(COURSE, some)}])
        )
    assert stages(page) >= {"IXSCAN"}
    assert stages(page).isdisjoint({"COLLSCAN", "SORT"})
    assert stages(groups) >= {"IXSCAN"}
    assert stages(groups).isdisjoint({"COLLSCAN", "FETCH"})
    assert "COLLSCAN" not in stages(affected)


def stages(plan: Any) -> set[str]:
    """Return the stages of the plan that wins."""
    if isinstance(plan, list):
        return {stage for one in plan for stage in stages(one)}
    if not isinstance(plan, dict):
        return set()
    own = {plan["stage"]} if isinstance(plan.get("stage"), str) else set()
    tried = {"rejectedPlans", "executionStats"}
    rest = (value for name, value in plan.items() if name not in tried)
    return own | {stage for value in rest for stage in stages(value)}


FACTS = {version_hash(each.version_id): each for each in (WRONG, FIXED)}


@given(
    st.lists(
        st.tuples(st.sampled_from(["q1", "q2", "q3"]), st.booleans(), st.floats(0, 1)), max_size=6
    ),
    st.randoms(use_true_random=False),
)
def test_missed_questions_shrink_as_grades_rise(
    marks: list[tuple[str, bool, float]], rng: random.Random
) -> None:
    """Who has all points would be looked at for ever, or who lacks some never again."""
    phone = Phone(WRONG)
    log, raises = [], []
    for i, (question, correct, score) in enumerate(marks):
        event = _event(phone.answer("exam", question, 1.0, attempt=ATTEMPT))
        log.append(_stored(event, i, correct=correct and score == 1.0, score=score))
        raises.append(_full(event, question, i))
    before = fold(CourseState(), log, FACTS)
    rng.shuffle(raises)
    some = raises[: len(raises) // 2]
    after, full = (fold(before, part, FACTS) for part in (some, raises))
    assert set(missed_questions(after, WRONG)) <= set(missed_questions(before, WRONG))
    assert missed_questions(full, WRONG) == ()
    assert _score(full) >= _score(after) >= _score(before)


def _event(raw: dict[str, Any]) -> Event:
    return restore(rfc8785.dumps(raw))


def _stored(event: Event, i: int, *, correct: bool, score: float) -> Stored:
    mark = Mark(correct=correct, score=score, max_score=1.0)
    return Stored(event=event, place=(1, i), received=0, effective=event.at, mark=mark)


def _full(event: Event, question: str, i: int) -> Stored:
    body = {
        "lesson": "exam",
        "question": question,
        "attempt": ATTEMPT,
        "answer": event.id,
        "score": 1.0,
        "correct": True,
        "key": FIXED.version_id,
    }
    raised = server_event(
        str(UUID(int=500 + i)), "grade.raised", at=Hands().now, version=event.version, body=body
    )
    return Stored(event=raised, place=(2, i), received=0, effective=0)


def _score(state: CourseState) -> float:
    view = enrolment_of(state, WRONG, enrolment_id="enr_x", learner_id="lrn_x")
    return view.score or 0.0
