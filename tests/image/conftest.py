"""The image, built as its users build it, on a base made of Debian's packages."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ("buildah", "mmdebstrap", "bwrap")
APT_SOURCES = (Path("/etc/apt/sources.list.d/debian.sources"), Path("/etc/apt/sources.list"))
BASE = "localhost/morsel-test-base"
IMAGE = "localhost/morsel-test"


@dataclass(frozen=True)
class Image:
    """A built image: its files, and what it says of how to run it."""

    root: Path
    config: dict[str, Any]


class Builder:
    """buildah, with a store of its own, without a daemon or a registry."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, *arguments: str | Path) -> str:
        """Run a buildah command and return what it prints."""
        places = ("--root", self._folder / "store", "--runroot", self._folder / "run")
        return _run("buildah", *places, "--storage-driver", "vfs", *arguments)

    def build(self, context: Path, *options: str | Path) -> None:
        """Build an image."""
        self.run("build", "--isolation", "chroot", *options, context)


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{command[0]} failed:\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """The image of the Dockerfile as it is now."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing or os.getuid() != 0:
        pytest.skip(f"building an image needs root and {', '.join(TOOLS)}; missing: {missing}")
    folder = tmp_path_factory.mktemp("image")
    folder.chmod(0o755)
    builder = Builder(folder)
    _make_base(folder, builder)
    wheels = _collect_wheels(folder)
    builder.build(
        ROOT,
        *("--build-arg", f"BASE={BASE}", "--tag", IMAGE),
        *("--volume", f"{wheels}:{wheels}:ro", "--volume", f"{folder}/pip.conf:/etc/pip.conf:ro"),
    )
    container = builder.run("from", IMAGE).strip()
    root = Path(builder.run("mount", container).strip())
    told = json.loads(builder.run("inspect", "--type", "image", IMAGE))
    yield Image(root, told["OCIv1"]["config"])
    builder.run("rm", container)
    shutil.rmtree(folder / "store")


def _make_base(folder: Path, builder: Builder) -> None:
    """Make what stands in for the published base image: Debian with its own Python 3.11."""
    sources = next(path for path in APT_SOURCES if path.exists())
    packages = "--include=python3,python3-venv"
    _run("mmdebstrap", "--variant=minbase", packages, "bookworm", folder / "base.tar", sources)
    (folder / "Base").write_text("FROM scratch\nADD base.tar /\n", encoding="utf-8")
    builder.build(folder, "--file", folder / "Base", "--tag", BASE)
    (folder / "base.tar").unlink()


def _collect_wheels(folder: Path) -> Path:
    """Fetch what the lock files pin, so that the build itself needs no network."""
    wheels = folder / "wheels"
    locks = [("-r", ROOT / "requirements" / f"{name}.txt") for name in ("build", "runtime")]
    pip = (sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:")
    _run(*pip, "--require-hashes", *[word for lock in locks for word in lock], "-d", wheels)
    config = f"[global]\nno-index = true\nfind-links = {wheels}\n"
    (folder / "pip.conf").write_text(config, encoding="utf-8")
    return wheels
