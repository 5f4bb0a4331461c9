"""Four processes keep the promises that one process keeps: `morsel up --split`."""

import asyncio
import json
import os
import signal
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from morsel.child import die_with
from tests.e2e.test_loop import (
    course,
    guest,
    test_a_guest_learns_offline_on_two_devices_claims_and_is_verified,
)
from tests.services.content.samples import FRONT, zipped
from tests.support.learner import App
from tests.support.running import ROOT, START_SECONDS, Client, System, client, free_port
from tests.support.sockets import opened
from tests.support.whole import course_files

__all__ = ["test_a_guest_learns_offline_on_two_devices_claims_and_is_verified"]

ENROL = ROOT / "graphql" / "operations" / "Enrol.graphql"
PROCESSES = {"gateway", "content", "progress", "credentials"}
IMPORT = """
mutation Import($input: ImportCourseInput!) { importCourse(input: $input) {
  course { id title version { id number } } userErrors { message } } }
"""
STANDS = "query Stands($slug: String!) { course(slug: $slug) { id version { id number } } }"
PUBLISHED = "subscription { coursePublished { slug version { id number } } }"
HEARD_SECONDS = 20
"""What takes about a second, on a machine that does much else."""
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

    async with asyncio.timeout(60):  # the gateway's line comes when the answer has gone
        while not (lines := said_of(current, system)) or "gateway" not in services_of(lines):
            await asyncio.sleep(0.05)

    found = {(line["service"], line["path"]) for line in lines if line["event"] == "request"}
    assert {service for service, _ in found} == PROCESSES
    assert ("gateway", "/graphql") in found
    assert all(line["request_id"] == current for line in lines)


def services_of(lines: list[dict[str, Any]]) -> set[str]:
    """Return who wrote these lines."""
    return {line["service"] for line in lines}


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


async def test_another_gateway_shows_what_was_published(system: System, anybody: Client) -> None:
    """Learners on other pods would go on with what is old, or never hear of the new version."""
    author = anybody.signed_in(await system.token("split", "--role", "AUTHOR", "--org", "split"))
    slug = "split-sums"

    async def published(words: str) -> str:
        files = {**course_files(slug), "lesson.md": (FRONT + words).encode()}
        package = b64encode(zipped(files)).decode()
        given = {"format": "MARKDOWN", "package": package, "publish": True}
        done = (await author.run(IMPORT, input=given))["importCourse"]
        assert done["userErrors"] == []
        version: str = done["course"]["version"]["id"]
        # the author sees it at once, by whatever way
        assert (await author.run(STANDS, slug=slug))["course"]["version"]["id"] == version
        return version

    async with another_gateway(system) as url, client(url) as elsewhere, opened(url) as socket:
        # given another gateway that holds the first version, and somebody who follows there
        first = await published("Two and two are four.")
        async with asyncio.timeout(HEARD_SECONDS):
            while (found := (await elsewhere.run(STANDS, slug=slug))["course"]) is None:
                await asyncio.sleep(0.1)
        assert found["version"] == {"id": first, "number": 1}
        await socket.init()
        await socket.subscribe(PUBLISHED)
        # when another version is published through the first gateway
        second = await published("Three and one are four.")
        # then the other one shows it and tells of it
        async with asyncio.timeout(HEARD_SECONDS):
            while (await elsewhere.run(STANDS, slug=slug))["course"]["version"]["id"] != second:
                await asyncio.sleep(0.1)
            told = await socket.hear()
        shown = {"slug": slug, "version": {"id": second, "number": 2}}
        assert told["payload"]["data"]["coursePublished"] == shown


@asynccontextmanager
async def another_gateway(system: System) -> AsyncIterator[str]:
    """Run one more gateway beside that of a split system, told the same; yield its address."""
    front = next(pid for pid in children(system.pid) if b"gateway" in arguments(pid))
    port = str(free_port())
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "morsel", "serve", "gateway"),
        cwd=ROOT,
        env={**environment(front), "MORSEL_PORT": port, "MORSEL_HOST": "127.0.0.1"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        preexec_fn=partial(die_with, os.getpid(), signal.SIGTERM),
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(START_SECONDS), client(url) as probe:
            while not await answers(probe, f"{url}/readyz"):
                assert child.returncode is None
                await asyncio.sleep(0.1)
        yield url
    finally:
        child.terminate()
        await child.wait()


async def answers(probe: Client, url: str) -> bool:
    """Return whether a process answers yet."""
    try:
        return (await probe.get(url))[0] == HTTPStatus.OK
    except aiohttp.ClientError:
        return False


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(each) for task in tasks for each in task.read_text(encoding="utf-8").split()]


def arguments(pid: int) -> list[bytes]:
    """Return what a process was started with."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")


def environment(pid: int) -> dict[str, str]:
    """Return the environment that a process was started with."""
    pairs = Path(f"/proc/{pid}/environ").read_text(encoding="utf-8").split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)
