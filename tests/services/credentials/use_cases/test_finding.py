"""Talent: who is found, by whom, and what they are told of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from services.content.contract import Skill
from services.credentials.contract import (
    MIN_GROUP,
    ShareCredential,
    Talent,
    TalentQuery,
)
from services.credentials.repository.talent import Talents
from services.credentials.use_cases.finding import MAX_SEARCHES
from services.kit.errors import Forbidden, Invalid, LimitReached
from services.kit.ids import Kind
from services.kit.mongo import Mongo
from services.kit.records import Actor, Page, PageArgs, Role
from services.progress.contract import LEVELS, Findable, Profile, SkillMemory
from tests.support.awards import award_of, course_version, make_id
from tests.support.explained import Explained
from tests.support.issuing import World, new_world

CLIMB, CHECK = make_id(Kind.SKILL, "climb"), make_id(Kind.SKILL, "check")
EMPLOYER = Actor(
    subject=make_id(Kind.LEARNER, "employer"),
    roles=frozenset({Role.EMPLOYER}),
    organisation="acme",
)
PEOPLE = ("ada", "bo", "cy", "di", "ed", "flo")
PAGE = PageArgs()
TODAY = (datetime.now(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days


@pytest.fixture(scope="module")
async def town(mongo: Mongo, mongo_uri: str) -> AsyncIterator[World]:
    """One database for the module."""
    async with new_world(mongo, mongo_uri) as made:
        yield made


@pytest.fixture
async def world(town: World) -> World:
    """The same, with nothing issued."""
    await town.empty()
    return town


def learner(name: str) -> str:
    """Return a learner's id."""
    return make_id(Kind.LEARNER, name)


def knows(skill: str, tenths: int) -> SkillMemory:
    """Return that a skill is known by so many tenths today and for long."""
    until = tuple(TODAY + 1000 if at * 10 <= tenths + 0.5 else TODAY - 2 for at in LEVELS)
    return SkillMemory(skill_id=skill, mastery=0.87, answers=12, known_until=until)


async def agree(world: World, name: str, *, tenths: int = 9, discoverable: bool = True) -> None:
    """Let somebody who holds the credential agree to be found, or take that back."""
    id_ = learner(name)
    world.diary.people[id_] = Profile(
        learner_id=id_,
        display_name=f"{name.title()} Example",
        discoverable=discoverable,
        contact_url="mailto:me@example.org",
    )
    world.diary.memories[id_] = (knows(CLIMB, tenths),)
    await world.service.finding.index(id_)


async def crowd(world: World, names: tuple[str, ...] = PEOPLE) -> None:
    """Let several people hold the credential and agree."""
    for name in names:
        await world.issue(name)
        await agree(world, name)


async def search(
    world: World,
    *skills: str,
    actor: Actor = EMPLOYER,
    page: PageArgs = PAGE,
    **options: float,
) -> Page[Talent]:
    """Return who is found."""
    query = TalentQuery(skill_ids=skills or (CLIMB,), page=page, **options)
    return await world.service.finding.talent(actor, query)


async def test_who_agreed_is_found_with_what_was_asked_for_and_nothing_else(world: World) -> None:
    """An employer would learn more of somebody than they agreed to."""
    await crowd(world)
    await world.issue("gus")  # who did not agree
    shared = (await search(world)).nodes[0].credentials[0]
    await world.service.sharing.share(
        Actor(subject=shared.holder_id), ShareCredential(credential_id=shared.id)
    )

    found = await search(world, min_retention=0.85)

    assert found.total == len(found.nodes) == len(PEOPLE)
    assert {one.holder_name for one in found.nodes} == {f"{n.title()} Example" for n in PEOPLE}
    for one in found.nodes:
        [standing] = one.skills
        assert (standing.skill_id, standing.retention, standing.mastery) == (CLIMB, 0.9, 0.9)
        [credential] = one.credentials
        assert (credential.share_url, credential.linked_in_url) == (None, None)
        assert one.contact_url == "mailto:me@example.org"
    for cursor in found.cursors:
        assert not any(learner(name) in cursor for name in PEOPLE)


async def test_a_group_that_is_too_small_is_answered_as_nobody(world: World) -> None:
    """By narrowing a search until one is left, an employer would single somebody out."""
    await crowd(world, PEOPLE[:MIN_GROUP])
    assert (await search(world)).total == MIN_GROUP

    await agree(world, "ada", tenths=7)

    assert (await search(world, min_retention=0.7)).total == MIN_GROUP
    assert await search(world, min_retention=0.8) == Page()
    assert await search(world, min_retention=0.71) == Page()  # a finer question is a coarser one
    assert await search(world, make_id(Kind.SKILL, "nobody has it")) == Page()


async def test_consent_that_is_taken_back_counts_in_the_next_search(world: World) -> None:
    """Somebody would be shown after they had said no, until an index has caught up."""
    await crowd(world)
    id_ = learner("ada")
    world.diary.people[id_] = msgspec.structs.replace(world.diary.people[id_], discoverable=False)

    found = await search(world)  # the index has heard of nothing
    await world.service.finding.index(id_)
    after = await search(world)

    assert "Ada Example" not in {one.holder_name for one in found.nodes}
    assert after.total == len(PEOPLE) - 1
    # when one more says no, and the index has heard of nothing, too few are left
    world.diary.people[learner("bo")] = Profile(learner_id=learner("bo"))
    assert await search(world) == Page()


async def test_nothing_is_kept_of_who_says_no_while_the_index_is_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of somebody who was erased would stay in the index for good."""
    await world.issue("ada")
    await agree(world, "ada")
    findable = world.diary.findable

    async def erased_meanwhile(ids: tuple[str, ...]) -> tuple[Findable | None, ...]:
        found = await findable(ids)
        world.diary.people.pop(learner("ada"))
        return found

    monkeypatch.setattr(world.diary, "findable", erased_meanwhile)
    await world.service.finding.index(learner("ada"))

    assert await world.database.projection("talent").size() == 0


async def test_a_credential_that_does_not_count_proves_nothing(world: World) -> None:
    """Somebody would be found by what was revoked, or is over."""
    await crowd(world)
    revoked = await world.issue("ada")
    await world.revoke(revoked)
    over = await world.issue("bo")
    past = datetime.now(UTC) - timedelta(days=1)
    await world.database.truth("credentials").update_one(
        {"_id": over.id}, {"$set": {"valid_until": past}}
    )

    assert await search(world) == Page()  # four are left
    await crowd(world, ("gus",))
    names = {one.holder_name for one in (await search(world)).nodes}
    assert names == {f"{name.title()} Example" for name in ("cy", "di", "ed", "flo", "gus")}
    await world.service.finding.index(learner("ada"))
    await world.service.finding.index(learner("bo"))
    assert (await search(world)).total == len(names)


async def test_all_skills_must_be_proven(world: World) -> None:
    """A search for two skills would find who has one of them."""
    await crowd(world)
    other = course_version("other", award=award_of("other"))
    only = msgspec.structs.replace(other, skills=other.skills[1:])
    await world.issue("gus", only)
    await agree(world, "gus")

    both, one = await search(world, CLIMB, CHECK), await search(world, CHECK)

    assert (both.total, one.total) == (len(PEOPLE), len(PEOPLE) + 1)
    assert [skill.skill_id for skill in both.nodes[0].skills] == [CLIMB, CHECK]


async def test_what_has_no_question_cards_is_not_retained(world: World) -> None:
    """A skill that nobody asks about would count as known for ever."""
    await crowd(world)

    assert await search(world, CHECK, min_retention=0.1) == Page()
    assert (await search(world, CHECK)).nodes[0].skills[0].retention == 0.0


async def test_pages_hold_everybody_once(world: World) -> None:
    """Somebody would fall between two pages, or be shown twice."""
    await crowd(world)

    names, after = [], None
    while True:
        page = await search(world, page=PageArgs(first=2, after=after))
        names += [one.holder_name for one in page.nodes]
        assert page.total == len(PEOPLE)
        if not page.has_next:
            break
        after = page.cursors[-1]

    assert sorted(names) == sorted(f"{name.title()} Example" for name in PEOPLE)


async def test_everybody_who_is_shown_reads_who_searched_and_why(world: World) -> None:
    """Searches would happen behind people's backs."""
    await crowd(world)
    rival = msgspec.structs.replace(EMPLOYER, organisation="rival-works")
    for _ in range(2):
        await search(world)
    await search(world, CHECK, CLIMB)
    await search(world, actor=rival)
    await search(world, make_id(Kind.SKILL, "nobody has it"))

    page = await world.service.finding.talent_views(learner("ada"), PageArgs(first=2))
    rest = await world.service.finding.talent_views(
        learner("ada"), PageArgs(first=2, after=page.cursors[-1])
    )
    views = (*page.nodes, *rest.nodes)

    assert (page.total, page.has_next, rest.has_next) == (3, True, False)
    assert {(one.employer, tuple(sorted(one.skill_ids))) for one in views} == {
        ("Acme", (CLIMB,)),
        ("Acme", tuple(sorted((CLIMB, CHECK)))),
        ("Rival Works", (CLIMB,)),
    }
    assert [one.at for one in views] == sorted((one.at for one in views), reverse=True)
    assert (await world.service.finding.talent_views(learner("gus"), PageArgs())).total == 0


async def test_who_is_not_shown_is_not_told(world: World) -> None:
    """A page that nobody turned to would count as a look."""
    await crowd(world)

    shown = (await search(world, page=PageArgs(first=1))).nodes[0].holder_name

    for name in PEOPLE:
        views = await world.service.finding.talent_views(learner(name), PageArgs())
        assert views.total == (f"{name.title()} Example" == shown)


@pytest.mark.parametrize(
    "changes",
    [
        {"roles": frozenset({Role.LEARNER})},
        {"roles": frozenset({Role.ISSUER, Role.MANAGER, Role.ADMIN})},
        {"organisation": None},
    ],
    ids=["learner", "others", "of no organisation"],
)
async def test_only_employers_search(world: World, changes: dict[str, object]) -> None:
    """A colleague could look for somebody by what they learn."""
    await crowd(world)

    with pytest.raises(Forbidden):
        await search(world, actor=msgspec.structs.replace(EMPLOYER, **changes))

    assert (await world.service.finding.talent_views(learner("ada"), PageArgs())).total == 0


async def test_an_organisation_searches_so_often_an_hour(world: World) -> None:
    """Everybody could be collected by asking for each skill in turn."""
    await crowd(world)
    assert (await search(world)).total == len(PEOPLE)
    searches = world.database.projection("talent_searches")
    assert await searches.update_many({"n": 1}, {"$set": {"n": MAX_SEARCHES}}) == 1

    with pytest.raises(LimitReached, match="200 times an hour"):
        await search(world)

    rival = msgspec.structs.replace(EMPLOYER, organisation="rival")
    assert (await search(world, actor=rival)).total == len(PEOPLE)


@pytest.mark.parametrize(
    "query,path",
    [
        (TalentQuery(skill_ids=()), "skillIds"),
        (TalentQuery(skill_ids=tuple(make_id(Kind.SKILL, str(n)) for n in range(11))), "skillIds"),
        (TalentQuery(skill_ids=(make_id(Kind.COURSE, "x"),)), "skillIds"),
        (TalentQuery(skill_ids=(CLIMB,), min_retention=0.95), "minRetention"),
        (TalentQuery(skill_ids=(CLIMB,), min_retention=-0.1), "minRetention"),
        (TalentQuery(skill_ids=(CLIMB,), min_retention=float("nan")), "minRetention"),
        (TalentQuery(skill_ids=(CLIMB,), page=PageArgs(after="x")), "after"),
        (TalentQuery(skill_ids=(CLIMB,), page=PageArgs(after=CLIMB * 3)), "after"),
    ],
)
async def test_a_wrong_search_is_told_what_is_allowed(
    world: World, query: TalentQuery, path: str
) -> None:
    """An app would show nobody where it asked wrongly."""
    with pytest.raises(Invalid) as told:
        await world.service.finding.talent(EMPLOYER, query)

    assert told.value.path == (path,)


async def test_the_feed_keeps_the_index(world: World) -> None:
    """Who agrees, earns or is erased would be found as they were once."""
    for name in PEOPLE:
        id_ = learner(name)
        world.diary.people[id_] = Profile(learner_id=id_, discoverable=True)
        await world.issue(name)
    feed = world.service.hearing.consumers(
        world.content_feed, world.progress_feed, world.service.feed
    )
    while await feed[2].run_once():
        pass
    assert (await search(world)).total == len(PEOPLE)

    await world.tell("progress", type="learner.erased", data={"learnerId": learner("ada")}, id="1")
    world.diary.people[learner("ada")] = Profile(learner_id=learner("ada"))
    await feed[1].run_once()
    found = await search(world)

    assert found.total == len(PEOPLE) - 1
    assert {one.holder_name for one in found.nodes} == {"Zoë Example"}
    assert (await world.service.finding.talent_views(learner("ada"), PageArgs())).total == 0


async def test_a_search_reads_the_index_of_a_skill_and_no_more(world: World) -> None:
    """A search would read everybody who agreed, and be slow where there are many."""
    talents = world.service.finding._talents
    assert isinstance(talents, Talents)
    await crowd(world)
    other = course_version("other", award=award_of("other"))
    rare = make_id(Kind.SKILL, "rare")
    only = msgspec.structs.replace(other, skills=(Skill(id=rare, name="rare"),))
    for name in ("gus", "hal"):
        await world.issue(name, only)
        await agree(world, name)
    plain, explained = talents._talent, Explained(talents._talent)
    talents._talent = explained

    await search(world, CLIMB, min_retention=0.5)
    talents._talent = plain

    assert {plan.kind for plan in explained.plans} == {"find", "aggregate"}
    for plan in explained.plans:
        assert not plan.stages & {"COLLSCAN", "SORT"}, plan.command
        assert plan.documents <= len(PEOPLE), plan.command
