"""The embedded mongod: found, started, never left behind."""

import asyncio
import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from morsel.mongod import Mongod, MongodError, find_mongod
from services.kit.mongo import Mongo


def _alive(pid: int) -> bool:
    """Return whether a process runs; one that ended and waits for its parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


async def _ends(pid: int) -> bool:
    for _ in range(250):
        if not _alive(pid):
            return True
        await asyncio.sleep(0.02)
    return False


async def _count(uri: str, *, insert: bool) -> int:
    mongo = Mongo(uri, app_name="test")
    things = mongo.database("test").truth("things")
    if insert:
        await things.insert_one({})
    count = await things.count({})
    await mongo.close()
    return count


async def test_it_keeps_what_was_written(tmp_path: Path) -> None:
    """Breaks when a start on another port is not writable or has lost the first one's data."""
    counts = []
    for _ in range(2):
        async with Mongod(tmp_path) as mongod:
            counts.append(await _count(mongod.uri, insert=True))

    assert counts == [1, 2]
    assert not (tmp_path / "mongod.pid").exists()


CHILD = """
import asyncio, sys
from pathlib import Path
from morsel.mongod import Mongod

async def main():
    mongod = Mongod(Path(sys.argv[1]))
    await mongod.start()
    print(mongod.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_it_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """Breaks when `kill -9` of `morsel up` leaves a mongod behind."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    assert _alive(pid)

    parent.kill()
    await parent.wait()

    assert await _ends(pid)
    async with Mongod(tmp_path) as mongod:
        assert await _count(mongod.uri, insert=True) == 1


async def test_one_left_over_is_ended_by_the_next_start(tmp_path: Path) -> None:
    """Breaks when a mongod that outlived its parent stops the next start."""
    (tmp_path / "db").mkdir()
    left_over = await asyncio.create_subprocess_exec(
        *[str(find_mongod()), "--dbpath", str(tmp_path / "db"), "--port", "0", "--nounixsocket"],
        stdout=asyncio.subprocess.DEVNULL,
    )
    (tmp_path / "mongod.pid").write_text(str(left_over.pid), encoding="ascii")

    async with Mongod(tmp_path) as mongod:
        assert await _count(mongod.uri, insert=True) == 1

    async with asyncio.timeout(1):
        await left_over.wait()


async def test_a_stranger_with_that_process_id_is_left_alone(tmp_path: Path) -> None:
    """Breaks when a process id that was used again costs another program its life."""
    stranger = await asyncio.create_subprocess_exec("sleep", "60")
    (tmp_path / "mongod.pid").write_text(str(stranger.pid), encoding="ascii")

    async with Mongod(tmp_path):
        assert _alive(stranger.pid)

    stranger.send_signal(signal.SIGTERM)
    await stranger.wait()


def _script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


async def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when a bare machine gets a loader's riddle instead of what to install."""
    loader = "mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object"
    monkeypatch.setenv(
        "MORSEL_MONGOD", str(_script(tmp_path / "m", f"echo '{loader}' >&2; exit 127"))
    )

    with pytest.raises(MongodError, match=r"libcurl4 and OpenSSL 3, and libcurl\.so\.4 is missing"):
        await Mongod(tmp_path / "data").start()


async def test_another_failure_shows_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks when a mongod that gives up does so without a word."""
    monkeypatch.setenv("MORSEL_MONGOD", str(_script(tmp_path / "m", "echo disk is full; exit 1")))

    with pytest.raises(MongodError, match="disk is full"):
        await Mongod(tmp_path / "data").start()


def test_it_is_looked_for_in_order(tmp_path: Path) -> None:
    """Breaks when a named mongod is not taken, or one on PATH is passed over for the wheel's."""
    named = _script(tmp_path / "named", "exit 0")
    on_path = _script(tmp_path / "mongod", "exit 0")

    assert find_mongod({"MORSEL_MONGOD": str(named), "PATH": str(tmp_path)}) == named
    assert find_mongod({"PATH": str(tmp_path)}) == on_path
    assert os.access(find_mongod({"PATH": ""}), os.X_OK)


def test_a_wrong_name_is_said(tmp_path: Path) -> None:
    """Breaks when a typing error in MORSEL_MONGOD falls back to another mongod silently."""
    with pytest.raises(MongodError, match="MORSEL_MONGOD names"):
        find_mongod({"MORSEL_MONGOD": str(tmp_path / "nothing")})
