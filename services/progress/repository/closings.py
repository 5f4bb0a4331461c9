"""Closed logs: of guests that were claimed, and of learners that were erased."""

import msgspec

from services.kit.mongo import Database
from services.progress.repository.personal import HOLDINGS
from services.progress.use_cases.closings import Closing
from services.progress.use_cases.store import LearnerDocument

SOME = 100


class MongoClosings:
    """The Closings over MongoDB. A document that says `erased` is a tombstone and stays."""

    def __init__(self, database: Database) -> None:
        """Choose the collections; deletions are durable before they are told of."""
        self._log = database.truth("log")
        self._learners = database.truth("learners")
        self._held = [
            (database.truth(name), holding.learner)
            for name, holding in HOLDINGS.items()
            if holding.learner is not None
        ]

    async def due(self, *, before: int) -> list[Closing]:
        """Return closed logs with work left that was to be looked at before `before` (ms)."""
        found = await self._log.find(
            {"closing": {"$lt": before}}, {"learner": 1, "at": 1}, sort=[("closing", 1)], limit=SOME
        )
        return [Closing(learner_id=one["learner"], closed=int(one["at"])) for one in found]

    async def put_off(self, learner_id: str, *, until: int | None) -> None:
        """Note when the work that a closed log leaves is looked at again; None: it is done."""
        later = {"$unset": {"closing": ""}} if until is None else {"$set": {"closing": until}}
        await self._log.update_many({"learner": learner_id, "closing": {"$gte": 0}}, later)

    async def claimed_by(self, account_id: str) -> list[str]:
        """Return the guests whose logs were closed for an account."""
        found = await self._learners.find({"closed": account_id}, {"_id": 1})
        return [document["_id"] for document in found]

    async def erase(self, learner_id: str) -> None:
        """Delete all that any collection holds of a learner, but what marks them as erased."""
        for collection, field in self._held:
            await collection.delete_many({field: learner_id, "erased": {"$exists": False}})

    async def erased(self) -> list[str]:
        """Return the ids of who was erased."""
        found = await self._learners.find({"erased": True}, {"_id": 1})
        return [document["_id"] for document in found]

    async def idle_guests(self, *, before: int) -> list[LearnerDocument]:
        """Return some guests that began before `before` (ms) and of whom no event came."""
        found = await self._learners.find(
            {"idle": {"$lt": before}}, {"body": 1}, sort=[("idle", 1)], limit=SOME
        )
        return [msgspec.msgpack.decode(one["body"], type=LearnerDocument) for one in found]

    async def forget(self, guest: LearnerDocument) -> bool:
        """Delete an idle guest; False where its log moved on."""
        where = {"_id": guest.learner_id, "through": guest.through, "idle": {"$exists": True}}
        if not await self._learners.delete_many(where):
            return False
        await self._log.delete_many({"learner": guest.learner_id, "n": {"$lte": guest.through}})
        return True
