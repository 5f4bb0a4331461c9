"""`morsel serve`: four processes that know each other by their keys alone answer as one.

The tests share the processes, and the last one stops them.
"""

import asyncio
import os
import sys
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from morsel.course_package import import_package, pack
from services.content.contract import AuthoringApi
from services.kit.identity import Identity, public_key
from services.kit.rpc import Peer, connect
from tests.support.learner import START_GUEST
from tests.support.running import ROOT, free_port

DEMO = ROOT / "services" / "content" / "demo" / "spot-phishing"
SERVICES = ("content", "progress", "credentials", "gateway")
CATALOGUE = "{ catalog { nodes { slug achievement { name } } } }"
EVERYBODY = """
{ catalog { nodes { achievement { id } } } viewer { id enrolments { totalCount } } }
"""


def _secret() -> str:
    return urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()


@dataclass
class Cluster:
    """The four processes: where each is, and who may call whom."""

    urls: dict[str, str]
    keys: dict[str, str]
    processes: dict[str, asyncio.subprocess.Process]

    def identity(self, name: str) -> Identity:
        """Return the identity of one of them, for a test that calls as it."""
        return Identity(name, internal_key=self.keys[name])


@asynccontextmanager
async def _process(
    service: str, port: int, env: dict[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run one process until it is ready, and then until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "morsel", "serve", service],
        cwd=ROOT,
        env={**os.environ, **env, "MORSEL_PORT": str(port), "MORSEL_HOST": "127.0.0.1"},
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as session, asyncio.timeout(30):
            while await _status(session, f"http://127.0.0.1:{port}/readyz") != 200:
                assert process.returncode is None
                await asyncio.sleep(0.1)
        yield process
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(10):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()


async def _status(session: aiohttp.ClientSession, url: str) -> int:
    try:
        async with session.get(url) as response:
            return response.status
    except aiohttp.ClientConnectionError:
        return 0


async def _post(url: str, query: str, **variables: Any) -> Any:
    body = {"query": query, "variables": variables}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/graphql", json=body) as response,
    ):
        return await response.json()


async def _courses_with_award(cluster: Cluster) -> list[str]:
    answer = await _post(cluster.urls["gateway"], CATALOGUE)
    nodes = answer["data"]["catalog"]["nodes"]
    return [node["slug"] for node in nodes if node["achievement"] is not None]


@pytest.fixture(scope="module")
async def cluster(
    mongo_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cluster]:
    """Four processes on databases of their own, each told its settings as on a cluster."""
    ports = {service: free_port() for service in SERVICES}
    urls = {service: f"http://127.0.0.1:{port}" for service, port in ports.items()}
    keys = {service: _secret() for service in SERVICES}
    peers = ",".join(f"{service}:{public_key(key)}" for service, key in keys.items())
    shared = {
        "MORSEL_MONGO_URI": mongo_uri,
        "MORSEL_PUBLIC_URL": urls["gateway"],
        "MORSEL_INTERNAL_PEERS": peers,
        "MORSEL_ALLOW_AD_HOC": "true",
        **{f"MORSEL_{service.upper()}_URL": url for service, url in urls.items()},
        **{f"MORSEL_{name.upper()}": _secret() for name in ("learner_key", "guest_key")},
        **{f"MORSEL_{name.upper()}": _secret() for name in ("cursor_key", "sealing_key")},
    }
    processes = {}
    async with AsyncExitStack() as stack:
        for service, port in ports.items():
            database = f"{tmp_path_factory.mktemp('serve').name}_{os.getpid()}_{service}"
            env = {**shared, "MORSEL_INTERNAL_KEY": keys[service], "MORSEL_DATABASE": database}
            processes[service] = await stack.enter_async_context(_process(service, port, env))
        yield Cluster(urls, keys, processes)


async def test_four_processes_answer_as_one(cluster: Cluster) -> None:
    """Breaks when a process, its settings, its calls of others or its graceful stop do not work."""
    content = Peer("content", cluster.urls["content"], identity=cluster.identity("gateway"))
    authoring = connect(AuthoringApi, content, seconds=20)
    imported = await import_package(authoring, pack(DEMO), organisation="acme", publish=True)
    await content.close()

    async with asyncio.timeout(5):
        while not (courses := await _courses_with_award(cluster)):  # it comes by an event
            await asyncio.sleep(0.1)

    assert imported.problems == ()
    assert courses == ["spot-phishing"]


async def test_every_process_shows_its_metrics(cluster: Cluster) -> None:
    """Breaks when one of them cannot be watched, or does not say what it did."""
    pages = {}
    async with aiohttp.ClientSession() as session:
        for service, url in cluster.urls.items():
            async with session.get(f"{url}/metrics") as response:
                pages[service] = await response.text()

    assert [service for service, page in pages.items() if "morsel_build_info{" not in page] == []
    assert 'morsel_rpc_seconds_count{method="AuthoringApi.import_course"}' in pages["content"]
    assert 'morsel_outbox_dead_letters{collection="courses"} 0.0' in pages["content"]
    assert 'morsel_consumer_entries_total{consumer="credentials"' in pages["credentials"]
    assert "morsel_mongo_pool_wait_seconds_count" in pages["progress"]


async def test_a_driver_that_nobody_knows_stops_the_start(cluster: Cluster) -> None:
    """Breaks when a typing error runs on another driver than was asked for."""
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "morsel", "serve", "progress"],
        cwd=ROOT,
        env={
            **os.environ,
            "MORSEL_MONGO_URI": "mongodb://127.0.0.1:9",
            "MORSEL_PUBLIC_URL": cluster.urls["gateway"],
            "MORSEL_CURSOR_KEY": _secret(),
            "MORSEL_MONGO_DRIVER": "mongoose",
        },
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()

    assert process.returncode == 1
    assert errors.decode() == (
        "MORSEL_MONGO_DRIVER is wrong: Invalid enum value 'mongoose'; "
        "it is motor or pymongo: the library that speaks to MongoDB\n"
    )


PHONES = 6
MOST_REQUESTS = 3_000


class Balancer:
    """What stands before a replica: gives it requests for as long as it says that it is ready."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.ready = True
        self.answers: list[int | str] = []

    async def watch(self, session: aiohttp.ClientSession) -> None:
        """Ask for readiness until it is gone."""
        while self.ready:
            self.ready = await _status(session, f"{self._url}/readyz") == 200
            await asyncio.sleep(0.02)

    async def phone(self, session: aiohttp.ClientSession, body: dict[str, Any]) -> None:
        """Send request after request."""
        while self.ready and len(self.answers) < MOST_REQUESTS:
            try:
                async with session.post(f"{self._url}/graphql", json=body) as response:
                    answer = await response.json()
                    self.answers.append(response.status if "errors" not in answer else str(answer))
            except (aiohttp.ClientError, ValueError) as error:
                self.answers.append(repr(error))


async def test_a_stop_under_load_loses_no_request_that_was_let_in(cluster: Cluster) -> None:
    """Breaks when a rolling restart loses a request of a phone, in the gateway or behind it."""
    # given phones that ask all three services, again and again
    url = cluster.urls["gateway"]
    started = await _post(url, START_GUEST, input={"deviceId": str(uuid4()), "locale": "en"})
    headers = {"Authorization": f"Bearer {started['data']['startGuest']['token']}"}
    balancer = Balancer(url)
    async with aiohttp.ClientSession(headers=headers) as session, asyncio.timeout(20):
        watch = asyncio.create_task(balancer.watch(session))
        body = {"query": EVERYBODY}
        phones = [asyncio.create_task(balancer.phone(session, body)) for _ in range(PHONES)]
        while len(balancer.answers) < 30:
            await asyncio.sleep(0.02)
        # when all four processes are told to stop at once
        for process in cluster.processes.values():
            process.terminate()
        await asyncio.gather(watch, *phones)
    # then whoever was let in was answered, and all end well
    assert {answer: balancer.answers.count(answer) for answer in set(balancer.answers)} == {
        200: len(balancer.answers)
    }
    assert len(balancer.answers) < MOST_REQUESTS
    async with asyncio.timeout(15):
        codes = {name: await process.wait() for name, process in cluster.processes.items()}
    assert codes == dict.fromkeys(SERVICES, 0)
