"""A pathway's achievement: for who holds what all of its courses award, once."""

import asyncio

import msgspec
import pytest

from services.content.contract import CourseVersion, Pathway
from services.credentials.contract import Credential, CredentialStatus, HolderKey
from services.credentials.domain.records import Completion
from services.kit.ids import Kind
from services.kit.records import OutboxEntry
from tests.support.awards import award_of, completion_of, course_version, make_id
from tests.support.issuing import World


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


async def held(world: World, award: str = "stack") -> Credential | None:
    """Return the credential that zoe has of an award."""
    key = HolderKey(
        learner_id=make_id(Kind.LEARNER, "zoe"), achievement_id=make_id(Kind.ACHIEVEMENT, award)
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
    assert "evidence" not in signed


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
    await world.service.issuing.set_status(credential.id, CredentialStatus.REVOKED)
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
