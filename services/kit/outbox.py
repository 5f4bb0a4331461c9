"""The outbox: what happened in a service, kept in its documents until each consumer dealt with it.

A document holds `outbox: [{id, type, data, to: [consumer]}]`. To each entry this module adds
`leases: {consumer: {by, until, tries, reason}}`; an entry that failed too often moves to `dead` in
its document. All times are the server's (`$$NOW`): no clock of a worker can hold entries back.
"""

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta

import structlog

from services.kit.errors import Invalid
from services.kit.ids import uuid7
from services.kit.mongo import Collection, Document, Index
from services.kit.records import OutboxEntry

LEASE = timedelta(seconds=30)
MAX_TRIES = 5
FIRST_BACKOFF = timedelta(seconds=1)
"""How long an entry rests after a failure: four times as long after each more, up to a lease."""

log = structlog.get_logger(__name__)


class Outbox:
    """The outbox of one service: a FeedApi over the collections whose documents carry entries.

    At least once, in no order across documents; any number of claimers share the work by leases.
    """

    def __init__(
        self,
        collections: Sequence[Collection],
        *,
        lease: timedelta = LEASE,
        backoff: timedelta = FIRST_BACKOFF,
        poll: float = 1.0,
    ) -> None:
        """Keep the collections; a claim that waits looks again every `poll` seconds."""
        self._collections = tuple(collections)
        self._lease_ms = _millis(lease)
        self._backoff_ms = _millis(backoff)
        self._poll = poll
        self._woken = asyncio.Event()

    @staticmethod
    def indexes() -> list[Index]:
        """Return the indexes that each collection needs; sparse: they hold what waits, no more."""
        return [
            Index([("outbox.to", 1)], name="outbox_to", sparse=True),
            Index([("outbox.id", 1)], name="outbox_id", sparse=True),
        ]

    def wake(self) -> None:
        """Let claims that wait in this process look at once: for after a write of entries."""
        self._woken.set()
        self._woken = asyncio.Event()

    async def claim(self, consumer: str, *, limit: int, wait: float) -> tuple[OutboxEntry, ...]:
        """Lease up to `limit` entries for `consumer`, waiting up to `wait` seconds for one."""
        _check_name(consumer)
        loop = asyncio.get_running_loop()
        end = loop.time() + wait
        while True:
            woken = self._woken  # taken before looking: a wake-up in between is not lost
            entries = await self._claim_now(consumer, limit)
            rest = end - loop.time()
            if entries or rest <= 0:
                return entries
            await _wait(woken, min(rest, self._poll))

    async def ack(self, consumer: str, ids: tuple[str, ...]) -> None:
        """Remove entries that were dealt with; an entry goes when no consumer is left to see it."""
        _check_name(consumer)
        for collection in self._collections:
            await collection.update_many(
                {"outbox.id": {"$in": list(ids)}}, _remove(consumer, list(ids))
            )

    async def fail(self, consumer: str, entry_id: str, *, reason: str, counts: bool = True) -> None:
        """Let an entry rest and keep why it failed; unless it `counts`, give the try back."""
        _check_name(consumer)
        for collection in self._collections:
            await collection.update_many(
                {"outbox.id": entry_id}, self._rest(consumer, entry_id, reason, counts=counts)
            )

    async def _claim_now(self, consumer: str, limit: int) -> tuple[OutboxEntry, ...]:
        entries: list[OutboxEntry] = []
        for collection in self._collections:
            while len(entries) < limit:
                found = await collection.aggregate(_free(consumer, limit - len(entries)))
                if not found:
                    break
                await self._bury(
                    collection, consumer, [e for e in found if e["tries"] >= MAX_TRIES]
                )
                entries += await self._take(
                    collection, consumer, [e for e in found if e["tries"] < MAX_TRIES]
                )
        return tuple(entries)

    async def _take(
        self, collection: Collection, consumer: str, found: Sequence[Document]
    ) -> list[OutboxEntry]:
        """Lease what nobody else leased since it was found, and return what became ours."""
        if not found:
            return []
        token = uuid7().hex
        where = {"_id": {"$in": [entry["_id"] for entry in found]}}
        await collection.update_many(
            where, self._lease(consumer, [entry["id"] for entry in found], token)
        )
        ours = {**where, f"outbox.leases.{consumer}.by": token}
        return [
            OutboxEntry(id=entry["id"], type=entry["type"], data=entry["data"])
            for document in await collection.find(ours, {"outbox": 1})
            for entry in document["outbox"]
            if entry.get("leases", {}).get(consumer, {}).get("by") == token
        ]

    async def _bury(self, collection: Collection, consumer: str, found: Sequence[Document]) -> None:
        """Move entries that failed too often to `dead` in their documents."""
        for entry in found:
            if await collection.update_one(
                {
                    "_id": entry["_id"],
                    "outbox": {"$elemMatch": {"id": entry["id"], "to": consumer}},
                },
                [_dead_letter(consumer, entry["id"]), *_remove(consumer, [entry["id"]])],
            ):
                log.error(
                    "outbox.dead_letter", consumer=consumer, id=entry["id"], type=entry["type"]
                )

    def _lease(self, consumer: str, ids: list[str], token: str) -> list[Document]:
        free = {
            "$and": [_is(ids), _waits_for(consumer), _lapsed(f"$$entry.leases.{consumer}.until")]
        }
        lease = {
            "by": token,
            "until": {"$add": ["$$NOW", self._lease_ms]},
            "tries": {"$add": [_tries(f"$$entry.leases.{consumer}"), 1]},
        }
        return [_change_entries(free, _with_lease(consumer, lease))]

    def _rest(self, consumer: str, entry_id: str, reason: str, *, counts: bool) -> list[Document]:
        tries = _tries(f"$$entry.leases.{consumer}")
        pause = {"$multiply": [self._backoff_ms, {"$pow": [4, {"$subtract": [tries, 1]}]}]}
        lease = {
            "until": {"$add": ["$$NOW", {"$min": [pause, self._lease_ms]}]},
            "tries": tries if counts else {"$subtract": [tries, 1]},
            "reason": {"$literal": reason[:500]},
        }
        known = {"$and": [_is([entry_id]), {"$gt": [tries, 0]}]}
        return [_change_entries(known, _with_lease(consumer, lease))]


def _free(consumer: str, limit: int) -> list[Document]:
    """Return a pipeline that finds entries that nobody holds: `{_id, id, type, tries}` each."""
    return [
        {"$match": {"outbox.to": consumer}},
        {"$unwind": "$outbox"},
        {
            "$match": {
                "outbox.to": consumer,
                "$expr": _lapsed(f"$outbox.leases.{consumer}.until"),
            }
        },
        {"$limit": limit},
        {
            "$project": {
                "id": "$outbox.id",
                "type": "$outbox.type",
                "tries": _tries(f"$outbox.leases.{consumer}"),
            }
        },
    ]


def _remove(consumer: str, ids: list[str]) -> list[Document]:
    """Return the stages that take `consumer` off those entries, and out what nobody waits for."""
    rest = {"$setDifference": ["$$entry.to", [consumer]]}
    waited_for = {"input": "$outbox", "as": "entry", "cond": {"$ne": ["$$entry.to", []]}}
    return [
        _change_entries(_is(ids), {"$mergeObjects": ["$$entry", {"to": rest}]}),
        {"$set": {"outbox": {"$filter": waited_for}}},
    ]


def _dead_letter(consumer: str, entry_id: str) -> Document:
    """Return the stage that copies an entry to `dead`, with its consumer, tries and last reason."""
    lease = f"$$entry.leases.{consumer}"
    letter = {
        "id": "$$entry.id",
        "type": "$$entry.type",
        "data": "$$entry.data",
        "consumer": consumer,
        "tries": f"{lease}.tries",
        "reason": {"$ifNull": [f"{lease}.reason", "never finished: its worker died each time"]},
        "at": "$$NOW",
    }
    entry = {"$filter": {"input": "$outbox", "as": "entry", "cond": _is([entry_id])}}
    letters = {"$map": {"input": entry, "as": "entry", "in": letter}}
    return {"$set": {"dead": {"$concatArrays": [{"$ifNull": ["$dead", []]}, letters]}}}


def _change_entries(condition: Document, changed: Document) -> Document:
    """Return the stage that puts `changed` in place of each `$$entry` that meets the condition."""
    either = {"$cond": [condition, changed, "$$entry"]}
    return {"$set": {"outbox": {"$map": {"input": "$outbox", "as": "entry", "in": either}}}}


def _with_lease(consumer: str, lease: Document) -> Document:
    merged = {"$mergeObjects": [f"$$entry.leases.{consumer}", lease]}
    leases = {"$mergeObjects": ["$$entry.leases", {consumer: merged}]}
    return {"$mergeObjects": ["$$entry", {"leases": leases}]}


def _is(ids: list[str]) -> Document:
    return {"$in": ["$$entry.id", {"$literal": ids}]}


def _waits_for(consumer: str) -> Document:
    return {"$in": [consumer, "$$entry.to"]}


def _lapsed(until: str) -> Document:
    return {"$lte": [until, "$$NOW"]}  # what is missing sorts before every date


def _tries(lease: str) -> Document:
    return {"$ifNull": [f"{lease}.tries", 0]}


def _check_name(consumer: str) -> None:
    """Refuse a name that would not be one plain field of a document."""
    if not re.fullmatch(r"[a-z_]{1,40}", consumer):
        raise Invalid(
            "A consumer's name is lower-case letters and underscores.", path=("consumer",)
        )


def _millis(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
