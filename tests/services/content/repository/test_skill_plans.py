"""How the server goes about searches of skills and job roles: by an index, a page at a time."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.content.contract import CompetencyQuery, JobRole, Skill
from services.content.repository import Competencies
from services.content.repository.search import FEW
from services.content.use_cases.catalog import Catalog
from services.content.use_cases.library import Library
from services.content.use_cases.skill_store import Findable
from services.kit.mongo import Mongo
from services.kit.records import PageArgs
from tests.support.explained import Explained

COUNT = 700
PAGE = 10
WORDS = ("apples", "berries", "cherries", "dates", "elder", "figs", "grapes")
SEARCHES: dict[str, dict[str, Any]] = {
    "all": {},
    "common word": {"search": "work"},
    "prefix": {"search": "wor"},
    "several words": {"search": "work apples"},
    "framework": {"framework": "T"},
    "framework and words": {"framework": "T", "search": "work berries"},
    "nothing": {"search": "zzzz work"},
}


@pytest.fixture(scope="session")
async def filled(mongo: Mongo) -> AsyncIterator[Competencies]:
    """Skills and job roles of two frameworks."""
    database = mongo.database("test_skill_plans")
    await database.drop()
    store = Competencies(database)
    await store.prepare()
    for kind in (Skill, JobRole):
        records: list[Any] = [
            kind(
                id=f"{n:04}",
                name=f"work with {WORDS[n % len(WORDS)]} {n}",
                framework="TU"[n % 2],
            )
            for n in range(COUNT)
        ]
        about = {each.id: Findable(also={"en": "labour"}, scope="") for each in records}
        await store.put(records, about, run="run")
    yield store
    await database.drop()


@pytest.mark.parametrize("kind", [Skill, JobRole])
@pytest.mark.parametrize("search", SEARCHES)
async def test_no_search_scans_the_collection_or_sorts_without_bound(
    filled: Competencies, kind: type, search: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frameworks have tens of thousands: a scan for each letter that is typed is too much."""
    explained = Explained(filled._collections[kind])
    monkeypatch.setitem(filled._collections, kind, explained)
    unread: Any = None  # nothing here reads a course, a version, a pack or news
    catalog = Catalog(unread, Library(unread), unread, unread, news=unread, skills=filled)
    find: Any = catalog.find_skills if kind is Skill else catalog.find_job_roles
    after: str | None = None
    for _ in range(5):
        page = await find(
            CompetencyQuery(**SEARCHES[search], page=PageArgs(first=PAGE, after=after))
        )
        assert search == "nothing" or page.total > 0
        if not page.has_next:
            break
        after = page.cursors[-1]

    assert explained.plans
    for plan in explained.plans:
        assert "COLLSCAN" not in plan.stages
        assert "SORT" not in plan.stages or plan.documents <= FEW
