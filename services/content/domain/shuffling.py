"""Shuffling choices by a keyed hash: the same for everybody, silent about the order written."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def shuffle(
    items: Sequence[T], *, key: Callable[[T], str], order_key: bytes, path: str
) -> tuple[T, ...]:
    """Return the items by HMAC(order_key, path/key): any order is as likely as another."""

    def rank(item: T) -> bytes:
        return hmac.digest(order_key, f"{path}/{key(item)}".encode(), hashlib.sha256)

    return tuple(sorted(items, key=rank))


def disorder(
    items: Sequence[T], *, key: Callable[[T], str], order_key: bytes, path: str
) -> tuple[T, ...]:
    """Return the items shuffled and surely not as written, for exercises that hide nothing."""
    shuffled = shuffle(items, key=key, order_key=order_key, path=path)
    same = [key(item) for item in shuffled] == [key(item) for item in items]
    return (*shuffled[1:], *shuffled[:1]) if same else shuffled
