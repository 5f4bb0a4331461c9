"""Links of shared credentials: the field `share` of their documents.

The index by token is not unique, so that credentials can be sharded by learner; 128 random bits
need no guard.
"""

from datetime import datetime

from services.kit.mongo import Database, Index


class Shares:
    """The ShareStore over MongoDB; every method is one round trip."""

    def __init__(self, database: Database) -> None:
        """Choose the collection of the credentials."""
        self._credentials = database.truth("credentials")

    async def create_indexes(self) -> None:
        """Create what is not there yet; sparse: it holds what is shared, no more."""
        await self._credentials.create_indexes(
            [Index([("share.token", 1)], name="share", sparse=True)]
        )

    async def open_share(
        self,
        credential_id: str,
        *,
        token: str,
        show_retention: bool,
        expires_at: datetime | None,
    ) -> None:
        """Share a credential: under the link that it has, else under this token."""
        share = {
            "token": {"$ifNull": ["$share.token", {"$literal": token}]},
            "show_retention": show_retention,
            "expires_at": expires_at,
        }
        await self._credentials.update_one({"_id": credential_id}, [{"$set": {"share": share}}])

    async def close_share(self, credential_id: str) -> None:
        """Take a credential's link back; a repeat is a no-op."""
        await self._credentials.update_one({"_id": credential_id}, {"$set": {"share": None}})

    async def shared_under(self, token: str) -> str | None:
        """Return the id of the credential that has the link, expired or not."""
        found = await self._credentials.find_one({"share.token": token}, {"_id": 1})
        return None if found is None else str(found["_id"])
