"""A reference phone in a process of its own, which may be killed and switched on again."""

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LONGEST_LINE = 16 * 1024 * 1024
DONE_SECONDS = 60


class Failed(Exception):
    """What a phone could not do, as it says itself."""


class Handset:
    """Runs driver.ts; what it keeps is in a file that outlives the process."""

    def __init__(self, node: Path, url: str, file: Path, *, locale: str = "en") -> None:
        self._node = node
        self._url = url
        self._file = file
        self._locale = locale
        self._ahead = 0
        self._process: Process | None = None

    async def switch_on(self, *, ahead_ms: int = 0) -> None:
        """Start the app, with its clock that far ahead."""
        self._ahead = ahead_ms
        self._process = await asyncio.create_subprocess_exec(
            str(self._node),
            *[str(HERE / "driver.ts"), self._url, str(self._file), self._locale, str(ahead_ms)],
            stdin=PIPE,
            stdout=PIPE,
            limit=LONGEST_LINE,
        )

    async def kill(self) -> None:
        """End the app as a phone does that runs out of power."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def restart(self) -> None:
        """Kill the app and start it again."""
        await self.kill()
        await self.switch_on(ahead_ms=self._ahead)

    async def mend_clock(self) -> None:
        """Set the clock right."""
        self._ahead = 0
        await self.do("clock", 0)

    async def do(self, word: str, *args: Any) -> Any:
        """Return what a method of the phone answers; Failed where it fails."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": word, "args": args}).encode() + b"\n")
        async with asyncio.timeout(DONE_SECONDS):
            answer = json.loads(await self._process.stdout.readline())
        if "failed" in answer:
            raise Failed(answer["failed"])
        return answer["done"]
