"""Which credentials were signed with a key: the field `keys` of their documents."""

from services.credentials.contract import CredentialStatus
from services.credentials.domain.records import Issued
from services.credentials.repository.documents import to_record
from services.kit.mongo import Database, Index

FIRST = "#key-1"
"""The key of every credential that was issued before keys were noted."""


class Signatures:
    """The SignatureStore over MongoDB; every method is one round trip."""

    def __init__(self, database: Database) -> None:
        """Choose the collection of the credentials."""
        self._credentials = database.truth("credentials")

    async def create_indexes(self) -> None:
        """Create what is not there yet."""
        await self._credentials.create_indexes([Index([("keys", 1)], name="keys")])

    async def signed_with(self, method: str, *, limit: int) -> list[Issued]:
        """Return some credentials, but for revoked ones, with a signature by that key in them."""
        where = {"keys": method, "status": {"$ne": CredentialStatus.REVOKED}}
        found = await self._credentials.find(where, {"outbox": 0, "dead": 0}, limit=limit)
        return [to_record(document, Issued, "id") for document in found]

    async def note_first_key(self, issuer: str) -> None:
        """Note the first key of an issuer in what it issued before keys were noted."""
        where = {"issuer": issuer, "keys": {"$in": [None, []]}}
        await self._credentials.update_many(where, {"$set": {"keys": [issuer + FIRST]}})
