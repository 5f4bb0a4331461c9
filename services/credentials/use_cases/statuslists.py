"""Status lists: a place for each credential; a list is signed again when a bit changes."""

import asyncio
import hashlib
from typing import Protocol

import msgspec

from services.credentials.domain import proofs, statuslist
from services.credentials.domain.instants import format_instant
from services.credentials.domain.records import IssuerAccount, ListPage, SignedList, StatusPlace
from services.credentials.domain.signing import Signer
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.means import Means
from services.kit.errors import Conflict, NotFound

ATTEMPTS = 8
"""How often a change is tried again when others change the same list at the same time."""
LIST_KEY_BYTES = 16


class ListStore(Protocol):
    """Where status lists are kept."""

    async def take_place(self, issuer: str) -> StatusPlace | None:
        """Take the next place of the issuer's open list; None when every list is full."""

    async def count_lists(self, issuer: str) -> int:
        """Return how many lists an issuer has."""

    async def add_list(self, page: ListPage, signed: SignedList) -> bool:
        """Add a list, signed and empty; False when another process added that number first."""

    async def signed_list(self, list_id: str) -> SignedList | None:
        """Return a list as it was last signed."""

    async def replace_list(self, signed: SignedList) -> bool:
        """Put a list in place of the revision before it; False when somebody else did first."""


class StatusLists:
    """The status lists of this deployment's issuers."""

    def __init__(self, store: ListStore, issuers: Issuers, means: Means) -> None:
        """Keep what lists are made of and signed with."""
        self._store = store
        self._issuers = issuers
        self._means = means

    async def take_place(self, account: IssuerAccount) -> StatusPlace:
        """Return a place of its own in a list of the issuer's, in a new list when all are full."""
        place = await self._store.take_place(account.did)
        for _ in range(ATTEMPTS):
            if place is not None:
                return place
            # Counted before the next look: a list that others open in between has this number.
            number = await self._store.count_lists(account.did)
            place = await self._store.take_place(account.did)
            if place is None:
                await self._open_list(account, number)
        raise Conflict(f"No status list of {account.did} could be opened.")

    async def flag(self, place: StatusPlace, *, value: bool) -> None:
        """Set or clear a credential's bit and publish the list; repeating changes nothing."""
        for _ in range(ATTEMPTS):
            current = await self._store.signed_list(place.list_id)
            if current is None:
                raise NotFound(f"There is no status list {place.list_id}.")
            if statuslist.is_set(current.bits, place.index) == value:
                return
            bits = statuslist.with_bit(current.bits, place.index, value=value)
            if await self._store.replace_list(await self._signed_again(current, bits)):
                return
        raise Conflict("Too many changes of that status list at once: try again.")

    async def _open_list(self, account: IssuerAccount, number: int) -> None:
        list_id = hashlib.sha256(f"{account.did} {number}".encode()).hexdigest()[:32]
        page = ListPage(
            list_id=list_id,
            url=f"{account.origin}/status/{list_id}",
            issuer=account.did,
            number=number,
            key=self._means.random(LIST_KEY_BYTES),
        )
        unsigned = SignedList(
            list_id=list_id,
            url=page.url,
            issuer=account.did,
            organisation=account.organisation,
            bits=statuslist.empty(),
            revision=0,
            signed=b"",
        )
        signed = await asyncio.to_thread(self._sign, unsigned, self._issuers.signer(account))
        await self._store.add_list(page, signed)

    async def _signed_again(self, current: SignedList, bits: bytes) -> SignedList:
        account = await self._issuers.known(current.issuer)
        if account is None:
            raise NotFound(f"The issuer {current.issuer} is not one of this system's.")
        changed = msgspec.structs.replace(current, bits=bits, revision=current.revision + 1)
        return await asyncio.to_thread(self._sign, changed, self._issuers.signer(account))

    def _sign(self, unsigned: SignedList, signer: Signer) -> SignedList:
        now = self._means.clock()
        document = statuslist.credential(
            unsigned.url, issuer=unsigned.issuer, bits=unsigned.bits, valid_from=now
        )
        secured = proofs.secure(
            document,
            signer=signer,
            created=format_instant(now),
            canonicalise=self._means.canonicalise,
        )
        return msgspec.structs.replace(unsigned, signed=msgspec.json.encode(secured))
