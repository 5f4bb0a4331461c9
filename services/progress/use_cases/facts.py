"""The facts of course versions, kept in memory: they never change."""

from collections.abc import Iterable

from services.content.contract import MarkingApi, VersionFacts
from services.kit.ids import version_id

MOST = 2_000


class Facts:
    """Facts by version hash, asked of content once and kept; beyond MOST the oldest go."""

    def __init__(self, marking: MarkingApi) -> None:
        """Keep the door to content."""
        self._marking = marking
        self._known: dict[str, VersionFacts] = {}

    async def of(self, hashes: Iterable[str]) -> dict[str, VersionFacts]:
        """Return facts by hash.

        Hashes of no version are left out. Unavailable when content is away.
        """
        wanted = dict.fromkeys(hashes)
        asked = [hash_ for hash_ in wanted if hash_ not in self._known]
        if asked:
            found = await self._marking.facts(tuple(version_id(hash_) for hash_ in asked))
            for hash_, facts in zip(asked, found, strict=True):
                if facts is not None:
                    self._known[hash_] = facts
        present = {hash_: self._known[hash_] for hash_ in wanted if hash_ in self._known}
        while len(self._known) > MOST:
            del self._known[next(iter(self._known))]
        return present
