"""The manifests as a cluster would get them: rendered once, with throw-away keys."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
PINNED = Path(sys.executable).with_name("kubectl")
"""Debian's own kubectl is too old for these files; the development requirements bring one."""
Manifest: TypeAlias = dict[str, Any]


def render(folder: Path) -> list[Manifest]:
    """Return what `kubectl kustomize` makes of a folder."""
    kubectl = str(PINNED) if PINNED.exists() else shutil.which("kubectl")
    assert kubectl, "no kubectl: run `make test`, which installs requirements/dev.txt"
    shown = subprocess.run(
        [kubectl, "kustomize", str(folder)], capture_output=True, text=True, check=False
    )
    assert shown.stderr == ""
    return list(yaml.safe_load_all(shown.stdout))


@pytest.fixture(scope="session")
def base() -> list[Manifest]:
    """The four processes as every overlay starts from them."""
    return render(ROOT / "k8s" / "base")


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> list[Manifest]:
    """The local overlay, in a copy that has keys: the tree itself stays without."""
    folder = tmp_path_factory.mktemp("k8s") / "k8s"
    shutil.copytree(ROOT / "k8s", folder, ignore=shutil.ignore_patterns("secrets"))
    overlay = folder / "overlays" / "local"
    subprocess.run([sys.executable, overlay / "make_secrets.py", overlay / "secrets"], check=True)
    return render(overlay)
