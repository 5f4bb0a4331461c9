"""Files in chunks: whole or not there, read from any place, on both drivers."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.kit.errors import NotFound, Unavailable
from services.kit.mongo import Database, Driver, Mongo
from services.kit.mongo.files import WINDOW

CHUNK = 255 * 1024
DATA = bytes(range(256)) * 1024 * (WINDOW + 2)


async def parts(data: bytes, *, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, len(DATA)])
async def test_a_file_comes_back_as_it_was_written(database: Database, size: int) -> None:
    """Breaks when a chunk's border loses or doubles a byte."""
    files = database.files("files")

    assert await files.write("one", parts(DATA[:size])) == size

    assert await files.whole("one") == DATA[:size]


@pytest.mark.parametrize(
    "first,size",
    [(0, 1), (CHUNK - 1, 2), (CHUNK, CHUNK), (5, WINDOW * CHUNK), (len(DATA) - 1, 9)],
)
async def test_any_stretch_of_it_is_read(database: Database, first: int, size: int) -> None:
    """Breaks when a download goes on at another place than it was told."""
    files = database.files("files")
    await files.write("one", parts(DATA))

    read = [part async for part in files.read("one", first=first, size=size)]

    assert b"".join(read) == DATA[first : first + size]
    assert max(map(len, read)) <= CHUNK


async def test_what_fails_or_is_cut_off_leaves_nothing(database: Database) -> None:
    """Breaks when half a file can be read, or its chunks stay behind for ever."""
    files = database.files("files")

    async def broken() -> AsyncIterator[bytes]:
        yield DATA
        raise ConnectionResetError

    async def endless() -> AsyncIterator[bytes]:
        yield DATA
        await asyncio.sleep(60)

    with pytest.raises(ConnectionResetError):
        await files.write("one", broken())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(files.write("two", endless()), 0.5)

    with pytest.raises(NotFound):
        await files.whole("one")
    with pytest.raises(NotFound):
        await files.whole("two")
    assert await database.truth("files.chunks").count({}) == 0


async def test_a_deleted_file_is_gone_with_its_chunks(database: Database) -> None:
    """Breaks when a sweep leaves chunks, or fails on what another sweep removed."""
    files = database.files("files")
    await files.write("one", parts(DATA))

    await files.delete("one")
    await files.delete("one")

    assert await database.truth("files.chunks").count({}) == 0


@pytest.mark.usefixtures("_swept")
async def test_a_database_that_is_away_is_unavailable(driver: Driver) -> None:
    """Breaks when an error of the driver's files reaches a use-case."""
    mongo = Mongo(
        "mongodb://127.0.0.1:9/?replicaSet=rs0", app_name="test", driver=driver, timeout_ms=100
    )
    files = mongo.database("test").files("files")

    with pytest.raises(Unavailable, match="write a file"):
        await files.write("one", parts(DATA))
    with pytest.raises(Unavailable):
        await files.whole("one")
    with pytest.raises(Unavailable, match="delete a file"):
        await files.delete("one")
    await mongo.close()


def test_files_are_wired_before_a_loop_runs(mongo_uri: str, driver: Driver) -> None:
    """Breaks when a process of its own ends at its start: it is wired first, and then runs."""
    mongo = Mongo(mongo_uri, app_name="wired early", driver=driver)
    database = mongo.database(f"test_early_{driver}")
    files = database.files("files")

    async def use() -> bytes:
        await files.write("one", parts(b"abc"))
        whole = await files.whole("one")
        await files.delete("one")
        await database.drop()
        await mongo.close()
        return whole

    with asyncio.Runner() as runner:
        assert runner.run(use()) == b"abc"
