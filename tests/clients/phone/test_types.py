"""The reference phone is small, and its types hold."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.npm import Run

HERE = Path(__file__).parent
MODULES = ("phone", "api", "events", "marking", "store")


def test_it_can_be_read_in_one_sitting() -> None:
    """App developers copy from it only what they understand."""
    sizes = [len((HERE / f"{name}.ts").read_text().splitlines()) for name in MODULES]
    assert sum(sizes) < 600


@pytest.mark.slow
def test_the_compiler_finds_nothing_wrong(npm_client: Callable[[str], Run]) -> None:
    """Node strips types without looking at them."""
    run = npm_client("phone")
    assert run("node_modules/typescript/bin/tsc") == b""
