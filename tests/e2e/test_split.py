"""Four processes keep the promises that one process keeps: `morsel up --split`."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.e2e.test_loop import (
    course,
    guest,
    test_a_guest_learns_offline_on_two_devices_claims_and_is_verified,
)
from tests.support.learner import App
from tests.support.running import ROOT, Client, System

__all__ = ["test_a_guest_learns_offline_on_two_devices_claims_and_is_verified"]

ENROL = ROOT / "graphql" / "operations" / "Enrol.graphql"
PROCESSES = {"gateway", "content", "progress", "credentials"}
EVERYBODY = """
query Everybody { catalog(first: 1) { nodes { achievement { id } } } viewer { id } }
"""


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="session",
    params=["motor", pytest.param("pymongo", marks=pytest.mark.slow)],
)
async def system(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[System]:
    """The same system in four processes; the other driver where there is time."""
    data = tmp_path_factory.mktemp("split")
    system = System(data, options=("--split", "--driver", request.param))
    await system.start()
    yield system
    await system.stop()


async def test_what_no_process_can_read_is_refused_alone(system: System, anybody: Client) -> None:
    """One event that a phone wrote badly would hold up all others between two processes."""
    # given good events, and three that JSON can hold and nothing else can
    someone, _ = await guest(anybody)
    app = App(someone, await course(someone), start=datetime.now(UTC))
    lesson = app.lessons[0]
    for _ in range(5):
        block = lesson["blocks"][0]["id"]
        app.act("block.viewed", {"seconds": 6}, lesson=lesson["id"], block=block)
    good = len(app.queue)
    for odd in (2**70, "\ud800", -(10**400)):
        app.act("garden.watered", {"odd": odd})
    app.queue.insert(2, app.queue.pop())
    # when they are pushed together
    result = await app.sync(app.queue)
    # then the good ones are stored, and the others are explained
    told = {receipt["id"]: (receipt["status"], receipt["code"]) for receipt in result["receipts"]}
    by_type: dict[str, list[Any]] = {"block.viewed": [], "garden.watered": []}
    for event in app.queue:
        by_type[event["type"]].append(told[event["id"]])
    assert by_type == {
        "block.viewed": [("ACCEPTED", None)] * good,
        "garden.watered": [("REJECTED", "INVALID")] * 3,
    }
    assert result["missing"] == []


async def test_a_request_is_found_in_every_log_by_its_id(system: System, anybody: Client) -> None:
    """Nobody could tell which lines of four logs belong together."""
    someone, _ = await guest(anybody)
    current = f"phone-{datetime.now(UTC).timestamp()}"
    headers = {"Authorization": f"Bearer {someone.token}", "X-Request-Id": current}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{system.url}/graphql", json={"query": EVERYBODY}) as response,
    ):
        assert "errors" not in await response.json()
        assert response.headers["X-Request-Id"] == current

    async with asyncio.timeout(5):  # the line comes when the answer has gone
        while not (lines := said_of(current, system)) or lines[-1]["service"] != "gateway":
            await asyncio.sleep(0.05)

    found = {(line["service"], line["path"]) for line in lines if line["event"] == "request"}
    assert {service for service, _ in found} == PROCESSES
    assert ("gateway", "/graphql") in found
    assert all(line["request_id"] == current for line in lines)


def said_of(request_id: str, system: System) -> list[dict[str, Any]]:
    """Return the lines of all logs about a request."""
    lines = system.log.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if request_id in line]


async def test_the_one_origin_answers_for_all_and_hides_the_rest(
    system: System, anybody: Client
) -> None:
    """Public pages would be missing, or calls between processes would be open to the world."""
    paths = ("/issuers/morsel-academy", "/media/nothing", "/reports", "/rpc/CatalogApi/courses")
    statuses = [(await anybody.get(system.url + path))[0] for path in paths]

    assert statuses == [200, 404, 404, 404]


async def test_operations_are_measured_by_their_registered_names(
    system: System, anybody: Client
) -> None:
    """Anybody could fill the metrics with names of their own."""
    await anybody.run("query MadeUp { catalog { totalCount } }")
    await anybody.post(ENROL.read_text(encoding="utf-8"), input={"courseId": "x"})

    _, _, page = await anybody.get(f"{system.url}/metrics")

    text = page.decode()
    assert 'morsel_operations_total{operation="ad-hoc",outcome="ok"}' in text
    assert 'morsel_operations_total{operation="Enrol",outcome="errors"}' in text
    assert "MadeUp" not in text
