"""Turns between the processes that run the tests: one prepares what all of them use."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".cache"
"""What tests fetch from outside, kept between runs and ignored by git."""


@contextmanager
def turn(name: str) -> Iterator[None]:
    """Hold a lock of that name: whoever comes second finds what the first prepared."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
