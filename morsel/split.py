"""`morsel up --split`: the four processes as a cluster runs them, started and stopped as one."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any

import aiohttp

from morsel.child import die_with, free_port
from morsel.data import Data
from morsel.refusal import Refusal
from morsel.seed import seed, seed_cohort
from morsel.system import environment
from services.content.contract import AuthoringApi, CatalogApi, Imported, PathwaysApi
from services.kit.health import READY_PATH
from services.kit.identity import Identity, public_key
from services.kit.mongo import Driver
from services.kit.rpc import Peer, connect
from services.kit.settings import PREFIX
from services.progress.contract import CohortApi

SERVICES = ("content", "progress", "credentials")
READY_SECONDS = 60.0
STOP_SECONDS = 25.0
"""A little more than a process gives to its requests in flight."""
POLL_SECONDS = 0.05
IMPORT_SECONDS = 60.0
LOOPBACK = "127.0.0.1"
ANYWHERE = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 - compared with, not listened on


class Child:
    """One of the processes: `python -m morsel serve NAME`."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, url: str) -> None:
        """Keep which one it is, and where it answers."""
        self.name = name
        self.url = url
        self._process = process

    @classmethod
    async def start(
        cls, name: str, *, env: dict[str, str], url: str, options: Sequence[str] = ()
    ) -> "Child":
        """Start it; it is killed when this process ends without stopping it."""
        parent = os.getpid()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "morsel", "serve", name, *options),
            env={**_without_settings(os.environ), **env},
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the parent alone, which stops it in order
            preexec_fn=lambda: die_with(parent, signal.SIGKILL),
        )
        return cls(name, process, url)

    async def ready(self) -> None:
        """Return when it can be given work; Refusal when it ends before that, or takes too long."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                await _first(self.ended(), self._until_it_answers())
        except TimeoutError as error:
            raise Refusal(f"The {self.name} process is not ready after a minute.") from error

    async def ended(self) -> None:
        """Wait for its end, and raise a Refusal that tells of it."""
        code = await self._process.wait()
        how = f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
        raise Refusal(
            f"The {self.name} process ended with {how}, so all were stopped; "
            "what it said last stands above."
        )

    async def stop(self) -> None:
        """Let it finish what is in flight, and return when it is gone."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _until_it_answers(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                with suppress(aiohttp.ClientError):
                    async with session.get(self.url + READY_PATH) as answer:
                        if answer.status == 200:  # noqa: PLR2004 - the number is the name
                            return
                await asyncio.sleep(POLL_SECONDS)


class Split:
    """The four processes, from `start` to `stop`: the gateway's is the one origin."""

    def __init__(
        self, data: Data, *, mongo_uri: str, public_url: str, host: str, port: int, driver: Driver
    ) -> None:
        """Decide who answers where and who may call whom; nothing starts yet."""
        self._data = data
        self._listen = (host, port)
        self._urls = {name: f"http://{LOOPBACK}:{free_port()}" for name in SERVICES}
        self._urls["gateway"] = f"http://{_reached_at(host)}:{port}"
        self._keys = {name: data.key(f"internal_key_{name}") for name in self._urls}
        peers = [f"{name}:{public_key(key)}" for name, key in self._keys.items()]
        self._env = {
            **environment(data, mongo_uri=mongo_uri, public_url=public_url, driver=driver),
            **{f"MORSEL_{name.upper()}_URL": self._urls[name] for name in SERVICES},
            "MORSEL_INTERNAL_PEERS": ",".join(peers),
        }
        self._children: list[Child] = []
        self.join_code: str | None = None
        """That of the demo cohort, once started."""

    async def start(self) -> list[Imported]:
        """Start all, the gateway last, and return what became of the demo courses."""
        for name in SERVICES:
            port = self._urls[name].rpartition(":")[2]
            await self._add(name, host=LOOPBACK, port=port)
        await asyncio.gather(*(child.ready() for child in self._children))
        outcomes = await self._seed()
        self.join_code = await self._seed_cohort()
        host, number = self._listen
        front = ("--one-origin", "--dev-issuer", str(self._data.folder))
        gateway = await self._add("gateway", host=host, port=str(number), options=front)
        await gateway.ready()
        return outcomes

    async def failed(self) -> None:
        """Wait until one of them ends: a Refusal says which."""
        await _first(*(child.ended() for child in self._children))

    async def stop(self) -> None:
        """Stop the gateway, then the services."""
        gateway = [child for child in self._children if child.name == "gateway"]
        services = [child for child in self._children if child.name != "gateway"]
        self._children.clear()
        for group in (gateway, services):
            await asyncio.gather(*(child.stop() for child in group))

    async def _add(self, name: str, *, host: str, port: str, options: Sequence[str] = ()) -> Child:
        own = {
            "MORSEL_HOST": host,
            "MORSEL_PORT": port,
            "MORSEL_INTERNAL_KEY": self._keys[name],
        }
        child = await Child.start(
            name, env={**self._env, **own}, url=self._urls[name], options=options
        )
        self._children.append(child)
        return child

    async def _seed(self) -> list[Imported]:
        identity = Identity("gateway", internal_key=self._keys["gateway"])
        content = Peer("content", self._urls["content"], identity=identity)
        try:
            return await seed(
                connect(AuthoringApi, content, seconds=IMPORT_SECONDS),
                connect(CatalogApi, content, reads=True),
                connect(PathwaysApi, content),
                self._data,
            )
        finally:
            await content.close()

    async def _seed_cohort(self) -> str | None:
        """Make the demo cohort, and return its code."""
        identity = Identity("gateway", internal_key=self._keys["gateway"])
        content, progress = (
            Peer(name, self._urls[name], identity=identity) for name in ("content", "progress")
        )
        try:
            return await seed_cohort(
                connect(CohortApi, progress), connect(CatalogApi, content, reads=True)
            )
        finally:
            await asyncio.gather(content.close(), progress.close())


def _without_settings(env: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without settings of Morsel: as in one process, none comes from it."""
    return {name: value for name, value in env.items() if not name.startswith(PREFIX)}


def _reached_at(host: str) -> str:
    """Return where this machine reaches what listens on an address, as an URL names it."""
    address = ANYWHERE.get(host, host)
    return f"[{address}]" if ":" in address else address


async def _first(*waits: Coroutine[Any, Any, None]) -> None:
    """Wait until one ends, raise what it raised, and end the others."""
    tasks = {asyncio.create_task(wait) for wait in waits}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
