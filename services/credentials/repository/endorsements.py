"""MongoDB: endorsements, one document for each subject and body: the one in force, or the last."""

from collections.abc import Collection

from services.credentials.domain.records import Endorsed
from services.credentials.repository.documents import inserted, to_document, to_record
from services.kit.mongo import Database, Index


class EndorsementBook:
    """The EndorsementStore over MongoDB; every method is one round trip."""

    def __init__(self, database: Database) -> None:
        """Open the collection; nothing is read before the first call."""
        self._endorsements = database.truth("endorsements")

    async def create_indexes(self) -> None:
        """Create what is not there yet."""
        await self._endorsements.create_indexes(
            [
                Index([("subject_id", 1), ("endorsed_at", -1)], name="subject"),
                Index([("body.id", 1)], name="body"),
                Index([("keys", 1)], name="keys"),
            ]
        )

    async def endorsement(self, endorsement_id: str) -> Endorsed | None:
        """Return an endorsement by id."""
        found = await self._endorsements.find_one({"_id": endorsement_id})
        return None if found is None else to_record(found, Endorsed, "id")

    async def endorsements_of(self, subject_ids: Collection[str]) -> list[Endorsed]:
        """Return what was said of achievements and issuers and not taken back, newest first."""
        found = await self._endorsements.find(
            {"subject_id": {"$in": list(subject_ids)}, "withdrawn_at": None},
            sort=[("endorsed_at", -1)],
        )
        return [to_record(document, Endorsed, "id") for document in found]

    async def bodies(self, ids: Collection[str]) -> list[Endorsed]:
        """Return endorsements by bodies of those global ids, oldest first."""
        found = await self._endorsements.find(
            {"body.id": {"$in": list(ids)}}, sort=[("endorsed_at", 1)]
        )
        return [to_record(document, Endorsed, "id") for document in found]

    async def signed_with(self, method: str) -> list[Endorsed]:
        """Return what was signed with a key, by its DID URL, and not taken back."""
        found = await self._endorsements.find({"keys": method, "withdrawn_at": None})
        return [to_record(document, Endorsed, "id") for document in found]

    async def add_endorsement(self, endorsed: Endorsed) -> bool:
        """Add the first of its subject and body; False when there is one."""
        return await inserted(self._endorsements.insert_one(to_document(endorsed, "id")))

    async def replace_endorsement(self, endorsed: Endorsed) -> bool:
        """Put one in the place of the revision before it; False when somebody else did first."""
        return await self._endorsements.replace_one(
            {"_id": endorsed.id, "revision": endorsed.revision - 1}, to_document(endorsed, "id")
        )
