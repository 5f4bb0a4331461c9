"""MongoDB: issuers, one document a DID, unique by organisation and origin.

What an organisation says of itself stands in each of its issuers; keys are only ever added.
"""

from collections.abc import Collection
from datetime import datetime

import msgspec

from services.credentials.domain.issuer import issuer_id
from services.credentials.domain.records import IssuerAccount, SelfDescription, SigningKey
from services.credentials.repository.documents import inserted, to_document, to_record
from services.kit.mongo import Database, Document, Index

_WORDS = ("name", "url", "image")
_SHOWN = dict.fromkeys(_WORDS, 1)


class IssuerBook:
    """The IssuerStore and KeyStore over MongoDB; every method is one round trip."""

    def __init__(self, database: Database) -> None:
        """Open the collection; nothing is read before the first call."""
        self._issuers = database.truth("issuers")

    async def create_indexes(self) -> None:
        """Create what is not there yet, and give ids to issuers that were made before ids."""
        await self._issuers.create_indexes(
            [
                Index([("organisation", 1), ("origin", 1)], unique=True),
                Index([("global_id", 1)], name="global_id"),
            ]
        )
        for found in await self._issuers.find({"global_id": None}, {"_id": 1}):
            await self._issuers.update_one(
                {"_id": found["_id"]}, {"$set": {"global_id": issuer_id(found["_id"])}}
            )

    async def issuer(self, did: str) -> IssuerAccount | None:
        """Return an issuer by DID."""
        found = await self._issuers.find_one({"_id": did})
        return None if found is None else _account(found)

    async def issuers_of(self, organisation: str) -> tuple[IssuerAccount, ...]:
        """Return an organisation's issuers, one for each origin that it ever had."""
        found = await self._issuers.find({"organisation": organisation}, sort=[("created_at", 1)])
        return tuple(_account(document) for document in found)

    async def issuers_by_id(self, ids: Collection[str]) -> dict[str, IssuerAccount]:
        """Return issuers by global id."""
        found = await self._issuers.find({"global_id": {"$in": list(ids)}})
        return {document["global_id"]: _account(document) for document in found}

    async def add_issuer(self, account: IssuerAccount, global_id: str) -> bool:
        """Add an issuer; False when that organisation has one under that origin."""
        document = {**to_document(account, "did"), "global_id": global_id}
        return await inserted(self._issuers.insert_one(document))

    async def describe_issuers(self, organisation: str, words: SelfDescription) -> None:
        """Set what all of an organisation's issuers say of themselves; None leaves as it is."""
        said = {name: value for name, value in _builtins(words).items() if value is not None}
        if said:
            await self._issuers.update_many({"organisation": organisation}, {"$set": said})

    async def descriptions(self, organisations: Collection[str]) -> dict[str, SelfDescription]:
        """Return what those organisations say of themselves that say anything."""
        found = await self._issuers.find(
            {"organisation": {"$in": list(organisations)}},
            {"organisation": 1, **_SHOWN},
        )
        said: dict[str, Document] = {}
        for document in found:
            known = said.setdefault(document["organisation"], {})
            known |= {name: document[name] for name in _WORDS if document.get(name) is not None}
        return {slug: msgspec.convert(words, SelfDescription) for slug, words in said.items()}

    async def add_key(self, did: str, key: SigningKey) -> bool:
        """Add a key to an issuer; False when it has one of that name, or is not there."""
        return await self._issuers.update_one(
            {"_id": did, "keys.fragment": {"$ne": key.fragment}},
            {"$push": {"keys": _builtins(key)}},
        )

    async def activate_key(self, did: str, fragment: str, at: datetime) -> None:
        """Have a key sign from an instant on."""
        await self._set(did, fragment, "active_from", at)

    async def drop_key(self, did: str, fragment: str, at: datetime) -> None:
        """Note that others may have a key: what it signed counts no longer."""
        await self._set(did, fragment, "compromised_at", at)

    async def _set(self, did: str, fragment: str, field: str, at: datetime) -> None:
        await self._issuers.update_one(
            {"_id": did, "keys.fragment": fragment}, {"$set": {f"keys.$.{field}": at}}
        )


def _account(document: Document) -> IssuerAccount:
    return to_record(document, IssuerAccount, "did")


def _builtins(record: SelfDescription | SigningKey) -> Document:
    document: Document = msgspec.to_builtins(record, builtin_types=(bytes, datetime))
    return document
