"""`morsel serve`: four processes that know each other by their keys alone answer as one."""

import asyncio
import os
import sys
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from morsel.course_package import import_package, pack
from services.content.contract import AuthoringApi
from services.kit.identity import Identity, public_key
from services.kit.rpc import Peer, connect
from tests.support.running import ROOT, free_port

DEMO = ROOT / "services" / "content" / "demo" / "spot-phishing"
SERVICES = ("content", "progress", "credentials", "gateway")
CATALOGUE = "{ catalog { nodes { slug achievement { name } } } }"


def _secret() -> str:
    return urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()


@dataclass
class Cluster:
    """The four processes: where each is, and who may call whom."""

    urls: dict[str, str]
    keys: dict[str, str]

    def identity(self, name: str) -> Identity:
        """Return the identity of one of them, for a test that calls as it."""
        return Identity(name, internal_key=self.keys[name])


@asynccontextmanager
async def _process(service: str, port: int, env: dict[str, str]) -> AsyncIterator[None]:
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
        yield
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


async def _post(url: str, query: str) -> Any:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/graphql", json={"query": query}) as response,
    ):
        return await response.json()


async def _courses_with_award(cluster: Cluster) -> list[str]:
    answer = await _post(cluster.urls["gateway"], CATALOGUE)
    nodes = answer["data"]["catalog"]["nodes"]
    return [node["slug"] for node in nodes if node["achievement"] is not None]


@pytest.fixture
async def cluster(mongo_uri: str, tmp_path: Path) -> AsyncIterator[Cluster]:
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
    async with AsyncExitStack() as stack:
        for service, port in ports.items():
            database = f"{tmp_path.name[:20]}_{os.getpid()}_{service}"
            env = {**shared, "MORSEL_INTERNAL_KEY": keys[service], "MORSEL_DATABASE": database}
            await stack.enter_async_context(_process(service, port, env))
        yield Cluster(urls, keys)


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
