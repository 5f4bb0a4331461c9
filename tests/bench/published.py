"""What the gateway's memory of published content saves: run as `python -m tests.bench.published`.

Asks for one lesson screen's and one catalogue page's published things over real HTTP calls to
content, with and without the memory, and prints processor time and calls per read.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

from prometheus_client import REGISTRY
from starlette.applications import Starlette

from gateway.published import Published, PublishedReads
from morsel.child import free_port
from services.content.app import build
from services.content.contract import CatalogApi, CatalogQuery
from services.content.settings import Settings
from services.kit.health import Server
from services.kit.identity import Identity, public_key
from services.kit.mongo import Mongo
from services.kit.rpc import Peer, connect, serve
from tests.gateway.conftest import SECRET
from tests.services.content.samples import package
from tests.support.whole import AUTHOR, course_files

Read = Callable[[PublishedReads], Awaitable[object]]


def calls() -> float:
    """Return how many calls content has answered."""
    found = REGISTRY.collect()
    return sum(
        sample.value
        for metric in found
        for sample in metric.samples
        if sample.name == "morsel_rpc_seconds_count" and "moves" not in sample.labels["method"]
    )


async def measure(name: str, read: Read, reads: PublishedReads, count: int) -> float:
    """Print and return the processor time of a read, in microseconds."""
    await read(reads)
    before, began = calls(), time.process_time()
    for _ in range(count):
        await read(reads)
    each = (time.process_time() - began) / count * 1e6
    print(f"{name:32} {each:9.1f} us CPU  {(calls() - before) / count:6.3f} calls")
    return each


async def main(mongo_uri: str, count: int) -> None:
    """Fill a database, and measure."""
    mongo = Mongo(mongo_uri, app_name="bench")
    name = f"bench_{uuid4().hex[:12]}"
    given = Settings(mongo_uri=mongo_uri, public_url="http://localhost:8000", database=name)
    content = build(given, mongo)
    await content.prepare()
    for number in range(20):
        brought = await content.authoring.import_course(
            AUTHOR, package(course_files(f"course-{number}"))
        )
    course = brought.course
    assert course is not None
    [version] = await content.catalog.versions((course.version_id or "",))
    assert version is not None
    lesson = version.modules[0].lessons[0].id
    asking = Identity("gateway", internal_key=SECRET)
    identity = Identity(
        "content", internal_key=SECRET, internal_peers=f"gateway:{public_key(SECRET)}"
    )
    catalog: CatalogApi = content.catalog
    app = Starlette(routes=serve(CatalogApi, catalog, identity=identity))
    port = free_port()
    server = Server(app, host="127.0.0.1", port=port)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    peer = Peer("content", f"http://127.0.0.1:{port}", identity=asking)
    client = connect(CatalogApi, peer, reads=True)
    memory = Published(client)
    await memory.courses(())
    await asyncio.sleep(1)

    async def screen(reads: PublishedReads) -> None:
        await reads.lesson_versions((lesson,))
        await reads.courses((course.id,))

    async def catalogue(reads: PublishedReads) -> None:
        await reads.catalog(CatalogQuery())

    for what, read in (("LessonScreen", screen), ("Catalogue", catalogue)):
        without = await measure(f"{what} without memory", read, client, count)
        held = await measure(f"{what} with memory", read, memory, count)
        print(f"{what}: {without / held:.0f} times less")
    await memory.stop()
    await peer.close()
    server.should_exit = True
    await serving
    await content.stop()
    await mongo.database(name).drop()
    await mongo.close()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("mongo_uri", help="the address of a MongoDB replica set")
    options.add_argument("--count", type=int, default=300, help="reads of each kind")
    told = options.parse_args()
    asyncio.run(main(told.mongo_uri, told.count))
