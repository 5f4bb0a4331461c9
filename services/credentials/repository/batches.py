"""MongoDB: batches that issuers awarded by hand, and the credentials that they made.

batches   one a batch, by organisation and idempotency key: what tells it from another one
"""

from collections.abc import Collection, Sequence

from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.credentials.domain.records import Issued
from services.credentials.repository.documents import inserted, to_record
from services.credentials.repository.erasures import MARKS
from services.credentials.repository.store import NO_OUTBOX, Store, credential_document
from services.kit.mongo import Database
from services.kit.records import OutboxEntry

DUPLICATE = 11_000
"""MongoDB's code for what a unique index has."""


class Batches:
    """The BatchStore over MongoDB; every method is one round trip unless it says otherwise."""

    def __init__(self, database: Database, store: Store) -> None:
        """Choose the collections; nothing is read before the first call."""
        self._batches = database.truth("batches")
        self._credentials = database.truth("credentials")
        self._marks = database.truth(MARKS)
        self._store = store

    async def begin_batch(self, batch_id: str, digest: str) -> bool:
        """Note that a batch begins; False when another one has its id. At most two round trips."""
        document = {"_id": batch_id, "digest": digest}
        if await inserted(self._batches.insert_one(document)):
            return True
        return await self._batches.find_one(document) is not None

    async def held_ids(
        self, achievement_id: str, version: str, learner_ids: Collection[str]
    ) -> dict[str, str]:
        """Return the ids of credentials for an achievement in that version, by holder."""
        where = {
            "learner_id": {"$in": list(learner_ids)},
            "achievement_id": achievement_id,
            "achievement_version": version,
        }
        found = await self._credentials.find(where, {"learner_id": 1})
        return {document["learner_id"]: document["_id"] for document in found}

    async def present(self, credential_ids: Collection[str]) -> set[str]:
        """Return which credentials there are, whoever holds them by now."""
        found = await self._credentials.find({"_id": {"$in": list(credential_ids)}}, {"_id": 1})
        return {document["_id"] for document in found}

    async def add_credentials(self, issued: Sequence[tuple[Issued, OutboxEntry | None]]) -> None:
        """Keep credentials with the news of them; those whose holder has one are left out."""
        documents = [credential_document(one, news) for one, news in issued]
        try:
            await self._credentials.insert_many(documents)
        except BulkWriteError as error:
            if any(fault["code"] != DUPLICATE for fault in error.details["writeErrors"]):
                raise
        self._store.outbox.wake()

    async def waiting(self, learner_id: str) -> list[Issued]:
        """Return what a holder without an account has."""
        found = await self._credentials.find({"learner_id": learner_id}, NO_OUTBOX)
        return [to_record(document, Issued, "id") for document in found]

    async def hand_over(self, before: Issued, after: Issued, news: OutboxEntry) -> bool:
        """Write what differs; False when the new holder has one, or it moved on meanwhile."""
        try:
            return await self._store.change_credential(before, after, news)
        except DuplicateKeyError:
            return False

    async def erased(self, learner_ids: Collection[str]) -> set[str]:
        """Return which learners are erased."""
        found = await self._marks.find({"_id": {"$in": list(learner_ids)}}, {"_id": 1})
        return {document["_id"] for document in found}
