"""`morsel up`: the whole system in one process on one port, with an embedded MongoDB."""

import errno
import socket
from contextlib import AsyncExitStack

import uvloop

from morsel import welcome
from morsel.data import Data
from morsel.refusal import Refusal
from morsel.seed import seed
from morsel.system import System, owned_mongo
from services.content.contract import Imported
from services.kit.health import Server
from services.kit.telemetry import configure, log

BACKLOG = 2048


def main(*, data: Data, port: int, host: str, public_url: str | None, mongo: str | None) -> int:
    """Run until Ctrl-C; Refusal where port or data folder are taken, or no MongoDB is found."""
    configure("morsel", json=False)
    with _listen(host, port) as listener:
        uvloop.run(_run(data, listener, public_url or f"http://localhost:{port}", mongo))
    return 0


async def _run(data: Data, listener: socket.socket, public_url: str, mongo: str | None) -> None:
    """Start everything, serve until SIGINT or SIGTERM, and stop everything the other way round."""
    async with AsyncExitStack() as stack:
        mongo_uri = await stack.enter_async_context(owned_mongo(data, mongo))
        system = System(data, mongo_uri=mongo_uri, public_url=public_url)
        stack.push_async_callback(system.stop)
        await system.start()
        _report(await seed(system.content.authoring, system.content.catalog, data))
        welcome.show(public_url, welcome.write_tokens(data, system.issuer))
        await Server(system.app, drain=0).serve(sockets=[listener])


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
