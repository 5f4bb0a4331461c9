"""A whole system in a process of its own, as `make up` starts it.

And a client that speaks plain HTTP to it.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from morsel.child import die_with

ROOT = Path(__file__).parents[2]
START_SECONDS = 180
"""On a machine that is busy with much else; a test that hangs ends all the same."""
STOP_SECONDS = 60


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class System:
    """`morsel up` on a port and a data folder; may be killed and started again.

    `options` are more of the command's own, such as --split.
    """

    def __init__(
        self, data: Path, *, mongo_uri: str | None = None, options: tuple[str, ...] = ()
    ) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = data.with_name(f"{data.name}.log")
        self._options = (*options, *(("--mongo", mongo_uri) if mongo_uri else ()))
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start, and return when it answers."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *["-m", "morsel", "up", "--port", str(self.port), "--data", str(self.data)],
                *self._options,
                cwd=ROOT,
                env=os.environ,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=log,
                preexec_fn=partial(die_with, os.getpid(), signal.SIGTERM),  # a failed test stops it
            )
        async with aiohttp.ClientSession() as session, asyncio.timeout(START_SECONDS):
            while not await _answers(session, f"{self.url}/readyz"):
                if self._process.returncode is not None:
                    said = self.log.read_text(encoding="utf-8")[-2000:]
                    raise RuntimeError(f"morsel up ended with {self._process.returncode}:\n{said}")
                await asyncio.sleep(0.05)

    @property
    def pid(self) -> int:
        """Return its process id."""
        assert self._process is not None
        return self._process.pid

    async def ended(self) -> int:
        """Wait until it ends by itself, and return its exit code."""
        assert self._process is not None
        async with asyncio.timeout(STOP_SECONDS):
            return await self._process.wait()

    async def kill(self) -> None:
        """End it the hard way, as an outage would."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """End it as Ctrl-C does."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
            async with asyncio.timeout(STOP_SECONDS):
                assert await self._process.wait() == 0

    async def token(self, subject: str, *more: str) -> str:
        """Return a bearer token of the development issuer, from the command line."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *["-m", "morsel", "token", "--subject", subject, "--data", str(self.data), *more],
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
        assert process.returncode == 0
        return out.decode().strip()


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


class Client:
    """GraphQL over plain HTTP, as an app would speak it."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str | None = None) -> None:
        self._session = session
        self.url = url
        self.token = token

    def signed_in(self, token: str) -> "Client":
        """Return the same client with a token."""
        return Client(self._session, self.url, token)

    async def run(self, document: str, **variables: Any) -> dict[str, Any]:
        """Return the data of an operation; errors fail the test."""
        answer = await self.post(document, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def post(self, document: str, **variables: Any) -> dict[str, Any]:
        """Return the whole answer of an operation."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        body = {"query": document, "variables": variables}
        async with self._session.post(
            f"{self.url}/graphql", json=body, headers=headers
        ) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
            return answer

    async def get(self, url: str) -> tuple[int, str, bytes]:
        """Return status, media type and body of an address."""
        async with self._session.get(url) as response:
            return response.status, response.content_type, await response.read()


@asynccontextmanager
async def client(url: str) -> AsyncIterator[Client]:
    """Open a client, and close it."""
    async with aiohttp.ClientSession() as session:
        yield Client(session, url)
