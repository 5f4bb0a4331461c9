"""What is done when others may have an issuer's key: whatever it signed is signed anew.

The key leaves the DID document's assertionMethod, so nothing that it signed counts any more. What
is ours gets a newer copy under the same id, with another place in the status lists; the old place
is revoked, for verifiers that still hold the older document.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

import msgspec
from msgspec.structs import replace

from services.credentials.domain import jwt, statuslist
from services.credentials.domain.credential import Endorsements
from services.credentials.domain.instants import format_instant, whole_seconds
from services.credentials.domain.records import (
    Definition,
    Endorsed,
    Issued,
    IssuerAccount,
    KeyUse,
    StatusPlace,
)
from services.credentials.domain.statuslist import Purpose
from services.credentials.use_cases.embedding import Embedding
from services.credentials.use_cases.endorsing import Endorsing
from services.credentials.use_cases.issuers import FRESH, Issuers
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.news import REFRESHED, news_of
from services.credentials.use_cases.refreshing import SECOND
from services.credentials.use_cases.rotating import Rotating
from services.credentials.use_cases.statuslists import StatusLists
from services.kit.errors import NotFound
from services.kit.records import Json, OutboxEntry, Record

SOME = 200
"""Credentials that are read at once."""


class SignatureStore(Protocol):
    """What was signed with which key."""

    async def signed_with(self, method: str, *, limit: int) -> list[Issued]:
        """Return some credentials, but for revoked ones, with a signature by that key in them."""

    async def note_first_key(self, issuer: str) -> None:
        """Note the first key of an issuer in what it issued before keys were noted."""


class EndorsedStore(Protocol):
    """Endorsements by the key that signed them."""

    async def signed_with(self, method: str) -> list[Endorsed]:
        """Return what was signed with a key, by its DID URL, and not taken back."""


class ChangedStore(Protocol):
    """Where credentials and definitions are kept."""

    async def definition(self, version_id: str) -> Definition | None:
        """Return the award of a course version."""

    async def change_credential(self, before: Issued, after: Issued, news: OutboxEntry) -> bool:
        """Write what differs, with the news of it, in one go; False when it moved on meanwhile."""


class Tally(Record):
    """What was signed anew."""

    lists: int = 0
    endorsements: int = 0
    credentials: int = 0


class Compromise:
    """Deals with a key that others may have; every step may be repeated."""

    def __init__(  # noqa: PLR0913 - one keyword for each part that it works with
        self,
        store: ChangedStore,
        signatures: SignatureStore,
        endorsed: EndorsedStore,
        *,
        rotating: Rotating,
        issuers: Issuers,
        lists: StatusLists,
        endorsing: Endorsing,
        embedding: Embedding,
        means: Means,
    ) -> None:
        """Keep what was signed, and who signs it anew."""
        self._store = store
        self._signatures = signatures
        self._endorsed = endorsed
        self._rotating = rotating
        self._issuers = issuers
        self._lists = lists
        self._endorsing = endorsing
        self._embedding = embedding
        self._means = means

    async def run(
        self,
        organisation: str,
        fragment: str,
        *,
        pause: float = 2 * FRESH.total_seconds(),
        told: Callable[[int], None] = lambda _: None,
    ) -> Tally:
        """Drop a key and sign anew what it signed; `told` hears how many credentials are done.

        It waits for `pause` seconds, until no process believes in the key any more.
        """
        account = await self._rotating.drop(organisation, fragment)
        await asyncio.sleep(pause)
        method = f"{account.did}#{fragment}"
        (key,) = (one for one in account.keys if one.fragment == fragment)
        lists = await self._lists.renew(account.did) if KeyUse.STATUS in key.uses else 0
        endorsed = await self._endorsed.signed_with(method)
        for one in endorsed:
            if one.place is not None:
                await self._endorsing.resign(one)
        await self._signatures.note_first_key(account.did)
        credentials = 0
        while found := await self._signatures.signed_with(method, limit=SOME):
            await self._reissue(found, account, method)
            credentials += len(found)
            told(credentials)
        return Tally(lists=lists, endorsements=len(endorsed), credentials=credentials)

    async def _reissue(self, found: list[Issued], account: IssuerAccount, method: str) -> None:
        """Sign newer copies; nothing is lost of one that moved on meanwhile: it is found again."""
        ours = [issued for issued in found if issued.keys[0] == method]
        moved = dict(zip((one.id for one in ours), await self._moved(ours, account), strict=True))
        flags = [(issued.place, True) for issued in ours]
        for issued in moved.values():
            flags += issued.flags
        await self._lists.flag(flags)  # first, and together: a list is signed twice a second
        for issued in found:
            after = await self._signed(moved.get(issued.id, issued))
            await self._store.change_credential(issued, after, news_of(after, REFRESHED))

    async def _moved(self, ours: list[Issued], account: IssuerAccount) -> list[Issued]:
        """Return credentials with other places in the status lists."""
        lists = self._lists
        places = await lists.take_places(account, len(ours))
        twice = [issued.id for issued in ours if issued.suspension is not None]
        others = await lists.take_places(account, len(twice), purpose=Purpose.SUSPENSION)
        suspensions = dict(zip(twice, others, strict=True))
        return [
            replace(issued, place=place, suspension=suspensions.get(issued.id))
            for issued, place in zip(ours, places, strict=True)
        ]

    async def _signed(self, issued: Issued) -> Issued:
        account = await self._issuers.known(issued.issuer)
        if account is None:
            raise NotFound(f"The issuer {issued.issuer} is not one of this system's.")
        definition = await self._store.definition(issued.version_id)
        embedded = None if definition is None else await self._embedding.of(definition)
        now = self._means.clock()
        valid_from = max(whole_seconds(now), whole_seconds(issued.valid_from) + SECOND)
        await asyncio.sleep(max(0.0, (valid_from - now).total_seconds()))
        document = _renewed(msgspec.json.decode(issued.json), issued)
        document["validFrom"] = format_instant(valid_from)
        _embed(document, Endorsements() if embedded is None else embedded.endorsements)
        signer = self._issuers.signer(account)
        secured = await asyncio.to_thread(
            self._means.templates.secure,
            document,
            signer=signer,
            created=document["validFrom"],
        )
        return replace(
            issued,
            valid_from=valid_from,
            revision=issued.revision + 1,
            keys=(signer.method_id, *(() if embedded is None else embedded.keys)),
            json=msgspec.json.encode(secured),
            jwt=jwt.secure(document, signer=signer),
        )


def _renewed(signed: dict[str, Json], issued: Issued) -> dict[str, Json]:
    """Return a signed credential without its proofs, with the places that it has now."""
    unsigned = {name: value for name, value in signed.items() if name != "proof"}
    entries = [_entry(issued.place)]
    if issued.suspension is not None:
        entries.append(_entry(issued.suspension))
    unsigned["credentialStatus"] = entries if len(entries) > 1 else entries[0]
    return unsigned


def _entry(place: StatusPlace) -> dict[str, Json]:
    return statuslist.entry(place.list_url, place.index, purpose=place.purpose)


def _embed(document: dict[str, Json], endorsements: Endorsements) -> None:
    """Put the endorsements of today in the place of those that are there."""
    achievement = document["credentialSubject"]["achievement"]
    for holder, found in (
        (achievement, endorsements.of_achievement),
        (document["issuer"], endorsements.of_issuer),
    ):
        holder.pop("endorsement", None)
        if found:
            holder["endorsement"] = list(found)
