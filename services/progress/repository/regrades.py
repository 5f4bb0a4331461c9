"""Regrading that is under way: one document a publication, with the next step in its outbox."""

from pymongo.errors import DuplicateKeyError

from services.kit.mongo import Database
from services.kit.outbox import Outbox, waiting
from services.kit.records import OutboxEntry

CONSUMER = "progress"
"""Who carries the steps out: this service itself."""


class Regrades:
    """The Agenda over MongoDB, and the feed of its steps."""

    def __init__(self, database: Database) -> None:
        """Choose the collection."""
        self._regrades = database.truth("regrades")
        self.feed = Outbox([self._regrades])

    async def prepare(self) -> None:
        """Create the indexes that are not there yet."""
        await self._regrades.create_indexes(Outbox.indexes())

    async def begin(self, publication: str, step: OutboxEntry) -> None:
        """Note the first step for a publication; one that was begun stays as it is."""
        document = {"_id": publication, "outbox": [waiting(step, [CONSUMER])]}
        try:
            await self._regrades.insert_one(document)
        except DuplicateKeyError:
            return
        self.feed.wake()

    async def go_on(self, publication: str, step: OutboxEntry) -> None:
        """Note the next step for a publication, unless it waits already."""
        await self._regrades.update_one(
            {"_id": publication, "outbox.id": {"$ne": step.id}},
            {"$push": {"outbox": waiting(step, [CONSUMER])}},
        )
        self.feed.wake()
