"""What a million credentials cost in status lists: places, sizes, and how soon a change shows.

Run: python -m tests.bench.status_lists [CREDENTIALS]   (an embedded mongod of its own)

Places are taken in blocks of a thousand, as an issue in bulk takes them, and each is checked to be
nobody else's. Then a share of the credentials is revoked at once, and some one at a time while a
reader fetches the list as a verifier does, holding each copy for as long as it may.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
from starlette.applications import Starlette

from morsel.mongod import Mongod
from services.credentials.domain import statuslist
from services.credentials.domain.records import StatusPlace
from services.kit.health import Server
from services.kit.mongo import Mongo
from tests.support.issuing import ORIGIN, World

BLOCK = 1000
REVOKED_SHARE = 0.01
TIMES = 12


async def take(world: World, total: int) -> list[StatusPlace]:
    """Take places for so many credentials."""
    account = await world.service.issuers.ensure("morsel-academy")
    start, cpu = time.perf_counter(), time.process_time()
    places: list[StatusPlace] = []
    for done in range(0, total, BLOCK):
        places += await world.service.lists.take_places(account, min(BLOCK, total - done))
    wall, busy = time.perf_counter() - start, time.process_time() - cpu
    different = len({(place.list_id, place.index) for place in places})
    lists = len({place.list_id for place in places})
    print(f"{total} places, {different} different, in {lists} lists of {statuslist.SIZE}")
    print(f"  {wall:.1f} s, {busy / total * 1e6:.1f} us of this process each")
    return places


async def revoke_many(world: World, places: list[StatusPlace]) -> None:
    """Revoke some of every list at once."""
    some = random.Random(1).sample(places, max(1, round(len(places) * REVOKED_SHARE)))  # noqa: S311 - a repeatable choice
    start = time.perf_counter()
    await world.service.lists.flag([(place, True) for place in some])
    wall = time.perf_counter() - start
    print(f"{len(some)} revoked in one call: {wall:.2f} s until the last list is signed")
    for list_id in sorted({place.list_id for place in places}):
        found = await world.service.credentials.status_list(list_id)
        bits = sum(byte.bit_count() for byte in found.bits)
        print(f"  list {list_id[:8]}: {bits} bits, {len(found.signed)} bytes as signed")


async def watch(world: World, places: list[StatusPlace]) -> None:
    """Tell how long after the call a verifier that caches as it may has seen a revocation."""
    server = Server(
        Starlette(routes=world.service.routes), host="127.0.0.1", port=0, lifespan="off"
    )
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    called, seen = [], []
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        for place in places[-TIMES:]:
            reader = asyncio.create_task(_seen(session, place))
            await asyncio.sleep(random.Random(place.index).random())  # noqa: S311 - anywhere in the reader's second
            start = time.perf_counter()
            await world.service.lists.flag([(place, True)])
            called.append(time.perf_counter() - start)
            seen.append(await reader - start)
    server.should_exit = True
    await task
    for name, times in (("the call", called), ("a verifier that caches", seen)):
        print(f"{name}: median {statistics.median(times):.2f} s, longest {max(times):.2f} s")


async def _seen(session: aiohttp.ClientSession, place: StatusPlace) -> float:
    """Return when a bit shows to who fetches a list anew when the copy's time is over."""
    while True:
        async with session.get(place.list_url.removeprefix(ORIGIN)) as answer:
            listed = await answer.json(content_type=None)
        _, bits = statuslist.read(listed)
        if statuslist.is_set(bits, place.index):
            return time.perf_counter()
        await asyncio.sleep(statuslist.TTL_SECONDS)


async def bench(folder: Path, total: int) -> None:
    """Run all of it on one database."""
    async with Mongod(folder) as mongod:
        await _bench(mongod.uri, total)


async def _bench(uri: str, total: int) -> None:
    mongo = Mongo(uri, app_name="bench")
    world = World(mongo, uri)
    await world.service.prepare()
    places = await take(world, total)
    await revoke_many(world, places[:-TIMES])
    await watch(world, places)
    await world.database.drop()
    await mongo.close()


def main() -> None:
    """Read how many credentials, and bench."""
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(bench(Path(folder), total))


if __name__ == "__main__":
    main()
