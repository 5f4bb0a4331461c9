"""`morsel up --split`: four processes that start, end and fail as one."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.running import System

NAMES = ("content", "progress", "credentials", "gateway")


def children(pid: int) -> dict[str, int]:
    """Return the four processes that a process started, by name."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
        words = Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8").split("\0")
        if "serve" in words:
            found[words[words.index("serve") + 1]] = int(child)
    return found


def runs(pid: int) -> bool:
    """Return whether a process is there."""
    return Path(f"/proc/{pid}").exists()


async def gone(pids: dict[str, int]) -> bool:
    """Return whether all ended within five seconds."""
    for _ in range(250):
        if not any(runs(pid) for pid in pids.values()):
            return True
        await asyncio.sleep(0.02)
    return False


@asynccontextmanager
async def split(data: Path) -> AsyncIterator[System]:
    """A system in four processes, which may have ended by itself."""
    system = System(data, options=("--split",))
    await system.start()
    try:
        yield system
    finally:
        if runs(system.pid):
            await system.kill()


@pytest.mark.slow
async def test_one_that_dies_ends_all_with_a_sentence(tmp_path: Path) -> None:
    """Breaks when three of four go on, or one comes back as if nothing had happened."""
    async with split(tmp_path / "data") as system:
        started = children(system.pid)
        os.kill(started["progress"], signal.SIGKILL)
        code = await system.ended()

    last = system.log.read_text(encoding="utf-8").splitlines()[-1]
    assert sorted(started) == sorted(NAMES)
    assert code == 1
    assert last == (
        "morsel: The progress process ended with signal SIGKILL, so all were stopped; "
        "what it said last stands above."
    )
    assert await gone(started)


@pytest.mark.slow
async def test_a_life_of_two_starts(tmp_path: Path) -> None:
    """Breaks when Ctrl-C or `kill -9` leaves a process behind, or hinders the next start."""
    async with split(tmp_path / "data") as first:
        started = children(first.pid)
        await first.kill()
        assert await gone(started)
    async with split(tmp_path / "data") as second:
        again = children(second.pid)
        await second.stop()

    assert sorted(again) == sorted(NAMES)
    assert await gone(again)
