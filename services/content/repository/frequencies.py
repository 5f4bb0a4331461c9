"""How many documents meet each condition: this decides what leads a search, and nothing else.

So it may be a minute old, and common words, which cost most to count, are mostly known. Only that
there are none must be true, and is counted each time.
"""

import time
from collections.abc import Callable, Mapping

from services.kit.mongo import Collection, Document

COUNTED = 10_000
"""Counting goes no further: of what is more common still, any may lead."""
SECONDS = 60.0
MOST_KNOWN = 5_000


class Frequencies:
    """Counts of one collection, each known for SECONDS."""

    def __init__(
        self, collection: Collection, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Know nothing yet."""
        self._collection = collection
        self._clock = clock
        self._known: dict[str, tuple[int, float]] = {}

    async def of(self, matches: Mapping[str, Document]) -> Mapping[str, int]:
        """Return how many documents meet each condition, up to COUNTED; what none does is left out.

        The name of a condition always means the same.
        """
        now = self._clock()
        known = {
            name: self._known[name][0]
            for name in matches
            if name in self._known and now < self._known[name][1]
        }
        found = await self._count({name: matches[name] for name in matches if name not in known})
        if len(self._known) + len(found) > MOST_KNOWN:
            self._known.clear()
        self._known |= {name: (count, now + SECONDS) for name, count in found.items()}
        return known | found

    async def _count(self, matches: Mapping[str, Document]) -> dict[str, int]:
        if not matches:
            return {}
        pipelines: list[list[Document]] = [
            [
                {"$match": match},
                {"$limit": COUNTED},
                {"$count": "n"},
                {"$set": {"key": {"$literal": name}}},
            ]
            for name, match in matches.items()
        ]
        first, *rest = pipelines
        more = [{"$unionWith": {"coll": self._collection.name, "pipeline": part}} for part in rest]
        found = await self._collection.aggregate([*first, *more])
        return {each["key"]: each["n"] for each in found}
