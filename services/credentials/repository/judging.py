"""Who does the long work of verification: processes of their own, or threads of this one.

What strangers wrote may be made to take for ever, in code that no thread can be taken out of. A
process can: it is ended, and the next one takes its place.
"""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TypeVar

import msgspec

from services.credentials.contract import Check
from services.credentials.domain.fetched import Unresolved
from services.credentials.domain.shape import Presented
from services.credentials.domain.verification import Findings, StatusList, examine, read_list
from services.credentials.repository import judge
from services.kit.errors import Invalid, Unavailable
from services.kit.records import Json

T = TypeVar("T")

SECONDS = 3.0
"""For the checks of one badge, which take a few milliseconds."""
START_SECONDS = 60.0
"""For a process to get ready."""
_BROKEN = (TimeoutError, OSError, EOFError, msgspec.DecodeError)
"""How the end of a process, or of its time, shows."""
TOO_LONG = "Its signature takes longer to check than any badge needs: it may have been made to."


class Threads:
    """A Judge whose work runs in threads of this process."""

    async def examine(self, presented: Presented, findings: Findings) -> tuple[Check, ...]:
        """Return the outcomes of the checks that need no status list."""
        return await asyncio.to_thread(examine, presented, findings)

    async def read_list(self, value: Json, address: str, findings: Findings) -> StatusList:
        """Return a status list that holds; Invalid when it does not."""
        return await asyncio.to_thread(read_list, value, address, findings)

    async def ready(self) -> None:
        """Do nothing: threads are ready."""

    async def stop(self) -> None:
        """Do nothing: threads end by themselves."""


class Processes:
    """A Judge whose work runs in processes, each started at the first need of it."""

    def __init__(
        self,
        count: int,
        *,
        seconds: float = SECONDS,
        command: Sequence[str] = (sys.executable, "-m", judge.__name__),
    ) -> None:
        """Keep how many processes there may be, and how long each piece of work may take."""
        self._processes = [_Process(command, seconds) for _ in range(count)]
        self._idle: asyncio.LifoQueue[_Process] = asyncio.LifoQueue()
        for process in reversed(self._processes):  # the first one, that `ready` starts, on top
            self._idle.put_nowait(process)

    async def examine(self, presented: Presented, findings: Findings) -> tuple[Check, ...]:
        """Return the outcomes of the checks that need no status list; Invalid when too long."""
        asked = judge.Examine(presented=presented, known=_known(findings))
        return (await self._ask(asked, judge.Examined)).checks

    async def read_list(self, value: Json, address: str, findings: Findings) -> StatusList:
        """Return a status list that holds; Invalid when it does not, or takes too long."""
        asked = judge.ReadList(value=value, address=address, known=_known(findings))
        return (await self._ask(asked, judge.Listed)).found

    async def ready(self) -> None:
        """Return once there is a process to ask; Unavailable when none starts."""
        await self._processes[0].ready()

    async def stop(self) -> None:
        """End all processes."""
        for process in self._processes:
            await process.end()

    async def _ask(self, asked: judge.Asked, kind: type[T]) -> T:
        process = await self._idle.get()
        try:
            answer = await process.ask(asked)
        finally:
            self._idle.put_nowait(process)
        if isinstance(answer, judge.Refused):
            raise Invalid(answer.message)
        assert isinstance(answer, kind)
        return answer


class _Process:
    """One process, asked one thing at a time."""

    def __init__(self, command: Sequence[str], seconds: float) -> None:
        self._command = command
        self._seconds = seconds
        self._running: asyncio.Future[asyncio.subprocess.Process] | None = None

    async def ready(self) -> asyncio.subprocess.Process:
        """Return the process once it answers; who gives up waiting does not stop it."""
        if self._running is None or self._running.cancelled():
            self._running = asyncio.ensure_future(self._start())
        try:
            return await asyncio.shield(self._running)
        except _BROKEN as error:
            self._running = None
            raise Unavailable("Badges cannot be checked at the moment.") from error

    async def ask(self, asked: judge.Asked) -> judge.Answer:
        """Return the answer; Invalid when it takes too long, and then the process is ended."""
        frame, process = judge.ENCODER.encode(asked), await self.ready()
        try:
            async with asyncio.timeout(self._seconds):
                assert process.stdin is not None
                process.stdin.write(judge.head(frame) + frame)
                return judge.ANSWERS.decode(await _frame(process))
        except BaseException as error:
            await self.end()  # half an answer in the pipe would be taken for the next one's
            if isinstance(error, _BROKEN):
                raise Invalid(TOO_LONG) from error
            raise

    async def end(self) -> None:
        """End the process, if there is one."""
        running, self._running = self._running, None
        if running is None:
            return
        running.cancel()  # does nothing to one that runs already
        await asyncio.wait([running])
        if not running.cancelled() and running.exception() is None:
            await _end(running.result())

    async def _start(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(START_SECONDS):
                await _frame(process)
        except BaseException:
            await _end(process)
            raise
        return process


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):  # it ended by itself in this very moment
            process.kill()
        await asyncio.shield(process.wait())


async def _frame(process: asyncio.subprocess.Process) -> bytes:
    """Return the next frame that a process writes."""
    assert process.stdout is not None
    size = judge.size_of(await process.stdout.readexactly(judge.HEAD_BYTES))
    return await process.stdout.readexactly(size)


def _known(findings: Findings) -> judge.Known:
    documents = findings.documents
    return judge.Known(
        now=findings.now,
        documents={k: v for k, v in documents.items() if not isinstance(v, Unresolved)},
        unresolved={k: v for k, v in documents.items() if isinstance(v, Unresolved)},
        own=findings.own,
    )
