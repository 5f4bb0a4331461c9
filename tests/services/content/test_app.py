"""The content service as a process of its own, over real HTTP."""

import asyncio
import socket
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import suppress

import aiohttp
import pytest
import uvicorn

from services.content.app import create_app
from services.content.contract import AuthoringApi, CatalogApi, CatalogQuery, MarkingApi
from services.content.settings import Settings
from services.kit.errors import Forbidden
from services.kit.identity import Identity, public_key
from services.kit.mongo import Mongo
from services.kit.records import Actor, FeedApi, PageArgs
from services.kit.rpc import Peer, connect
from tests.services.content.samples import folder, package

OURS = urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
THEIRS = urlsafe_b64encode(bytes(range(32, 64))).decode().rstrip("=")


@pytest.fixture
async def address(mongo: Mongo, mongo_uri: str) -> AsyncIterator[str]:
    """A served process, and where it answers."""
    settings = Settings(
        mongo_uri=mongo_uri,
        public_url="http://localhost",
        database="test_content_process",
        internal_key=OURS,
        internal_peers=f"gateway:{public_key(THEIRS)}",
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_config=None))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await task
    await mongo.database("test_content_process").drop()


@pytest.fixture
async def peer(address: str) -> AsyncIterator[Peer]:
    """The gateway's line to it."""
    line = Peer("content", address, identity=Identity("gateway", internal_key=THEIRS))
    yield line
    await line.close()


async def test_every_door_answers_over_the_wire(peer: Peer, author: Actor) -> None:
    """Records survive the trip: what was imported is found, marked for, and announced."""
    files = folder("---\ntitle: L\n---\n## Q\n= 4\n")
    authoring = connect(AuthoringApi, peer)
    result = await authoring.import_course(author, package(files))
    assert result.course is not None
    page = await connect(CatalogApi, peer).catalog(CatalogQuery(search="sums"))
    assert page.nodes == (result.course,)
    facts = await connect(MarkingApi, peer).facts((result.course.version_id or "",))
    assert facts[0] is not None
    assert facts[0].course_id == result.course.id
    (entry,) = await connect(FeedApi, peer).claim("progress", limit=5, wait=0)
    assert entry.data["courseId"] == result.course.id
    with pytest.raises(Forbidden):
        await authoring.authored_courses(Actor(subject="lrn_x"), PageArgs())


async def test_public_and_health_routes_need_no_token_and_calls_do(address: str) -> None:
    """Probes and phones come without; nobody else's call gets in."""
    asked = [
        ("GET", "/livez", 200),
        ("GET", "/readyz", 200),
        ("GET", "/media/x", 404),
        ("POST", "/rpc/CatalogApi/catalog", 401),
    ]
    async with aiohttp.ClientSession(address) as session:
        for method, path, status in asked:
            async with session.request(method, path) as response:
                await response.read()
                assert (path, response.status) == (path, status)
