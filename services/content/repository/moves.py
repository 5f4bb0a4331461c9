"""When pointers moved, by the server's clock: read from an index that holds nothing else."""

from datetime import datetime

from services.content.use_cases.ports import StoredMove
from services.kit.mongo import Collection, Document, Index

INDEXES = [
    Index(
        [("moved_at", 1), ("_id", 1), ("published_count", 1)],
        name="moved",
        partialFilterExpression={"moved_at": {"$exists": True}},
    )
]
_FIELDS = {"moved_at": 1, "published_count": 1}


class PointerMoves:
    """The MoveStore over MongoDB."""

    def __init__(self, courses: Collection) -> None:
        """Keep the collection of courses."""
        self._courses = courses

    async def prepare(self) -> None:
        """Create the index that is not there yet."""
        await self._courses.create_indexes(INDEXES)

    async def last_move(self) -> StoredMove | None:
        """Return the last of all."""
        found = await self._courses.find_one(
            {"moved_at": {"$exists": True}}, _FIELDS, sort=[("moved_at", -1), ("_id", -1)]
        )
        return None if found is None else _read(found)

    async def moves(self, since: datetime, *, limit: int) -> list[StoredMove]:
        """Return those at a time or after it, the earliest first."""
        found = await self._courses.find(
            {"moved_at": {"$gte": since}}, _FIELDS, sort=[("moved_at", 1), ("_id", 1)], limit=limit
        )
        return [_read(document) for document in found]


def _read(document: Document) -> StoredMove:
    return StoredMove(
        course_id=document["_id"], n=document["published_count"], at=document["moved_at"]
    )
