"""Learners that were erased: what marks them, and the deletion of all else."""

from pymongo.errors import DuplicateKeyError

from services.credentials.repository.personal import HOLDINGS
from services.kit.mongo import Database

MARKS = "erased"


class Erasures:
    """The ErasureStore over MongoDB."""

    def __init__(self, database: Database) -> None:
        """Choose the collections."""
        self._marks = database.truth(MARKS)
        self._held = [
            (database.truth(name), holding.learner)
            for name, holding in HOLDINGS.items()
            if holding.learner is not None and name != MARKS
        ]

    async def mark(self, learner_id: str) -> None:
        """Note that a learner is erased; a repeat changes nothing."""
        try:
            await self._marks.insert_one({"_id": learner_id})
        except DuplicateKeyError:
            return

    async def is_marked(self, learner_id: str) -> bool:
        """Return whether a learner is erased."""
        return await self._marks.find_one({"_id": learner_id}) is not None

    async def delete(self, learner_id: str) -> None:
        """Delete all that any collection holds of a learner, but the mark."""
        for collection, field in self._held:
            await collection.delete_many({field: learner_id})
