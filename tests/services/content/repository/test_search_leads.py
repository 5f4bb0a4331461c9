"""What leads a search: the rarest, by counts that may be a minute old but never make up a zero."""

from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from services.content.repository.catalog import INDEXES, MINUTES, NEWEST, ORDERS
from services.content.repository.frequencies import SECONDS, Frequencies
from services.content.repository.search import FEW, Search, searched
from services.content.use_cases.ports import Sought
from services.kit.mongo import Collection, Document, Mongo
from tests.support.explained import Explained

RARER, COMMONER = FEW + 100, FEW + 400
TERMS = ("commoner", "rarer")


class Clock:
    """Seconds that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def documents(numbers: Sequence[int], words: Sequence[str]) -> list[Document]:
    terms = [f"0{word}" for word in words]
    return [
        {"_id": n, "fresh": n, "title": "", "minutes": n % 9, **searched(terms, terms)}
        for n in numbers
    ]


@pytest.fixture
async def shelf(mongo: Mongo) -> AsyncIterator[Collection]:
    """Two words that more than FEW documents have, one rarer than the other; both in 10."""
    database = mongo.database("test_search_leads")
    await database.drop()
    collection = database.projection("catalogue")
    await collection.create_indexes(INDEXES)
    rarer, commoner = range(RARER), range(RARER - 10, RARER - 10 + COMMONER)
    some: Mapping[tuple[str, ...], Sequence[int]] = {
        ("rarer",): rarer[:-10],
        ("rarer", "commoner"): rarer[-10:],
        ("commoner",): commoner[10:],
    }
    for words, numbers in some.items():
        await collection.insert_many(documents(numbers, words))
    yield collection
    await database.drop()


def search(collection: Collection) -> Search:
    return Search(collection, ORDERS, home=NEWEST, bound=MINUTES)


async def test_of_words_that_many_have_the_rarest_leads(shelf: Collection) -> None:
    """Counted to FEW alone all common words look alike, and chance chooses."""
    explained = Explained(shelf)
    found = await search(explained).page(Sought(terms=TERMS, order=NEWEST, limit=21), ())

    assert found.total == 10
    assert len(found.documents) == 10
    walked = [plan.documents for plan in explained.plans if plan.kind in {"find", "count"}]
    assert walked == [RARER, RARER]


async def test_what_is_published_and_withdrawn_is_true_at_once(shelf: Collection) -> None:
    """Counts that are remembered must decide about speed alone, not about what is found."""
    asked = search(shelf)
    sought = Sought(terms=("newcomer", "rarer"), by_rank=True, order=NEWEST, limit=21)
    assert (await asked.page(sought, ())).total == 0

    await shelf.insert_many(documents([9_001, 9_002], ["newcomer", "rarer"]))
    found = await asked.page(sought, ())
    assert [document["_id"] for _, document in found.documents] == [9_002, 9_001]
    assert found.total == 2

    await shelf.delete_many({"keys": "0newcomer"})
    found = await asked.page(sought, ())
    assert (found.documents, found.total) == ((), 0)


async def test_counts_are_remembered_for_a_while(shelf: Collection) -> None:
    """Counting common words anew for each page costs as much as the page."""
    explained, clock = Explained(shelf), Clock()
    frequencies = Frequencies(explained, clock=clock)
    matches = {key: {"keys": key} for key in ("0rarer", "0commoner", "0nobody")}
    counts = {"0rarer": RARER, "0commoner": COMMONER}

    assert await frequencies.of(matches) == counts
    assert await frequencies.of(matches) == counts
    [first, again] = explained.plans
    assert "0rarer" in first.command
    assert "0rarer" not in again.command
    assert first.documents == again.keys == 0

    clock.now = SECONDS
    await shelf.delete_many({"keys": "0rarer"})
    assert await frequencies.of(matches) == {"0commoner": COMMONER - 10}
