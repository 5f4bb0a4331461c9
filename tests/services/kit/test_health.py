"""Health over real HTTP: readiness follows MongoDB, and flips before a process stops."""

import asyncio
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest
from starlette.applications import Starlette

from morsel.mongod import Mongod
from services.kit.health import Drainable, Health
from services.kit.mongo import Driver
from tests.support.asgi import get


async def test_ready_when_mongodb_answers(mongo_uri: str, driver: Driver) -> None:
    """Breaks when a healthy process is given no work."""
    health = Health(mongo_uri, app_name="test", driver=driver)
    app = Starlette(routes=health.routes())

    live, ready = await get(app, "/livez"), await get(app, "/readyz")
    await health.close()

    assert (live.status, live.body) == (200, b"alive\n")
    assert (ready.status, ready.json()) == (200, {"ready": True, "away": []})


@pytest.mark.usefixtures("_swept")
async def test_readiness_follows_mongodb_with_patience(tmp_path: Path, driver: Driver) -> None:
    """Breaks when one lost ping takes a process out, or a database that is away does not."""
    async with Mongod(tmp_path) as mongod:
        health = Health(mongod.uri, app_name="test", driver=driver, timeout_ms=200)
        app = Starlette(routes=health.routes())
        before = await get(app, "/readyz")
    after = [await get(app, "/readyz") for _ in range(3)]
    alive = await get(app, "/livez")
    await health.close()

    assert before.status == 200
    assert [answer.status for answer in after] == [200, 503, 503]
    assert after[-1].json() == {"ready": False, "away": ["mongodb"]}
    assert alive.status == 200


async def test_a_process_that_never_saw_mongodb_is_not_ready() -> None:
    """Breaks when a rolling update goes on although the new version cannot reach its database."""
    health = Health("mongodb://127.0.0.1:9/?replicaSet=rs0", app_name="test", timeout_ms=100)

    answer = await get(Starlette(routes=health.routes()), "/readyz")
    await health.close()

    assert answer.status == 503


async def test_draining_changes_readiness_alone(mongo_uri: str) -> None:
    """Breaks when a process that is about to stop asks for more work."""
    health = Health(mongo_uri, app_name="test")
    app = Drainable(Starlette(routes=health.routes()))
    app.draining = True

    answers = [(await get(app, path)).status for path in ("/livez", "/readyz")]
    await health.close()

    assert answers == [200, 503]


SLOW_APP = """
import asyncio, sys
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from services.kit.health import run

async def slow(request):
    await asyncio.sleep(1)
    return PlainTextResponse("done")

async def ready(request):
    return PlainTextResponse("ready")

app = Starlette(routes=[Route("/slow", slow), Route("/readyz", ready)])
run(app, host="127.0.0.1", port=int(sys.argv[1]))
"""


async def _status(session: aiohttp.ClientSession, url: str) -> int:
    try:
        async with session.get(url) as response:
            return response.status
    except aiohttp.ClientConnectionError:
        return 0


async def test_sigterm_flips_readiness_and_finishes_what_is_in_flight() -> None:
    """Breaks when a rolling restart loses a request."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SLOW_APP, str(port))
    url = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as session, asyncio.timeout(20):
        while await _status(session, f"{url}/readyz") != 200:
            await asyncio.sleep(0.05)
        in_flight = asyncio.create_task(_status(session, f"{url}/slow"))
        await asyncio.sleep(0.1)

        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.2)

        assert await _status(session, f"{url}/readyz") == 503
        assert await in_flight == 200
        assert await process.wait() == 0
