"""Listing: issuers find what their organisation issued, and nobody else's."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from services.credentials.contract import CredentialStatus, IssuedQuery
from services.credentials.domain.text import name_words
from services.credentials.repository.issued import IssuedPages
from services.credentials.use_cases.listing import Listing
from services.kit.errors import Forbidden, Invalid
from services.kit.ids import Kind
from services.kit.mongo import Mongo
from services.kit.records import Actor, PageArgs, Role
from tests.support.awards import COMPLETED_AT, award_of, completion_of, course_version, make_id
from tests.support.explained import Explained
from tests.support.issuing import World, new_world

ISSUER = Actor(
    subject=make_id(Kind.LEARNER, "ines"),
    roles=frozenset({Role.ISSUER}),
    organisation="morsel-academy",
)
NAMES = ("Zoë Example", "Zora Élan", "Łukasz O'Neil", "王小明", None)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def school(mongo: Mongo, mongo_uri: str) -> AsyncIterator[World]:
    """Five credentials of one award, the last one revoked, and one each of two others."""
    async with new_world(mongo, mongo_uri) as made:
        ladders = made.shelf.add(course_version())
        for number, name in enumerate(NAMES):
            await made.service.issuing.award(
                replace(
                    completion_of(ladders, f"holder {number}", name=name),
                    completed_at=COMPLETED_AT + timedelta(minutes=number),
                )
            )
        await made.issue("other", course_version("ropes", award=award_of("ropes")))
        rival = course_version("rival", award=award_of("rival"), organisation="rival")
        await made.issue("rival", rival)
        revoked = (await listed(made)).nodes[1]
        await made.revoke(revoked)
        yield made


async def listed(world: World, **asked: Any) -> Any:
    """Return a page of what the academy issued."""
    return await world.service.listing.issued(ISSUER, IssuedQuery(**asked))


async def names(world: World, **asked: Any) -> list[str | None]:
    """Return the holders' names on a page."""
    return [one.holder_name for one in (await listed(world, **asked)).nodes]


@pytest.mark.asyncio(loop_scope="session")
async def test_all_of_an_organisation_comes_page_by_page_the_latest_first(school: World) -> None:
    """Something of another organisation, a gap or a repetition at a page's end."""
    first = await listed(school, page=PageArgs(first=4))
    rest = await listed(school, page=PageArgs(first=4, after=first.cursors[-1]))

    found = [one.holder_name for one in (*first.nodes, *rest.nodes)]
    assert found == [None, "王小明", "Łukasz O'Neil", "Zora Élan", "Zoë Example", "Zoë Example"]
    assert (first.total, first.has_next, first.has_previous) == (6, True, False)
    assert (rest.total, rest.has_next, rest.has_previous) == (6, False, True)


@pytest.mark.asyncio(loop_scope="session")
async def test_they_are_found_by_achievement_by_worth_and_by_name(school: World) -> None:
    """An issuer could not find whom to revoke."""
    ladders, worth = award_of().id, CredentialStatus

    assert len(await names(school, achievement_id=ladders)) == 5
    assert len(await names(school, achievement_id=award_of("rival").id)) == 0
    assert await names(school, status=worth.REVOKED) == ["王小明"]
    assert len(await names(school, status=worth.VALID, achievement_id=ladders)) == 4
    assert await names(school, status=worth.EXPIRED) == []
    assert await names(school, search="ZO el") == ["Zora Élan"]
    assert await names(school, search="zoe", achievement_id=ladders) == ["Zoë Example"]
    assert await names(school, search="o'neil") == ["Łukasz O'Neil"]
    assert await names(school, search="王") == ["王小明"]
    for nothing in ("", " .* "):
        with pytest.raises(Invalid, match="search"):
            await listed(school, search=nothing)


@pytest.mark.asyncio(loop_scope="session")
async def test_what_was_valid_expires_by_itself(school: World) -> None:
    """A list of valid ones that holds expired ones, or the other way round."""
    later = Listing(
        IssuedPages(school.database),
        school.service.credentials,
        lambda: COMPLETED_AT + timedelta(days=4_000),
    )

    expired = await later.issued(ISSUER, IssuedQuery(status=CredentialStatus.EXPIRED))
    valid = await later.issued(ISSUER, IssuedQuery(status=CredentialStatus.VALID))

    assert (expired.total, valid.total) == (5, 0)


@pytest.mark.asyncio(loop_scope="session")
async def test_achievements_of_an_organisation_come_page_by_page(school: World) -> None:
    """An issuer could not tell what to award, or would see another's."""
    first = await school.service.listing.awarded(ISSUER, PageArgs(first=1))
    rest = await school.service.listing.awarded(ISSUER, PageArgs(first=1, after=first.cursors[0]))

    counts = {one.id: one.issued_count for one in (*first.nodes, *rest.nodes)}
    assert counts == {award_of().id: 5, award_of("ropes").id: 1}
    assert (first.total, first.has_next, rest.has_next) == (2, True, False)


@pytest.mark.asyncio(loop_scope="session")
async def test_only_issuers_of_an_organisation_may(school: World) -> None:
    """Names of holders are nobody's business but the issuer's."""
    listing = school.service.listing
    for actor in (
        replace(ISSUER, roles=frozenset({Role.AUTHOR, Role.ADMIN})),
        replace(ISSUER, organisation=None),
    ):
        with pytest.raises(Forbidden):
            await listing.issued(actor, IssuedQuery())
        with pytest.raises(Forbidden):
            await listing.awarded(actor, PageArgs())
    for cursor in ("x", "b4sss", "Y3JzX3g="):
        with pytest.raises(Invalid, match="cursor"):
            await listing.awarded(ISSUER, PageArgs(after=cursor))
        with pytest.raises(Invalid, match="cursor"):
            await listing.issued(ISSUER, IssuedQuery(page=PageArgs(after=cursor)))


@pytest.mark.asyncio(loop_scope="session")
async def test_no_query_scans_the_collection_or_sorts_what_an_index_has(school: World) -> None:
    """A page would cost what the whole deployment has issued."""
    pages = IssuedPages(school.database)
    credentials = pages._credentials = Explained(pages._credentials)
    definitions = pages._definitions = Explained(pages._definitions)
    listing = Listing(pages, school.service.credentials, lambda: COMPLETED_AT)

    for asked in (
        {},
        {"achievement_id": award_of().id},
        {"status": CredentialStatus.REVOKED},
        {"status": CredentialStatus.VALID},
    ):
        page = await listing.issued(ISSUER, IssuedQuery(**asked, page=PageArgs(first=2)))
        assert page.nodes
    sorted_plans = [plan for plan in credentials.plans if plan.kind == "find"]
    await listing.issued(ISSUER, IssuedQuery(search="zo"))
    await listing.awarded(ISSUER, PageArgs(first=1))

    for plan in (*credentials.plans, *definitions.plans):
        assert "COLLSCAN" not in plan.stages, plan
    for plan in sorted_plans:
        assert "SORT" not in plan.stages, plan


def test_names_are_compared_without_case_and_accents() -> None:
    """Who types on a foreign keyboard would find nobody."""
    assert name_words("  Zoë  ÉLAN-Zoe (PhD) ") == ("zoe", "elan", "phd")
    assert name_words(None) == name_words("—") == ()
    assert len(name_words(" ".join(f"n{number}" for number in range(99)))) == 12
