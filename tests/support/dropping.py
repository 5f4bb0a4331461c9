"""A TCP proxy before a mongod that loses replies: what was written stays, nobody hears of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

APPEND = b"\x02insert\x00\x04\x00\x00\x00log\x00"
"""What an insert into the log says on the wire, in BSON."""


class Dropping:
    """Passes bytes on; while `drops` is above 0 it hangs up instead of answering an append."""

    def __init__(self, target: int) -> None:
        self.target = target
        """The port of the mongod; may change, as when it is started again elsewhere."""
        self.drops = 0
        self.dropped = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def uri(self) -> str:
        """Where to connect; direct, for a replica set would name the mongod itself."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return f"mongodb://127.0.0.1:{port}/?directConnection=true"

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        """Hang up on everybody."""
        assert self._server is not None
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(OSError):
                await self._pass(reader, writer)
        except asyncio.CancelledError:
            pass  # stopped; the stream's own callback takes a cancelled task for a failure
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on both ways until one side ends, or a reply is to be lost."""
        back, forth = await asyncio.open_connection("127.0.0.1", self.target)
        losing = asyncio.Event()
        ways = [
            asyncio.create_task(self._forth(reader, forth, losing)),
            asyncio.create_task(self._back(back, writer, losing)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            forth.close()

    async def _forth(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, losing: asyncio.Event
    ) -> None:
        while data := await reader.read(1 << 16):
            if self.drops and APPEND in data:
                self.drops -= 1
                losing.set()
            writer.write(data)
            await writer.drain()

    async def _back(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, losing: asyncio.Event
    ) -> None:
        while data := await reader.read(1 << 16):
            if losing.is_set():
                self.dropped += 1
                return
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def dropping(target: int) -> AsyncIterator[Dropping]:
    """Open a proxy before the mongod on a port, and close it."""
    proxy = Dropping(target)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
