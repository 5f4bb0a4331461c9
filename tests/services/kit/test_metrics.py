"""The page for Prometheus: who measures what, and that nobody's words end up as a label."""

import asyncio
import time
from datetime import timedelta
from typing import Protocol

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from services.kit.consumer import Consumer
from services.kit.errors import NotFound, Unavailable
from services.kit.identity import Identity
from services.kit.metrics import loop_watched, metrics_route
from services.kit.mongo import Collection, Database, Driver, Mongo
from services.kit.outbox import MAX_TRIES, Outbox, waiting
from services.kit.records import OutboxEntry
from services.kit.rpc import serve
from services.kit.telemetry import RequestLog
from tests.support.asgi import get

SEED = "A" * 43


def sample(name: str, **labels: str) -> float:
    """Return what a metric shows now, 0 when nobody touched it yet."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.fixture
async def things(database: Database) -> Collection:
    """A collection whose name no other test measures."""
    collection = database.truth(f"things_{database.name[-8:]}")
    await collection.create_indexes(Outbox.indexes())
    return collection


async def test_the_page_is_what_prometheus_reads() -> None:
    """Breaks when a scrape fails, or does not tell which build runs."""
    answer = await get(Starlette(routes=[metrics_route()]), "/metrics")
    found = {family.name: family for family in text_string_to_metric_families(answer.body.decode())}

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert found["morsel_build_info"].samples[0].value == 1
    assert "process_resident_memory_bytes" in found


async def test_what_waits_in_an_outbox_is_measured_when_somebody_looks(things: Collection) -> None:
    """Breaks when entries pile up, or are given up, and no alert can tell."""
    outbox = Outbox([things], backoff=timedelta(milliseconds=1), poll=0.02)
    app = Starlette(routes=[metrics_route(outbox.measure)])
    entries = [
        waiting(OutboxEntry(id=f"e{n}", type="t", data={}), ["progress", "credentials"])
        for n in (1, 2)
    ]
    old = {**entries[0], "at": entries[0]["at"] - timedelta(minutes=10)}
    await things.insert_many([{"_id": 1, "outbox": [old]}, {"_id": 2, "outbox": [entries[1]]}])
    labels = {"collection": things.name, "consumer": "progress"}

    await get(app, "/metrics")
    waits = sample("morsel_outbox_entries", **labels)
    age = sample("morsel_outbox_age_seconds", **labels)
    await outbox.claim("progress", limit=9, wait=0)
    await outbox.ack("progress", ("e1",))
    for _ in range(MAX_TRIES):
        await outbox.fail("progress", "e2", reason="no")
        await outbox.claim("progress", limit=9, wait=2)
    await get(app, "/metrics")

    assert (waits, 600 <= age < 660) == (2, True)
    assert sample("morsel_outbox_entries", **labels) == 0
    assert sample("morsel_outbox_age_seconds", **labels) == 0
    assert sample("morsel_outbox_entries", **{**labels, "consumer": "credentials"}) == 2
    assert sample("morsel_outbox_dead_letters", collection=things.name) == 1


@pytest.mark.usefixtures("_swept")
async def test_a_scrape_answers_while_the_database_is_away(driver: Driver) -> None:
    """Breaks when an outage takes the metrics of the outage with it."""
    mongo = Mongo(
        "mongodb://127.0.0.1:9/?replicaSet=rs0", app_name="away", driver=driver, timeout_ms=50
    )
    outbox = Outbox([mongo.database("none").truth("things")])

    answer = await get(Starlette(routes=[metrics_route(outbox.measure)]), "/metrics")
    await mongo.close()

    assert answer.status == 200


class Shelf(Protocol):
    """A Protocol to serve."""

    async def find(self, name: str) -> str:
        """Return a thing."""


class Empty:
    """A shelf with nothing on it."""

    async def find(self, name: str) -> str:
        raise NotFound(f"no {name}")


async def test_calls_are_measured_by_method_and_code() -> None:
    """Breaks when errors of one method cannot be told from those of another."""
    identity = Identity("shelf", internal_key=SEED)
    shelf: Shelf = Empty()
    (route,) = serve(Shelf, shelf, identity=identity)
    before = sample("morsel_rpc_seconds_count", method="Shelf.find")

    await get(_as_post(Starlette(routes=[route])), "/rpc/Shelf/find")

    assert sample("morsel_rpc_seconds_count", method="Shelf.find") == before + 1
    assert sample("morsel_rpc_failures_total", method="Shelf.find", code="UNAUTHENTICATED") == 1


def _as_post(app: Starlette) -> RequestLog:
    async def posted(scope: dict[str, object], receive: object, send: object) -> None:
        await app({**scope, "method": "POST"}, receive, send)  # type: ignore[arg-type]  # as told

    return RequestLog(posted)  # type: ignore[arg-type]  # a mutable mapping is what comes


async def test_requests_are_counted_by_status() -> None:
    """Breaks when a page of errors looks like a quiet day."""
    before = sample("morsel_http_requests_total", method="GET", status="404")

    await get(RequestLog(Starlette()), "/never/heard/of")

    assert sample("morsel_http_requests_total", method="GET", status="404") == before + 1


async def test_a_consumer_counts_what_became_of_its_entries(things: Collection) -> None:
    """Breaks when a consumer that fails all day looks like one that has nothing to do."""
    await things.insert_many(
        [
            {"_id": n, "outbox": [waiting(OutboxEntry(id=f"e{n}", type="t", data={}), ["both"])]}
            for n in (1, 2)
        ]
    )

    async def handle(entry: OutboxEntry) -> None:
        if entry.id == "e1":
            raise Unavailable("not now")

    before = [
        sample("morsel_consumer_entries_total", consumer="both", outcome=outcome)
        for outcome in ("done", "failed")
    ]
    await Consumer(Outbox([things]), "both", handle).run_once()

    assert [
        sample("morsel_consumer_entries_total", consumer="both", outcome=outcome)
        for outcome in ("done", "failed")
    ] == [before[0] + 1, before[1] + 1]


async def test_a_loop_that_is_held_up_is_seen() -> None:
    """Breaks when somebody's long computation delays everybody and no figure shows it."""
    name = "morsel_loop_lag_seconds_sum"
    async with loop_watched(pause=0.01):
        await asyncio.sleep(0.05)
        before = sample(name)
        time.sleep(0.3)  # noqa: ASYNC251 - the offence to be seen
        await asyncio.sleep(0.05)

    assert sample(name) - before > 0.2
