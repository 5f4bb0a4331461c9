"""The outbox: what happened in a service, kept in its documents until each consumer dealt with it.

A document holds `outbox: [{id, type, data, to: [consumer], at}]`, made by `waiting`. To each entry
this module adds `leases: {consumer: {by, until, tries, reason}}`; an entry that failed too often
moves to `dead` in its document. Leases run on the server's clock (`$$NOW`): no worker's clock can
hold entries back.
"""

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta

import msgspec
import structlog
from prometheus_client import Counter, Gauge

from services.kit.clock import utc_now
from services.kit.errors import Invalid, Unavailable
from services.kit.ids import uuid7
from services.kit.mongo import Collection, Document, Index
from services.kit.outbox import stages
from services.kit.records import OutboxEntry

LEASE = timedelta(seconds=30)
MAX_TRIES = 5
FIRST_BACKOFF = timedelta(seconds=1)
"""How long an entry rests after a failure: four times as long after each more, up to a lease."""

WAITING = Gauge("morsel_outbox_entries", "Entries that wait.", ["collection", "consumer"])
AGE = Gauge(
    "morsel_outbox_age_seconds", "Age of the oldest entry that waits.", ["collection", "consumer"]
)
DEAD = Gauge("morsel_outbox_dead_letters", "Entries that were given up.", ["collection"])
BURIED = Counter("morsel_outbox_buried", "Entries given up by this process.", ["consumer"])

log = structlog.get_logger(__name__)


def waiting(entry: OutboxEntry, to: Sequence[str]) -> Document:
    """Return an entry as a document holds it until each of these consumers dealt with it.

    `at` is the writer's clock: it shows the age in metrics and decides nothing.
    """
    return {**msgspec.structs.asdict(entry), "to": list(to), "at": utc_now()}


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
        self._seen: set[tuple[str, str]] = set()  # what once waited is shown as 0 from then on

    @staticmethod
    def indexes() -> list[Index]:
        """Return the indexes that each collection needs; sparse: they hold what waits, no more."""
        return [
            Index([("outbox.to", 1)], name="outbox_to", sparse=True),
            Index([("outbox.id", 1)], name="outbox_id", sparse=True),
            Index([("dead.id", 1)], name="dead_id", sparse=True),
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
                {"outbox.id": {"$in": list(ids)}}, stages.remove(consumer, list(ids))
            )

    async def fail(self, consumer: str, entry_id: str, *, reason: str, counts: bool = True) -> None:
        """Let an entry rest and keep why it failed; unless it `counts`, give the try back."""
        _check_name(consumer)
        rest = stages.rest(
            consumer,
            entry_id,
            reason,
            counts=counts,
            first_ms=self._backoff_ms,
            most_ms=self._lease_ms,
        )
        for collection in self._collections:
            await collection.update_many({"outbox.id": entry_id}, rest)

    async def measure(self) -> None:
        """Set the metrics of what waits, since when, and of what was given up."""
        try:
            for collection in self._collections:
                by_consumer = await collection.aggregate(stages.WAITING)
                dead = await collection.aggregate(stages.DEAD)
                self._show(collection.name, by_consumer, sum(found["count"] for found in dead))
        except Unavailable as error:  # readiness tells of it; the last figures stay
            log.warning("outbox.not_measured", reason=error.message)

    def _show(self, collection: str, by_consumer: Sequence[Document], dead: int) -> None:
        nothing = {key: {"count": 0, "age_ms": 0} for key in self._seen if key[0] == collection}
        found = {(collection, document["_id"]): document for document in by_consumer}
        self._seen |= found.keys()
        for key, figures in {**nothing, **found}.items():
            WAITING.labels(*key).set(figures["count"])
            AGE.labels(*key).set(figures["age_ms"] / 1000)
        DEAD.labels(collection).set(dead)

    async def _claim_now(self, consumer: str, limit: int) -> tuple[OutboxEntry, ...]:
        entries: list[OutboxEntry] = []
        for collection in self._collections:
            while len(entries) < limit:
                found = await collection.aggregate(stages.free(consumer, limit - len(entries)))
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
        ids = [entry["id"] for entry in found]
        await collection.update_many(
            where, stages.lease(consumer, ids, token, lasts_ms=self._lease_ms)
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
                stages.bury(consumer, entry["id"]),
            ):
                BURIED.labels(consumer).inc()
                log.error(
                    "outbox.dead_letter", consumer=consumer, id=entry["id"], type=entry["type"]
                )


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
