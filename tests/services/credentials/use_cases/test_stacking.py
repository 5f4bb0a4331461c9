"""A pathway's achievement: for who holds what all of its courses award, once."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from services.content.contract import CourseVersion, Pathway
from services.credentials.contract import Credential, HolderKey
from services.credentials.domain.credential import identity_hash
from services.credentials.domain.records import Completion
from services.credentials.use_cases import stacking
from services.kit.clock import utc_now
from services.kit.consumer import Consumer
from services.kit.ids import Kind
from services.kit.records import OutboxEntry
from services.progress.contract import Profile
from tests.support.awards import award_of, completion_of, course_version, make_id
from tests.support.issuing import World
from tests.support.obschema import problems


def courses(world: World, *names: str) -> list[CourseVersion]:
    """Return courses, each with an achievement of its own."""
    made = [course_version(name, award=award_of(name)) for name in names]
    return [world.shelf.add(version) for version in made]


def stack(world: World, *versions: CourseVersion, award: str | None = "stack") -> Pathway:
    """Return a pathway over courses, as content has it now."""
    pathway = Pathway(
        id=make_id(Kind.PATHWAY, "pathway"),
        slug="pathway",
        organisation="morsel-academy",
        revision=1,
        language="en",
        title={"en": "Pathway"},
        summary={"en": "All of it."},
        course_ids=tuple(version.course_id for version in versions),
        needs=tuple(version.achievement.id for version in versions if version.achievement),
        achievement=None if award is None else award_of(award),
    )
    world.paths._put(pathway)
    return pathway


async def saved(world: World, pathway: Pathway) -> None:
    """Let the service hear that a pathway was saved."""
    data = {"pathwayId": pathway.id}
    await world.service.hearing.handle(OutboxEntry(id="saved", type="pathway.saved", data=data))


async def completed(world: World, completion: Completion) -> None:
    """Let the service hear of a completion."""
    data = msgspec.to_builtins(completion)
    await world.service.hearing.handle(OutboxEntry(id="done", type="course.completed", data=data))


async def held(world: World, award: str = "stack", learner: str = "zoe") -> Credential | None:
    """Return the credential that a learner has of an award."""
    key = HolderKey(
        learner_id=make_id(Kind.LEARNER, learner), achievement_id=make_id(Kind.ACHIEVEMENT, award)
    )
    (found,) = await world.service.credentials.held((key,))
    return found


async def test_the_last_course_earns_the_pathways_achievement(world: World) -> None:
    """Not before, in whatever order, and with the mean of the scores."""
    first, second = courses(world, "first", "second")
    await saved(world, stack(world, first, second))
    await completed(world, completion_of(second))
    assert await held(world) is None
    better = msgspec.structs.replace(completion_of(first), score=0.955)
    await completed(world, better)
    credential = await held(world)
    assert credential is not None
    assert credential.score == pytest.approx(0.905)
    signed = msgspec.json.decode(credential.json)
    targets = [
        each["targetName"] for each in signed["credentialSubject"]["achievement"]["alignment"]
    ]
    assert targets == ["work safely at height", "window cleaner"]
    earned = [await held(world, name) for name in ("first", "second")]
    assert [each["id"] for each in signed["evidence"]] == sorted(
        msgspec.json.decode(each.json)["id"] for each in earned if each
    )
    assert problems(signed) == []


async def test_it_is_issued_once_however_often_it_is_told(world: World) -> None:
    """Two courses that end at the same moment, each told twice, would be two credentials."""
    first, second = courses(world, "first", "second")
    await saved(world, stack(world, first, second))
    told = [completion_of(first), completion_of(second)] * 2
    await asyncio.gather(*(completed(world, each) for each in told))
    await completed(world, told[0])
    stored = await world.database.truth("credentials").find({})
    assert sorted(each["achievement_id"] for each in stored) == sorted(
        make_id(Kind.ACHIEVEMENT, name) for name in ("first", "second", "stack")
    )


async def test_a_revoked_credential_does_not_count(world: World) -> None:
    """What was withdrawn would live on in a larger one."""
    first, second = courses(world, "first", "second")
    await saved(world, stack(world, first, second))
    await completed(world, completion_of(first))
    credential = await held(world, "first")
    assert credential is not None
    await world.revoke(credential)
    await completed(world, completion_of(second))
    assert await held(world) is None


async def test_the_pathway_counts_as_it_is_now(world: World) -> None:
    """An author who took the achievement away, or added a course, would still give it."""
    first, second = courses(world, "first", "second")
    await saved(world, stack(world, first))
    stack(world, first, second)
    await completed(world, completion_of(first))
    assert await held(world) is None
    stack(world, first, second, award=None)
    await completed(world, completion_of(second))
    assert await held(world) is None


async def test_who_has_earned_it_already_gets_it_when_it_is_saved(world: World) -> None:
    """Learners who came before the pathway would never earn it; their e-mail stands in it."""
    first, second = courses(world, "first", "second")
    for version in (first, second):
        await completed(world, completion_of(version))
    await completed(world, completion_of(first, "ben"))
    zoe = make_id(Kind.LEARNER, "zoe")
    world.diary.people[zoe] = Profile(
        learner_id=zoe, display_name="Zoe Example", email="zoe@example.org"
    )

    pathway = stack(world, first, second)
    for _ in range(2):
        await saved(world, pathway)

    credential = await held(world)
    assert credential is not None
    assert credential.holder_name == "Zoe Example"
    (hashed, _) = msgspec.json.decode(credential.json)["credentialSubject"]["identifier"]
    assert hashed["identityHash"] == identity_hash("zoe@example.org", hashed["salt"])
    assert await held(world, learner="ben") is None
    stacks = {"achievement_id": make_id(Kind.ACHIEVEMENT, "stack")}
    assert await world.database.truth("credentials").count(stacks) == 1


async def test_a_course_less_is_enough_for_who_lacked_it(world: World) -> None:
    """An author who takes a course out would leave those without it who did all others."""
    first, second = courses(world, "first", "second")
    await saved(world, stack(world, first, second))
    await completed(world, completion_of(first))
    assert await held(world) is None
    await saved(world, stack(world, first))
    assert await held(world) is not None


async def test_a_new_version_of_the_award_is_not_given_again_by_saving(world: World) -> None:
    """Each correction of a pathway would send everybody one more credential."""
    (first,) = courses(world, "first")
    pathway = stack(world, first)
    await saved(world, pathway)
    await completed(world, completion_of(first))
    assert pathway.achievement is not None
    newer = msgspec.structs.replace(pathway.achievement, version="9")
    world.paths._put(msgspec.structs.replace(pathway, revision=2, achievement=newer))
    await saved(world, pathway)
    stacks = {"achievement_id": make_id(Kind.ACHIEVEMENT, "stack")}
    assert await world.database.truth("credentials").count(stacks) == 1


async def test_an_expired_credential_does_not_count(world: World) -> None:
    """What has to be renewed would count for ever."""
    first, second = courses(world, "first", "second")
    await completed(world, completion_of(first))
    past = utc_now() - timedelta(days=1)
    await world.database.truth("credentials").update_many({}, {"$set": {"valid_until": past}})
    await completed(world, completion_of(second))
    await saved(world, stack(world, first, second))
    assert await held(world) is None


async def test_many_are_dealt_with_in_small_turns(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of learners in one turn would outlast its lease, and lose the rest."""
    monkeypatch.setattr(stacking, "HOLDERS", 2)
    first, second = courses(world, "first", "second")
    learners = ["ada", "ben", "cem", "dua", "eve"]
    for learner in learners:
        for version in (first, second):
            await completed(world, completion_of(version, learner))
    await saved(world, stack(world, first, second))
    stacks = {"achievement_id": make_id(Kind.ACHIEVEMENT, "stack")}
    assert await world.database.truth("credentials").count(stacks) == 2

    own = Consumer(world.service.feed, "credentials", world.service.hearing.handle)
    while await own.run_once():
        pass

    assert all([await held(world, learner=learner) for learner in learners])
    assert await world.database.truth("definitions").count({"outbox.to": "credentials"}) == 0
