"""A bounded memory."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memory(Generic[K, V]):
    """A bounded memory: the least recently used goes first."""

    def __init__(self, most: int, *, most_bytes: int | None = None) -> None:
        """Hold at most so many values, of so many bytes in all."""
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return a value, None where it is not held."""
        held = self._held.get(key)
        if held is None:
            return None
        self._held.move_to_end(key)
        return held[0]

    def put(self, key: K, value: V, *, size: int = 0) -> None:
        """Hold a value, and let the oldest go above the bounds."""
        self.drop(key)
        self._held[key] = (value, size)
        self._bytes += size
        while len(self._held) > self._most or self._bytes > (self._most_bytes or self._bytes):
            self.drop(next(iter(self._held)))

    def drop(self, key: K) -> None:
        """Hold a value no longer."""
        self._bytes -= self._held.pop(key, (None, 0))[1]

    def clear(self) -> None:
        """Hold nothing."""
        self._held.clear()
        self._bytes = 0
