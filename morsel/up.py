"""`morsel up`: the whole system on one port, with an embedded MongoDB; in one process or four."""

import asyncio
import errno
import signal
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager

import uvloop

from morsel import welcome
from morsel.data import Data
from morsel.demo_job_roles import relate
from morsel.issuer import development_issuer
from morsel.refusal import Refusal
from morsel.seed import JOB_ROLES, seed, seed_cohort
from morsel.split import Split
from morsel.system import System, content_alone, owned_mongo
from services.content.contract import Imported
from services.kit.health import Server
from services.kit.mongo import Driver
from services.kit.telemetry import configure, log

BACKLOG = 2048


def main(  # noqa: PLR0913 - one keyword for each option of the command
    *,
    data: Data,
    port: int,
    host: str,
    public_url: str | None,
    mongo: str | None,
    driver: str,
    split: bool,
) -> int:
    """Run until Ctrl-C; Refusal where port or data folder are taken, or no MongoDB is found."""
    configure("morsel", json=False)
    origin = public_url or f"http://localhost:{port}"
    with _listen(host, port) as listener:
        if not split:
            uvloop.run(_run(data, listener, origin, mongo, driver=Driver(driver)))
            return 0
    uvloop.run(_run_split(data, (host, port), origin, mongo, driver=Driver(driver)))
    return 0


async def _run(
    data: Data, listener: socket.socket, public_url: str, mongo: str | None, *, driver: Driver
) -> None:
    """Start everything, serve until SIGINT or SIGTERM, and stop everything the other way round."""
    async with AsyncExitStack() as stack:
        mongo_uri = await stack.enter_async_context(owned_mongo(data, mongo))
        system = System(data, mongo_uri=mongo_uri, public_url=public_url, driver=driver)
        stack.push_async_callback(system.stop)
        await system.start()
        content = system.content
        await relate(content.frameworks, JOB_ROLES)
        _report(await seed(content.authoring, content.catalog, content.pathways, data))
        code = await seed_cohort(system.progress.cohorts, content.catalog)
        welcome.show(public_url, welcome.write_tokens(data, system.issuer), code=code)
        await Server(system.app, drain=0).serve(sockets=[listener])


async def _run_split(
    data: Data, listen: tuple[str, int], public_url: str, mongo: str | None, *, driver: Driver
) -> None:
    """Do the same with four processes; one that ends by itself ends all, with a Refusal."""
    with _cancelled_by(signal.SIGINT, signal.SIGTERM):
        async with AsyncExitStack() as stack:
            mongo_uri = await stack.enter_async_context(owned_mongo(data, mongo))
            async with content_alone(data, mongo_uri) as content:
                await relate(content.frameworks, JOB_ROLES)
            host, port = listen
            split = Split(
                data,
                mongo_uri=mongo_uri,
                public_url=public_url,
                host=host,
                port=port,
                driver=driver,
            )
            stack.push_async_callback(split.stop)
            _report(await split.start())
            issuer = development_issuer(data, public_url)
            tokens = welcome.write_tokens(data, issuer)
            welcome.show(public_url, tokens, code=split.join_code)
            await split.failed()


@contextmanager
def _cancelled_by(*signs: signal.Signals) -> Iterator[None]:
    """Let signals end the block as if it had come to its end."""
    task, told = asyncio.current_task(), False

    def stop() -> None:
        nonlocal told
        if not told and task is not None:
            task.cancel()
        told = True

    for sign in signs:
        asyncio.get_running_loop().add_signal_handler(sign, stop)
    try:
        yield
    except asyncio.CancelledError:
        if not told:
            raise


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens already: who calls during the start waits, not refused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's delay off for sockets that name their protocol, and for no others.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno != errno.EADDRINUSE:
            raise Refusal(f"Cannot listen on {host}, port {port}: {error.strerror}.") from error
        raise Refusal(
            f"Port {port} is taken by another program: stop it, or choose another with --port."
        ) from error
    return listener


def _report(outcomes: list[Imported]) -> None:
    for imported in outcomes:
        for problem in imported.problems:
            log.error("seed.problem", path="/".join(problem.path), message=problem.message)
