"""Worker processes that encode pictures: few, limited, and replaced when one hangs or dies."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec

from services.content.domain.pictures import Rendition, StoredPicture
from services.content.media.jobs import LENGTH_BYTES, Done, Job, Refused, frame
from services.kit.errors import BY_CODE, LimitReached, Unavailable

PROGRAM = "services.content.media.worker"
ROOT = Path(__file__).resolve().parents[3]
MAX_WAITING = 32
"""Pictures that may wait for a worker; who comes then is asked to come again."""
MAX_ANSWER_BYTES = 64 * 1024 * 1024
AGAIN = "The picture could not be encoded just now: try again."
BUSY = "Many pictures are being encoded at the moment: try again in a minute."


class Encoders:
    """The PictureEncoder: a pool of processes, each started when it is first needed."""

    def __init__(self, *, workers: int, megabytes: int, seconds: int) -> None:
        """Keep how many there may be, and what each may use for one picture."""
        self._turns = asyncio.Semaphore(workers)
        self._waiting = 0
        self._idle: list[Process] = []
        self._arguments = (str(megabytes), str(seconds))
        self._seconds = seconds

    async def encode(
        self, data: bytes, *, name: str
    ) -> tuple[StoredPicture, tuple[Rendition, ...]]:
        """Return a picture's renditions; Invalid, LimitReached, or Unavailable: then try again."""
        job = frame(msgspec.msgpack.encode(Job(name=name, data=data)))
        async with self._turn(), self._worker() as worker:
            try:
                async with asyncio.timeout(self._seconds):
                    answer = await _ask(worker, job)
            except TimeoutError as error:
                raise LimitReached(
                    f"{name}: the picture takes too long to read: save it anew, or smaller.",
                    path=(name,),
                ) from error
            except (asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError) as error:
                raise Unavailable(AGAIN) from error
        if isinstance(answer, Refused):
            raise BY_CODE[answer.code](answer.message, path=answer.path)
        return answer.stored, answer.renditions

    async def close(self) -> None:
        """End the processes that wait for work."""
        for worker in self._idle:
            await _end(worker)
        self._idle.clear()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for one of the few turns; Unavailable when too many wait."""
        if self._waiting >= MAX_WAITING:
            raise Unavailable(BUSY)
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()

    @asynccontextmanager
    async def _worker(self) -> AsyncIterator[Process]:
        """Lend a process; one whose work did not end in an answer is killed."""
        self._idle = [worker for worker in self._idle if worker.returncode is None]
        worker = self._idle.pop() if self._idle else await self._start()
        try:
            yield worker
        except BaseException:
            await asyncio.shield(_end(worker))
            raise
        self._idle.append(worker)

    async def _start(self) -> Process:
        """Start a process that knows nothing of this one: no environment, no secrets."""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            PROGRAM,
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            cwd=ROOT,
            env={},
        )


async def _ask(worker: Process, job: bytes) -> Done | Refused:
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(job)
    await worker.stdin.drain()
    length = int.from_bytes(await worker.stdout.readexactly(LENGTH_BYTES))
    answer = await worker.stdout.readexactly(min(length, MAX_ANSWER_BYTES))
    return msgspec.msgpack.decode(answer, type=Done | Refused)


async def _end(worker: Process) -> None:
    with suppress(ProcessLookupError):
        worker.kill()
    await worker.communicate()
