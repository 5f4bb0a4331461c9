"""How the server goes about every kind of query: by an index, and no further than is asked for."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.content.contract import CatalogFilter, CatalogOrder, CatalogQuery, Course, Level
from services.content.domain.search import query_terms
from services.content.repository import Catalogue
from services.content.repository.search import FEW
from services.content.use_cases.catalog import Catalog
from services.content.use_cases.library import Library
from services.content.use_cases.ports import CatalogEntry
from services.kit.mongo import Database, Mongo
from services.kit.records import Page, PageArgs
from tests.support.catalogue import courses
from tests.support.explained import Explained

COURSES = 600
PAGE = 10
KINDS: dict[str, dict[str, Any]] = {
    "all": {},
    "prefix": {"search": "COMMON3"},
    "common word": {"search": "COMMON"},
    "three words": {"search": "RARE COMMON OTHER"},
    "nothing": {"search": "zzzz COMMON"},
    "level": {"filter": CatalogFilter(levels=(Level.BEGINNER, Level.ADVANCED))},
    "facets": {
        "filter": CatalogFilter(levels=(Level.BEGINNER,), locale="en-GB", max_minutes=900),
        "search": "COMMON",
    },
    "short": {"filter": CatalogFilter(max_minutes=4)},
    "short, common": {"filter": CatalogFilter(max_minutes=500), "search": "COMMON"},
}


@pytest.fixture(scope="session")
async def shelf(mongo: Mongo) -> AsyncIterator[tuple[Database, list[CatalogEntry]]]:
    """Generated courses in a database."""
    database = mongo.database("test_search_plans")
    await database.drop()
    store = Catalogue(database.truth("c"), database.projection("catalogue"))
    await store.prepare()
    entries = list(courses(COURSES, words=80))
    for entry in entries:
        await store.put_entry(entry)
    yield database, entries
    await database.drop()


@pytest.fixture
def explained(shelf: tuple[Database, list[CatalogEntry]]) -> Explained:
    """The collection of entries; keeps the plans."""
    return Explained(shelf[0].projection("catalogue"))


@pytest.fixture
def catalog(shelf: tuple[Database, list[CatalogEntry]], explained: Explained) -> Catalog:
    """The catalogue over them."""
    database, _ = shelf
    unread: Any = None  # nothing here reads a version, a pack, news or skills
    store = Catalogue(database.truth("c"), explained)
    return Catalog(store, Library(unread), unread, unread, news=unread, skills=unread)


def words(entries: list[CatalogEntry]) -> dict[str, str]:
    """Return the most common word, another common one, and a rare one of the same course."""
    english = [each for each in entries if "locale:en" in each.terms]
    plain = [[t[1:] for t in each.terms if t[1:].isalpha() and len(t) > 3] for each in english]
    used = Counter(word for each in plain for word in each)
    (common, _), (other, _) = used.most_common(2)
    both = next(each for each in plain if common in each and other in each)
    rare = min(both, key=lambda word: used[word])
    return {"COMMON3": common[:3], "COMMON": common, "OTHER": other, "RARE": rare}


def asked(kind: str, order: CatalogOrder, entries: list[CatalogEntry]) -> CatalogQuery:
    more = dict(KINDS[kind])
    for name, word in words(entries).items():
        if "search" in more:
            more["search"] = more["search"].replace(name, word)
    return CatalogQuery(order_by=order, page=PageArgs(first=PAGE), **more)


@pytest.mark.parametrize("order", CatalogOrder)
@pytest.mark.parametrize("kind", KINDS)
async def test_no_query_scans_the_collection_or_sorts_without_bound(
    catalog: Catalog,
    explained: Explained,
    shelf: tuple[Database, list[CatalogEntry]],
    kind: str,
    order: CatalogOrder,
) -> None:
    """One scan, or a sort of all hits, and each query costs what is stored, not what is asked."""
    page = await catalog.catalog(asked(kind, order, shelf[1]))

    assert kind == "nothing" or page.total > 0
    for plan in explained.plans:
        assert "COLLSCAN" not in plan.stages
        assert "SORT" not in plan.stages or plan.documents <= FEW


async def test_a_page_of_a_common_word_reads_a_page(
    catalog: Catalog, explained: Explained, shelf: tuple[Database, list[CatalogEntry]]
) -> None:
    """First or deep, a page costs its own length; the total is counted without documents."""
    query = asked("common word", CatalogOrder.NEWEST, shelf[1])
    pages = [await catalog.catalog(query)]
    while pages[-1].has_next:
        after = PageArgs(first=PAGE, after=pages[-1].cursors[-1])
        pages.append(
            await catalog.catalog(
                CatalogQuery(search=query.search, order_by=query.order_by, page=after)
            )
        )

    finds = [plan for plan in explained.plans if plan.kind == "find"]
    assert len(pages) > 20
    assert max(plan.documents for plan in finds) <= PAGE + 1
    assert max(plan.keys for plan in finds) <= PAGE + 5
    assert {plan.documents for plan in explained.plans if plan.kind == "count"} == {0}


@pytest.mark.parametrize("order", [CatalogOrder.TITLE, CatalogOrder.SHORTEST])
async def test_a_deep_page_begins_where_it_stands(
    catalog: Catalog, explained: Explained, order: CatalogOrder
) -> None:
    """A page far behind that walks the index from its start costs more with each page."""
    after: str | None = None
    for _ in range(20):
        page = await catalog.catalog(
            CatalogQuery(order_by=order, page=PageArgs(first=PAGE, after=after))
        )
        after = page.cursors[-1]

    finds = [plan for plan in explained.plans if plan.kind == "find"]
    alike = 60  # courses of equally many minutes
    assert max(plan.keys for plan in finds) <= PAGE + alike


@pytest.mark.parametrize("order", CatalogOrder)
@pytest.mark.parametrize("kind", KINDS)
async def test_every_page_together_is_what_a_plain_filter_finds(
    catalog: Catalog,
    shelf: tuple[Database, list[CatalogEntry]],
    kind: str,
    order: CatalogOrder,
) -> None:
    """Nothing twice, nothing left out, by rank and order, whichever index leads."""
    _, entries = shelf
    query = asked(kind, order, entries)
    found: list[str] = []
    total, after = 0, None
    while True:
        page: Page[Course] = await catalog.catalog(
            CatalogQuery(
                search=query.search,
                filter=query.filter,
                order_by=order,
                page=PageArgs(first=100, after=after),
            )
        )
        found += [course.id for course in page.nodes]
        total = page.total
        if not page.has_next:
            break
        after = page.cursors[-1]

    assert found == plainly(query, entries)
    assert total == len(found)


def plainly(query: CatalogQuery, entries: list[CatalogEntry]) -> list[str]:
    """Return the ids that a query finds, by going through all entries."""
    terms = query_terms(query.search or "")
    sorts: dict[CatalogOrder, Any] = {
        CatalogOrder.TITLE: lambda each: (each[1].title, -number(each[1])),
        CatalogOrder.SHORTEST: lambda each: (each[1].minutes, -number(each[1])),
        CatalogOrder.NEWEST: lambda each: -number(each[1]),
        CatalogOrder.RELEVANCE: lambda each: (-each[0], -number(each[1])),
    }
    facets = query.filter
    groups = [
        {f"level:{level}" for level in facets.levels or ()},
        {"locale:en-GB", "locale:en"} if facets.locale else set(),
    ]
    hits = []
    for entry in entries:
        ranks = {term[1:]: int(term[0]) for term in entry.keys if ":" not in term}
        fits = all(not group or group & set(entry.keys) for group in groups)
        short = facets.max_minutes is None or entry.minutes <= facets.max_minutes
        if fits and short and all(term in ranks for term in terms):
            hits.append((min((ranks[term] for term in terms), default=0), entry))
    return [entry.course_id for _, entry in sorted(hits, key=sorts[query.order_by])]


def number(entry: CatalogEntry) -> float:
    return entry.at.timestamp()


@pytest.mark.parametrize("seed", range(20))
async def test_random_words_of_a_course_find_it(
    catalog: Catalog, shelf: tuple[Database, list[CatalogEntry]], seed: int
) -> None:
    """Whatever of its words one types, in any script, the course is among the hits."""
    rng = random.Random(seed)  # noqa: S311 - the same words in each run
    entry = rng.choice(shelf[1])
    terms = [term[1:] for term in entry.terms if ":" not in term and len(term) > 2]
    page = await catalog.catalog(
        CatalogQuery(search=" ".join(rng.sample(terms, k=3)), page=PageArgs(first=100))
    )
    assert entry.course_id in {course.id for course in page.nodes}
