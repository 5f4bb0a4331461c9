"""How fast the catalogue is searched: 10,000 generated courses, every kind of query, p50 and p95.

Run: python -m tests.bench.catalogue_search [COURSES] [--data FOLDER] [--kinds "A;B"]
(an embedded mongod of its own; FOLDER keeps the catalogue for the next run)

`server` and `own` are milliseconds of processor for each query, of mongod and of this process: they
tell more than the clock where others keep the processors busy.

Each kind is measured beside a plain baseline in the same run: the same answer by a scan of the
collection with regular expressions, sorted in memory, once. Bar: p95 under 60 ms on 10,000 courses.

The catalogue is filled with the documents that publishing stores, made by the store's own code, but
many at a time and with the indexes built afterwards: what publishing costs is not measured here.

Measured on 10,000 courses (454 keys each; 85 MB of index of keys, 125 MB of documents), in ms, on
two processors. The slow kinds, before and after leaders were counted past 500 and counts were kept:

    kind                          before: server   own    p50    p95   after: server   own
    common word                              7.0   2.8   13.2   65.1             6.7   2.1
    three words                              6.0   3.5   10.1   45.6             5.2   2.9
    three common words                      28.7   6.8   67.0  118.5            22.3   4.3
    facets and a common word                15.0   4.7   33.9   63.8            11.3   3.3

Before was measured at a load of 6 to 7. After was measured three times at 7 to 10, 13 and 17, with
p95 of 71 for a common word, 34 to 75 for three words, 82 to 203 for three common words and 82 to
131 for facets; and a fourth time when others had just ended (load 6 and falling), with p95 of 25.4,
18.0, 63.0 and 17.3. So the bar is MISSED: by three common words narrowly while the machine is less
busy, by all four kinds while it is busier.

Where it goes, for three common words: the total takes 15 ms of the server's, since each of some
4,600 documents of the rarest word is found (0.6 us), fetched (1.2) and asked for 16 bits of each
other word (0.6 to 1); the page 9 ms, most of it in queries where fewer than a page have all words
in titles and skills, and all that have the rarest there are gone through. A cache of 1 GB instead
of the embedded server's 256 MB took three common words from 28.7 to 23.8 ms of the server's before
the change (p95 66); one of 512 MB made no difference after it.

The other kinds, in an earlier run before the change (load 3 to 9):

    kind                                p50    p95       p50    p95 of a second run
    first page, all                     1.4    1.7       1.5    2.1
    one word                            4.8   42.7      10.1   30.6
    CJK                                 3.0    5.8       6.6   21.0
    facets                             10.2   39.2      13.6   31.1
    order TITLE                        10.9   84.6      17.9   34.6
    order SHORTEST                      8.5   22.6      22.5   40.7
    page 200, NEWEST                    2.1   11.2       5.1   12.4
    page 200, NEWEST, common word      11.9  108.6      26.4   39.7
    page 200, TITLE, common word       14.0   40.2
    page 200, SHORTEST, common word    16.3   37.6
"""

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from morsel.mongod import Mongod
from services.content.contract import CatalogFilter, CatalogOrder, CatalogQuery, Level
from services.content.domain.search import query_terms
from services.content.repository import Catalogue
from services.content.repository.catalog import ORDERS, entry_document
from services.content.use_cases.catalog import Catalog
from services.content.use_cases.library import Library
from services.content.use_cases.ports import CatalogEntry
from services.kit.mongo import Collection, Database, Mongo
from services.kit.records import PageArgs
from tests.support.catalogue import courses

COURSES = 10_000
ROUNDS = 60
DEEP = 200
AT_ONCE = 200
SAMPLE = 10
"""One course of so many is kept to choose words from."""
COMMON = 40
BAR_MS = 60.0
Ask = Callable[[], Awaitable[Any]]


class Bench:
    """The catalogue, full of generated courses, and what may be asked of it."""

    def __init__(self, database: Database) -> None:
        self.entries: list[CatalogEntry] = []
        self.common: set[str] = set()
        self.keys = 0
        self.collection: Collection = database.projection("catalogue")
        self.store = Catalogue(database.truth("courses"), self.collection)
        unread: Any = None  # nothing here reads a version, a pack, news or skills
        self.catalog = Catalog(
            self.store, Library(unread), unread, news=unread, skills=unread, media=unread
        )
        self.rng = random.Random(11)  # noqa: S311 - the same queries in each run

    async def fill(self, count: int) -> None:
        """Store generated courses, the next made while the server stores some; then index them.

        Where as many are kept from an earlier run, they are made only to choose words from.
        """
        kept = await self.collection.size() == count
        if not kept:
            await self.collection.delete_many({})
        storing: asyncio.Task[None] | None = None
        made = courses(count)
        while some := list(islice(made, AT_ONCE)):
            self.keys += sum(len(entry.keys) for entry in some)
            self.entries += some[::SAMPLE]
            if kept:
                continue
            documents = [entry_document(entry) for entry in some]
            if storing is not None:
                await storing
            storing = asyncio.create_task(self.collection.insert_many(documents))
            await asyncio.sleep(0)
        if storing is not None:
            await storing
        await self.store.prepare()
        used = Counter(word for entry in self.entries for word in body_words(entry))
        self.common = {word for word, _ in used.most_common(COMMON)}

    def words(self, count: int, *, common: bool = False, script: str = "latin") -> str:
        """Return words that stand together in some course; common: of the most used ones."""
        while True:
            words = body_words(self.rng.choice(self.entries))
            some = [
                word
                for word in words
                if word.isascii() == (script == "latin") and (word in self.common) == common
            ]
            if len(some) >= count:
                return " ".join(self.rng.sample(some, k=count))

    def ask(self, search: str | None = None, **more: Any) -> Ask:
        """Return a call of the catalogue."""
        query = CatalogQuery(search=search, **more)
        return lambda: self.catalog.catalog(query)

    async def deep(self, order: CatalogOrder, search: str | None) -> Ask:
        """Return the call of page DEEP of a list, or of its last page when it is shorter."""
        after: str | None = None
        for _ in range(DEEP - 1):
            query = CatalogQuery(
                search=search, order_by=order, page=PageArgs(first=20, after=after)
            )
            page = await self.catalog.catalog(query)
            if not page.has_next:
                break
            after = page.cursors[-1]
        return self.ask(search, order_by=order, page=PageArgs(first=20, after=after))

    async def baseline(self, search: str | None, order: str) -> None:
        """Answer by a scan: regular expressions over the keys, and a sort of what matches."""
        terms = [{"keys": {"$regex": f"^[012]{term}"}} for term in query_terms(search or "")]
        sort = dict(ORDERS.get(order, ORDERS["NEWEST"]))
        await self.collection.aggregate(
            [
                {"$match": {"$and": [{"_id": {"$ne": ""}}, *terms]}},
                {"$project": {"card": 1, **dict.fromkeys(sort, 1)}},
                {"$facet": {"page": [{"$sort": sort}, {"$limit": 20}], "all": [{"$count": "n"}]}},
            ]
        )


def body_words(entry: CatalogEntry) -> list[str]:
    """Return what is found of a course's texts."""
    return [term[1:] for term in entry.terms if term[0] == "0"]


async def times(ask: Sequence[Ask]) -> list[float]:
    """Return how long each call takes, in milliseconds."""
    found = []
    for each in ask:
        start = time.perf_counter()
        await each()
        found.append((time.perf_counter() - start) * 1000)
    return found


async def kinds(bench: Bench) -> Mapping[str, tuple[list[Ask], str | None, str]]:
    """Return the kinds of query: calls, and what the baseline is to look for in which order."""
    many, relevance = range(ROUNDS), CatalogOrder.RELEVANCE
    common = bench.words(1, common=True)
    by_order = {
        f"order {order}": ([bench.ask(common, order_by=order) for _ in many], common, order.value)
        for order in CatalogOrder
    }
    deep = {
        f"page {DEEP}, {order}{f', {name}' if search else ''}": (
            [await bench.deep(order, search)] * ROUNDS,
            search,
            order.value,
        )
        for order in CatalogOrder
        for name, search in (("all", None), ("common word", common))
    }
    skill = [
        next(term for term in bench.rng.choice(bench.entries).keys if term.startswith("skill:"))
        for _ in many
    ]
    three = [bench.words(3) for _ in many]
    facets = [
        CatalogFilter(skill_ids=(key[6:],), levels=(Level.BEGINNER,), locale="en-GB", max_minutes=9)
        for key in skill
    ]
    few = CatalogFilter(levels=(Level.BEGINNER,), locale="de", max_minutes=6)
    listed = {
        "first page, all": ([bench.ask() for _ in many], None, relevance),
        "one prefix of 3": ([bench.ask(bench.words(1)[:3]) for _ in many], bench.words(1)[:3], ""),
        "one word": ([bench.ask(bench.words(1)) for _ in many], bench.words(1), ""),
        "common word": ([bench.ask(bench.words(1, common=True)) for _ in many], common, ""),
        "three words": ([bench.ask(words) for words in three], three[0], ""),
        "three common words": (
            [bench.ask(bench.words(3, common=True)) for _ in many],
            bench.words(3, common=True),
            "",
        ),
        "CJK": (
            [bench.ask(bench.words(1, script="cjk")) for _ in many],
            bench.words(1, script="cjk"),
            "",
        ),
        "facets": ([bench.ask(filter=each) for each in facets], None, ""),
        "facets and a common word": ([bench.ask(common, filter=few) for _ in many], common, ""),
        "nothing found": ([bench.ask("zzzzzzzz qqqqqq") for _ in many], "zzzzzzzz", ""),
    }
    return {**listed, **by_order, **deep}


async def measure(bench: Bench, mongod: Mongod, only: Sequence[str]) -> float:
    """Ask each kind, print what it takes; return the worst p95."""
    worst, scans = 0.0, {}
    columns = "p50 ms", "p95 ms", "server", "own", "scan ms", "x"
    print(f"{'kind':36}", *(f"{column:>8}" for column in columns), flush=True)
    for kind, (asks, search, order) in (await kinds(bench)).items():
        if only and kind not in only:
            continue
        await times(asks[:3])
        server, own = server_ms(mongod), time.process_time()
        took = sorted(await times(asks))
        server = (server_ms(mongod) - server) / len(asks)
        own = (time.process_time() - own) * 1000 / len(asks)
        p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
        if (search, order) not in scans:
            [scans[search, order]] = await times([partial(bench.baseline, search, order)])
        scan = scans[search, order]
        worst = max(worst, p95)
        figures = p50, p95, server, own, scan, scan / p50
        print(f"{kind:36}", *(f"{figure:8.1f}" for figure in figures), flush=True)
    return worst


def server_ms(mongod: Mongod) -> float:
    """Return the milliseconds of processor that the server has used."""
    fields = Path(f"/proc/{mongod.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


async def main(count: int, data: Path, only: Sequence[str]) -> None:
    """Fill, ask, print; the last line says whether every kind is under the bar."""
    async with Mongod(data) as mongod:
        mongo = Mongo(mongod.uri, app_name="bench", timeout_ms=300_000)
        bench = Bench(mongo.database("bench"))
        start = time.perf_counter()
        await bench.fill(count)
        seconds = time.perf_counter() - start
        [stats] = await bench.collection.aggregate([{"$collStats": {"storageStats": {}}}])
        sizes = stats["storageStats"]["indexSizes"]
        print(
            f"{count} courses in {seconds:.0f} s, {bench.keys / count:.0f} keys each; "
            f"index of keys {sizes['keys'] / 2**20:.0f} MB, "
            f"documents {stats['storageStats']['size'] / 2**20:.0f} MB"
        )
        load, _, _ = os.getloadavg()
        print(f"load of the machine {load:.1f}, on {os.cpu_count()} processors")
        worst = await measure(bench, mongod, only)
        held = "held" if worst < BAR_MS else "MISSED"
        print(f"worst p95 {worst:.1f} ms, bar {BAR_MS:.0f} ms: {held}")
        await mongo.close()


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.catalogue_search")
    parser.add_argument("courses", nargs="?", type=int, default=COURSES)
    parser.add_argument("--data", type=Path, help="a folder to keep the filled catalogue in")
    parser.add_argument("--kinds", default="", help="only these, with semicolons between them")
    return parser.parse_args()


if __name__ == "__main__":
    asked = arguments()
    with tempfile.TemporaryDirectory() as folder:
        named = [kind.strip() for kind in asked.kinds.split(";") if kind.strip()]
        asyncio.run(main(asked.courses, asked.data or Path(folder), named))
