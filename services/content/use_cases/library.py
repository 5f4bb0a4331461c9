"""Published versions in memory: they never change, so one that was read is kept, up to a number."""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from typing import Generic, TypeVar

import msgspec

from services.content.contract import CourseVersion
from services.content.domain.freezing import Frozen, thaw
from services.content.use_cases.ports import StoredVersion, VersionStore
from services.kit.errors import NotFound
from services.kit.ids import version_hash
from services.kit.records import Record

CAPACITY = 128
V = TypeVar("V")


class Recent(Generic[V]):
    """A bounded memory: the least recently used goes first."""

    def __init__(self, capacity: int) -> None:
        """Begin empty."""
        self._capacity = capacity
        self._values: OrderedDict[str, V] = OrderedDict()

    def get(self, keys: Collection[str]) -> dict[str, V]:
        """Return what is remembered of the keys."""
        found = {key: self._values[key] for key in keys if key in self._values}
        for key in found:
            self._values.move_to_end(key)
        return found

    def keep(self, values: Mapping[str, V]) -> None:
        """Remember values, and forget the oldest above the capacity."""
        self._values.update(values)
        while len(self._values) > self._capacity:
            self._values.popitem(last=False)


class Held(Record):
    """A version: what everybody may see, and the whole of it for marking."""

    public: CourseVersion
    frozen: Frozen
    kept: Mapping[str, str] = {}
    """Key hashes that questions keep by the author's word, by path."""


class Library:
    """Reads versions through to the store."""

    def __init__(self, store: VersionStore, *, capacity: int = CAPACITY) -> None:
        """Keep the store; at most `capacity` versions stay in memory."""
        self._store = store
        self._held: Recent[Held] = Recent(capacity)
        self._hashes: Recent[str] = Recent(capacity * 32)

    async def versions(self, hashes: Collection[str]) -> Mapping[str, Held]:
        """Return versions by hash, without those that are not there."""
        found = self._held.get(set(hashes))
        missing = set(hashes) - found.keys()
        if missing:
            stored = await self._store.versions(missing)
            read = {key: _hold(version) for key, version in stored.items()}
            self._held.keep(read)
            found |= read
        return found

    async def by_id(self, version_ids: Collection[str]) -> Mapping[str, Held]:
        """Return versions by id, without those that are malformed or not there."""
        hashes: dict[str, str] = {}
        for key in version_ids:
            try:
                hashes[key] = version_hash(key)
            except NotFound:
                continue
        found = await self.versions(set(hashes.values()))
        return {key: found[digest] for key, digest in hashes.items() if digest in found}

    async def hashes(self, prefixes: Collection[str]) -> Mapping[str, str]:
        """Return hashes of versions by their first 32 digits, without those that are not there."""
        found = self._hashes.get(set(prefixes))
        missing = set(prefixes) - found.keys()
        if missing:
            read = await self._store.hashes(missing)
            self._hashes.keep(read)
            found |= read
        return found


def _hold(version: StoredVersion) -> Held:
    public = msgspec.msgpack.decode(version.public, type=CourseVersion)
    return Held(public=public, frozen=thaw(version.canonical), kept=version.kept)
