"""The image: read-only, as an ordinary user without capabilities, it starts, serves and stops."""

import asyncio
import json
import os
import signal
import socket
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.image.conftest import Image
from tests.support.running import free_port

pytestmark = pytest.mark.slow

UID = 10001
STOP_SECONDS = 10


def _secret() -> str:
    return urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()


def _report(ours: socket.socket) -> bytes:
    """Return what the sandbox tells of itself, which it writes in pieces."""
    told = b""
    while b"}" not in told and (piece := ours.recv(1024)):
        told += piece
    return told


def _sandbox(image: Image, env: dict[str, str], report: int) -> list[str]:
    """Return the command line that runs the image's own command as a container would."""
    user = image.config["User"].partition(":")
    variables = dict(pair.split("=", 1) for pair in image.config["Env"]) | env
    return [
        *("bwrap", "--ro-bind", str(image.root), "/", "--proc", "/proc", "--dev", "/dev"),
        *("--perms", "1777", "--tmpfs", "/tmp", "--chdir", image.config["WorkingDir"]),  # noqa: S108 - the container's own
        *("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--as-pid-1", "--die-with-parent"),
        *("--clearenv", "--info-fd", str(report)),
        *(word for name, value in variables.items() for word in ("--setenv", name, value)),
        *("setpriv", "--reuid", user[0], "--regid", user[2], "--clear-groups", "--no-new-privs"),
        *("--bounding-set=-all", "--inh-caps=-all"),
        *(*image.config["Entrypoint"], *image.config["Cmd"]),
    ]


class Container:
    """The running image: the process that everything outside speaks to."""

    def __init__(self, process: asyncio.subprocess.Process, pid: int, url: str) -> None:
        self.process = process
        self.pid = pid
        self.url = url

    async def status(self, path: str) -> int:
        """Return the status of a page, 0 while nobody listens."""
        async with aiohttp.ClientSession() as session:
            try:
                async with session.get(self.url + path) as response:
                    return response.status
            except aiohttp.ClientConnectionError:
                return 0

    def told(self, field: str) -> str:
        """Return what the kernel says of the process."""
        text = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return dict(line.split(":\t", 1) for line in text.splitlines())[field]


@asynccontextmanager
async def _running(image: Image, mongo_uri: str) -> AsyncIterator[Container]:
    port = free_port()
    ours, theirs = socket.socketpair()
    env = {
        "MORSEL_MONGO_URI": mongo_uri,
        "MORSEL_PUBLIC_URL": f"http://localhost:{port}",
        "MORSEL_HOST": "127.0.0.1",
        "MORSEL_PORT": str(port),
        **{f"MORSEL_{name}": _secret() for name in ("LEARNER_KEY", "GUEST_KEY", "INTERNAL_KEY")},
    }
    process = await asyncio.create_subprocess_exec(
        *_sandbox(image, env, theirs.fileno()), pass_fds=[theirs.fileno()]
    )
    theirs.close()
    told = await asyncio.to_thread(_report, ours)
    ours.close()
    try:
        yield Container(process, json.loads(told)["child-pid"], env["MORSEL_PUBLIC_URL"])
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_the_image_starts_serves_and_stops(image: Image, mongo_uri: str) -> None:
    """Breaks when a cluster's pod, with its rights taken away, would not run."""
    async with _running(image, mongo_uri) as container, asyncio.timeout(60):
        while await container.status("/livez") != 200:
            assert container.process.returncode is None
            await asyncio.sleep(0.1)
        pages = [await container.status(path) for path in ("/livez", "/readyz", "/metrics")]
        rights = {field: container.told(field).split() for field in ("Uid", "Gid", "CapEff")}
        os.kill(container.pid, signal.SIGTERM)
        async with asyncio.timeout(STOP_SECONDS):
            code = await container.process.wait()

    assert pages == [200, 200, 200]
    assert rights == {"Uid": [str(UID)] * 4, "Gid": [str(UID)] * 4, "CapEff": ["0" * 16]}
    assert code == 0


def test_the_image_holds_no_tools_of_its_making(image: Image) -> None:
    """Breaks when pip, or a test, or a key goes along into production."""
    names = {path.name for path in (image.root / "opt" / "morsel" / "bin").iterdir()}
    packages = next((image.root / "opt" / "morsel" / "lib").glob("python3*/site-packages"))

    assert {"morsel", "python3"} <= names
    assert not {name for name in names if name.startswith("pip")}
    assert not {"tests", "pip", "setuptools"} & {path.name for path in packages.iterdir()}
    assert (image.root / "opt" / "morsel" / "graphql" / "documents.json").is_file()
