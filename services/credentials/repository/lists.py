"""MongoDB: status lists.

lists          one a status list: the counter that hands out its places
list_bits      one a status list: bits, the list as it was last signed, `pending` changes of bits in
               their order, when it is `due` to be signed anew, and the lease of who is signing
list_history   one a signed list that another one followed: what was published, and since when

A change is one atomic push. Whoever finds a list due leases it, folds what is pending, signs and
puts it back; what was pushed meanwhile stays pending. All times are the server's (`$$NOW`).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from services.credentials.domain import statuslist
from services.credentials.domain.records import DueList, ListPage, SignedList, StatusPlace
from services.credentials.domain.statuslist import Purpose
from services.credentials.repository.documents import inserted, to_document, to_record
from services.kit.mongo import Database, Index

KEY = "list_id"
PAUSE = timedelta(milliseconds=500)
"""Between two signatures of a list: changes that come at once are signed together."""
LEASE = timedelta(seconds=5)
"""How long a process may take to sign before another one does."""

_NO_PENDING = {"pending": 0}
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_PENDING = {"$ifNull": ["$pending", []]}
_RESTED = {"$ifNull": ["$rests_until", _NEVER]}
_SOON = {"$max": ["$$NOW", _RESTED]}
_DUE = {"$min": [{"$ifNull": ["$due", "$$NOW"]}, _SOON]}
_FREE = {"$lte": [{"$ifNull": ["$leased", _NEVER]}, "$$NOW"]}


class Lists:
    """The service's status lists; every method is one round trip unless it says otherwise."""

    def __init__(self, database: Database) -> None:
        """Open the collections; nothing is read before the first call."""
        self._lists = database.truth("lists")
        self._bits = database.truth("list_bits")
        self._history = database.truth("list_history")

    async def create_indexes(self) -> None:
        """Create what is not there yet; a round trip for each collection."""
        await self._lists.create_indexes([Index([("issuer", 1), ("number", 1)], unique=True)])
        await self._bits.create_indexes([Index([("url", 1)], unique=True), Index([("due", 1)])])
        await self._history.create_indexes(
            [Index([("list_id", 1), ("signed_at", -1), ("revision", -1)])]
        )

    # ------------------------------------------------------------ places

    async def take_places(
        self, issuer: str, purpose: Purpose, count: int
    ) -> tuple[StatusPlace, ...]:
        """Take up to `count` places of the issuer's open list; none when every list is full."""
        found = await self._lists.find_one_and_update(
            {"issuer": issuer, "purpose": purpose, "next": {"$lt": statuslist.SIZE}},
            [
                {
                    "$set": {
                        "taken": "$next",
                        "next": {"$min": [statuslist.SIZE, {"$add": ["$next", count]}]},
                    }
                }
            ],
            sort=[("number", 1)],
        )
        if found is None:
            return ()
        return tuple(
            StatusPlace(
                list_id=found["_id"],
                list_url=found["url"],
                index=statuslist.position(counter, key=found["key"]),
                purpose=purpose,
            )
            for counter in range(found["taken"], found["next"])
        )

    async def count_lists(self, issuer: str) -> int:
        """Return how many lists an issuer has, whatever they are for."""
        return await self._lists.count({"issuer": issuer})

    async def add_list(self, page: ListPage, signed: SignedList) -> bool:
        """Add a list, signed and empty; False when another process added that number first.

        Two round trips; the signed list first, so that one that hands out places can be fetched.
        """
        assert signed.signed_at is not None
        due = signed.signed_at + statuslist.RENEWAL
        document = {**to_document(signed, KEY), "pending": [], "due": due}
        await inserted(self._bits.insert_one(document))
        return await inserted(self._lists.insert_one({**to_document(page, KEY), "next": 0}))

    # ------------------------------------------------------------ bits

    async def change(self, list_id: str, changes: Sequence[tuple[int, bool]]) -> int | None:
        """Keep bits to set or clear, to be signed soon; None when there is no such list.

        Return how many changes the list has been asked for by now: see `is_published`.
        """
        told = {"$literal": [list(change) for change in changes]}
        asked = {"$add": [{"$ifNull": ["$asked", 0]}, len(changes)]}
        pending = {"$concatArrays": [_PENDING, told]}
        found = await self._bits.find_one_and_update(
            {"_id": list_id}, [{"$set": {"pending": pending, "asked": asked, "due": _DUE}}]
        )
        return None if found is None else int(found["asked"])

    async def is_published(self, list_id: str, asked: int) -> bool:
        """Return whether a list was signed with the first `asked` changes in it."""
        where = {"_id": list_id, "folded": {"$gte": asked}}
        return await self._bits.find_one(where, {"_id": 1}) is not None

    async def renew(self, issuer: str) -> tuple[SignedList, ...]:
        """Have all lists of an issuer signed anew soon, and return them; two round trips."""
        await self._bits.update_many(
            {"issuer": issuer}, [{"$set": {"renews": True, "due": "$$NOW"}}]
        )
        found = await self._bits.find({"issuer": issuer}, _NO_PENDING)
        return tuple(to_record(document, SignedList, KEY) for document in found)

    async def lease(self, list_id: str | None = None) -> DueList | None:
        """Return a list that is due and nobody is signing: any, or that one; None else."""
        ours = {} if list_id is None else {"_id": list_id}
        found = await self._bits.find_one_and_update(
            {
                **ours,
                "due": {"$gt": _NEVER},
                "$expr": {"$and": [{"$lte": ["$due", "$$NOW"]}, _FREE]},
            },
            [
                {
                    "$set": {
                        "leased_at": "$$NOW",
                        "leased": {"$add": ["$$NOW", LEASE // timedelta(milliseconds=1)]},
                    }
                }
            ],
            sort=[("due", 1)],
        )
        if found is None:
            return None
        changes = tuple((index, value) for index, value in found.get("pending", ()))
        current = to_record(found, SignedList, KEY)
        return DueList(
            current=current,
            folded=found.get("folded", 0),
            changes=changes,
            renews=found.get("renews", False),
            now=found["leased_at"],
        )

    async def publish(self, due: DueList, signed: SignedList) -> bool:
        """Put a list in place of the one that was leased, less the changes that are in it.

        False when somebody else did first. What was there is kept in the history; two round trips.
        """
        values = to_document(signed, KEY)
        if signed.revision != due.current.revision:
            await self._archive(due.current)
            values["rests_until"] = due.now + PAUSE
        literal = {name: {"$literal": value} for name, value in values.items()}
        folded = len(due.changes)
        rest = {"$slice": [_PENDING, folded, {"$max": [1, {"$size": _PENDING}]}]}
        renewal = (signed.signed_at or due.now) + statuslist.RENEWAL
        waits = {"$gt": [{"$size": "$pending"}, 0]}
        known = [due.folded] if due.folded else [0, None]
        return await self._bits.update_one(
            {
                "_id": due.current.list_id,
                "revision": due.current.revision,
                "folded": {"$in": known},
            },
            [
                {"$set": {**literal, "pending": rest, "folded": due.folded + folded}},
                {"$set": {"due": {"$cond": [waits, _SOON, renewal]}}},
                {"$unset": ["leased", "leased_at", "renews"]},
            ],
        )

    async def _archive(self, published: SignedList) -> None:
        document = to_document(published, "bits")  # the bits are in what was signed
        document["_id"] = f"{published.list_id} {published.revision}"
        await inserted(self._history.insert_one(document))

    # ------------------------------------------------------------ reading

    async def signed_list(self, list_id: str) -> SignedList | None:
        """Return a list as it was last signed."""
        found = await self._bits.find_one({"_id": list_id}, _NO_PENDING)
        return None if found is None else to_record(found, SignedList, KEY)

    async def signed_list_at(self, list_url: str) -> SignedList | None:
        """Return a list by its address."""
        found = await self._bits.find_one({"url": list_url}, _NO_PENDING)
        return None if found is None else to_record(found, SignedList, KEY)

    async def signed_before(self, list_id: str, moment: datetime) -> bytes | None:
        """Return a list as it was published at a moment, of those that others followed."""
        found = await self._history.find_one(
            {"list_id": list_id, "signed_at": {"$lte": moment}},
            {"signed": 1},
            sort=[("signed_at", -1), ("revision", -1)],
        )
        return None if found is None else found["signed"]
