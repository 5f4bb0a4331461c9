"""Search over a collection: what asks for several things is led by the rarest of them.

A document holds `keys` (multikey index) and their `signature`. One condition is answered by the
index; of several, the rarest is, and the others by the signature, which no index covers: so there
is one plan, and its cost is the rarest one's. Ranks are asked one after the other until the page is
full, each in the order of the index.
"""

import asyncio
from collections.abc import Mapping, Sequence

from services.content.domain.search import MAX_PREFIX, RANKS, TITLE
from services.content.domain.signature import BYTES, positions, signature
from services.content.repository.frequencies import Frequencies
from services.content.use_cases.ports import Sought
from services.kit.mongo import Collection, Document, Index
from services.kit.records import Json, Record

FEW = 500
"""Up to so many documents may be sorted in memory: a page of them, by another order."""
BY_KEYS = "keys"
BOUND = "bound"
"""Begins the name of a bound among the counted keys: keys begin with a digit or have a colon."""
Order = tuple[tuple[str, int], ...]


class Condition(Record):
    """What a document must have: any of `keys`; `marks` say the same of its signature."""

    keys: tuple[str, ...]
    marks: tuple[str, ...]
    exact: bool = True
    """False: the keys find more than is meant, and the signature decides."""


class Piece(Record):
    """What finds documents of a rank: a condition, and the index that leads."""

    where: Document
    hint: str


class Bound(Record):
    """A number that must not be passed, and the order whose index begins with it."""

    field: str
    order: str


class Found(Record):
    """Documents in order, each with its rank, and how many there are in all."""

    documents: tuple[tuple[int, Document], ...]
    total: int


def indexes(orders: Mapping[str, Order], *, home: str) -> list[Index]:
    """Return the indexes of a searched collection; `home` is the order that keys are kept in."""
    own = [Index(list(order), name=name) for name, order in orders.items()]
    return [Index([("keys", 1), *orders[home]], name=BY_KEYS), *own]


def searched(
    terms: Sequence[str], keys: Sequence[str], *, signature_bytes: int = BYTES
) -> Document:
    """Return the fields that make a document be found; what is read most comes first."""
    return {"signature": signature(terms, size=signature_bytes), "keys": list(keys)}


class Search:
    """Pages of one collection, found by terms, facets and bounds."""

    def __init__(
        self,
        collection: Collection,
        orders: Mapping[str, Order],
        *,
        home: str,
        bound: Bound | None = None,
        signature_bytes: int = BYTES,
    ) -> None:
        """Keep the collection; each order is also the name of its index."""
        self._collection = collection
        self._counts = Frequencies(collection)
        self._orders = orders
        self._home = home
        self._bound = bound
        self._size = signature_bytes

    async def page(self, sought: Sought, fields: Sequence[str]) -> Found:
        """Return a page; `sought.after` is its rank, then the values of the order's fields."""
        counts = await self._frequencies(sought)
        page, total = await asyncio.gather(
            self._ranked(sought, counts, fields), self._total(sought, counts)
        )
        return Found(documents=tuple(page), total=total)

    async def _frequencies(self, sought: Sought) -> Mapping[str, int]:
        """Return how many documents have each key or are in bounds, where it has to be known."""
        matches = {key: {"keys": key} for key in _all_keys(sought)} | self._bounds(sought)
        if not matches or (len(matches) == 1 and sought.order == self._home):
            return dict.fromkeys(matches, FEW + 1)
        return await self._counts.of(matches)

    def _bounds(self, sought: Sought) -> dict[str, Document]:
        if self._bound is None or sought.most is None:
            return {}
        return {f"{BOUND} {sought.most}": {self._bound.field: {"$lte": sought.most}}}

    async def _ranked(
        self, sought: Sought, counts: Mapping[str, int], fields: Sequence[str]
    ) -> list[tuple[int, Document]]:
        """Return a page: by rank where there are terms to rank by, else in one order."""
        ranks = RANKS if sought.by_rank and sought.terms else RANKS[-1:]
        start = ranks[0] if sought.after is None else sought.after[0]
        page: list[tuple[int, Document]] = []
        for rank in ranks:
            if rank > start or len(page) >= sought.limit:
                continue
            after = sought.after[1:] if sought.after and rank == start else None
            piece = self._piece(sought, rank, counts, alone=len(ranks) > 1)
            if piece is not None:
                limit = sought.limit - len(page)
                found = await self._find(piece, sought.order, after, limit, fields)
                page += [(rank, document) for document in found]
        return page

    async def _find(
        self,
        piece: Piece,
        order: str,
        after: Sequence[Json] | None,
        limit: int,
        fields: Sequence[str],
    ) -> list[Document]:
        sort = self._orders[order]
        where = piece.where
        if after is not None:
            where = {"$and": [where, behind(sort, after)]}
        shown = dict.fromkeys([*fields, *(name for name, _ in sort)], 1)
        return await self._collection.find(where, shown, sort=sort, limit=limit, hint=piece.hint)

    async def _total(self, sought: Sought, counts: Mapping[str, int]) -> int:
        """Return how many documents there are: nothing is sorted, so the rarest always leads."""
        piece = self._piece(sought, RANKS[-1], counts, alone=False, most=None)
        if piece is None:
            return 0
        if not piece.where:
            return await self._collection.size()
        return await self._collection.count(piece.where, hint=piece.hint)

    def _piece(
        self,
        sought: Sought,
        rank: int,
        counts: Mapping[str, int],
        *,
        alone: bool,
        most: int | None = FEW,
    ) -> Piece | None:
        """Return what finds documents of at least a rank, `alone` of exactly it; None: no such.

        An index of another order leads only where it finds at most `most` documents to sort.
        """
        conditions = _conditions(sought, rank, alone=alone)
        sizes = {each: sum(counts.get(key, 0) for key in each.keys) for each in conditions}
        if not all(sizes.values()):
            return None
        bounds = self._bounds(sought)
        leads: list[tuple[int, str, Condition | None]] = [
            (size, BY_KEYS, each) for each, size in sizes.items()
        ]
        if self._bound is not None and bounds:
            [bounded] = bounds
            leads.append((counts.get(bounded, 0), self._bound.order, None))
        able = [
            (size, hint, each)
            for size, hint, each in leads
            if most is None or size <= most or sought.order == (hint, self._home)[hint == BY_KEYS]
        ]
        _, hint, lead = min(able, key=lambda each: each[0], default=(0, sought.order, None))
        where: Document = {} if lead is None else {"keys": {"$in": list(lead.keys)}}
        checked = [each for each in conditions if each is not lead or not each.exact]
        rest = [each.marks for each in sorted(checked, key=lambda each: sizes[each])]
        if rest:
            where["$and"] = [self._marked(marks) for marks in rest]
        if alone and rank < TITLE and not _says_rank(lead, sought):
            where["$nor"] = [self._holds(*(f"{rank + 1}{term}" for term in sought.terms))]
        for bound in bounds.values():
            where |= bound
        return Piece(where=where, hint=hint)

    def _marked(self, marks: Sequence[str]) -> Document:
        """Return the condition that a signature has any of these marks."""
        ways = [self._holds(mark) for mark in marks]
        return ways[0] if len(ways) == 1 else {"$or": ways}

    def _holds(self, *words: str) -> Document:
        """Return the condition that a signature has all of these words."""
        bits = {position for word in words for position in positions(word, size=self._size)}
        return {"signature": {"$bitsAllSet": sorted(bits)}}


def place(rank: int, document: Document, sort: Order) -> tuple[Json, ...]:
    """Return where a document stands: its rank, then the values of the order's fields."""
    values = [document[name] for name, _ in sort]
    return (rank, *(int(value) if isinstance(value, int) else value for value in values))


def behind(sort: Order, place: Sequence[Json]) -> Document:
    """Return the condition of standing behind a place in an order.

    What all ways have in common is said by itself: the index begins there, not at its own start.
    """
    names = [name for name, _ in sort]
    ways = []
    for index, (name, direction) in enumerate(sort):
        equal = dict(zip(names[:index], place, strict=False))
        ways.append({**equal, name: {"$gt" if direction > 0 else "$lt": place[index]}})
    if len(ways) == 1:
        return ways[0]
    first, direction = sort[0]
    return {first: {"$gte" if direction > 0 else "$lte": place[0]}, "$or": ways}


def _conditions(sought: Sought, rank: int, *, alone: bool) -> list[Condition]:
    only = alone and len(sought.terms) == 1 and len(sought.terms[0]) <= MAX_PREFIX
    terms = [_of_term(term, rank, only=only) for term in sought.terms]
    return [*terms, *map(_of_facet, sought.facets)]


def _says_rank(lead: Condition | None, sought: Sought) -> bool:
    """Return whether the key that leads says the rank exactly: the only term, a short one."""
    return (
        lead is not None
        and len(sought.terms) == 1
        and lead.marks[0][1:] == sought.terms[0]
        and lead.exact
    )


def _of_term(term: str, rank: int, *, only: bool) -> Condition:
    """Return the condition of a term at a rank or better, or at this rank only."""
    long = len(term) > MAX_PREFIX
    ranks = [each for each in RANKS if long or each == rank or (each > rank and not only)]
    return Condition(
        keys=tuple(f"{each}{term[:MAX_PREFIX]}" for each in ranks),
        marks=(f"{rank}{term}",),
        exact=not long,
    )


def _of_facet(keys: tuple[str, ...]) -> Condition:
    """Return the condition of having any value of a facet."""
    return Condition(keys=keys, marks=keys)


def _all_keys(sought: Sought) -> list[str]:
    """Return each key of a search once."""
    conditions = _conditions(sought, RANKS[-1], alone=False)
    return list(dict.fromkeys(key for each in conditions for key in each.keys))
