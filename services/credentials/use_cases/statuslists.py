"""Status lists: a place for each credential; a list is signed again soon after its bits change.

A change is kept first and signed at once, unless the list was signed within the last half second:
then it waits for the rest of that, together with whatever else comes.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from services.credentials.domain import proofs, statuslist
from services.credentials.domain.instants import format_instant
from services.credentials.domain.records import (
    DueList,
    IssuerAccount,
    KeyUse,
    ListPage,
    SignedList,
    StatusPlace,
)
from services.credentials.domain.signing import Signer
from services.credentials.domain.statuslist import Purpose
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.means import Means
from services.kit.errors import Conflict, NotFound

ATTEMPTS = 8
"""How often a list is looked for again when others open or fill them at the same time."""
LIST_KEY_BYTES = 16
LOOK_SECONDS = 0.1
LOOKS = 100
"""How often a change is looked for in the signed list: longer than the lease of who signs it."""


class ListStore(Protocol):
    """Where status lists are kept."""

    async def take_places(
        self, issuer: str, purpose: Purpose, count: int
    ) -> tuple[StatusPlace, ...]:
        """Take up to `count` places of the issuer's open list; none when every list is full."""

    async def count_lists(self, issuer: str) -> int:
        """Return how many lists an issuer has, whatever they are for."""

    async def add_list(self, page: ListPage, signed: SignedList) -> bool:
        """Add a list, signed and empty; False when another process added that number first."""

    async def change(self, list_id: str, changes: Sequence[tuple[int, bool]]) -> int | None:
        """Keep bits to set or clear, to be signed soon; None when there is no such list.

        Return how many changes the list has been asked for by now: see `is_published`.
        """

    async def is_published(self, list_id: str, asked: int) -> bool:
        """Return whether a list was signed with the first `asked` changes in it."""

    async def renew(self, issuer: str) -> tuple[SignedList, ...]:
        """Have all lists of an issuer signed anew soon, and return them."""

    async def lease(self, list_id: str | None = None) -> DueList | None:
        """Return a list that is due and nobody is signing: any, or that one; None else."""

    async def signed_list(self, list_id: str) -> SignedList | None:
        """Return a list as it was last signed."""

    async def publish(self, due: DueList, signed: SignedList) -> bool:
        """Put a list in place of the one that was leased; False when somebody else did first."""


class StatusLists:
    """The status lists of this deployment's issuers."""

    def __init__(
        self,
        store: ListStore,
        issuers: Issuers,
        means: Means,
        *,
        suspending: frozenset[str] = frozenset(),
    ) -> None:
        """Keep what lists are made of and signed with.

        `suspending` are the organisations whose credentials have an entry for suspension besides.
        """
        self._store = store
        self._issuers = issuers
        self._means = means
        self._suspending = suspending
        self.changed = asyncio.Event()

    async def take_place(self, account: IssuerAccount) -> StatusPlace:
        """Return a place of its own in a list of the issuer's, in a new list when all are full."""
        (place,) = await self.take_places(account, 1)
        return place

    async def take_suspension(self, account: IssuerAccount) -> StatusPlace | None:
        """Return a place for suspension where the issuer has such lists, None where it has none."""
        (place,) = await self.take_suspensions(account, 1)
        return place

    async def take_suspensions(
        self, account: IssuerAccount, count: int
    ) -> tuple[StatusPlace | None, ...]:
        """Return places for suspension where the issuer has such lists, None where it has none."""
        if account.organisation not in self._suspending:
            return (None,) * count
        return await self.take_places(account, count, purpose=Purpose.SUSPENSION)

    async def take_places(
        self, account: IssuerAccount, count: int, *, purpose: Purpose = Purpose.REVOCATION
    ) -> tuple[StatusPlace, ...]:
        """Return places for `count` credentials, in as many lists as that needs."""
        found = list(await self._store.take_places(account.did, purpose, count))
        for _ in range(ATTEMPTS + 2 * count // statuslist.SIZE):
            if len(found) == count:
                return tuple(found)
            # Counted before the next look: a list that others open in between has this number.
            number = await self._store.count_lists(account.did)
            taken = await self._store.take_places(account.did, purpose, count - len(found))
            found += taken
            if not taken:
                await self._open_list(account, number, purpose)
        raise Conflict(f"No status list of {account.did} could be opened.")

    async def flag(self, flags: Iterable[tuple[StatusPlace, bool]]) -> None:
        """Set or clear bits, and return once their lists are signed with them."""
        for list_id, asked in (await self._keep(flags)).items():
            for _ in range(LOOKS):
                await self.publish(list_id)
                if await self._store.is_published(list_id, asked):
                    break
                await asyncio.sleep(LOOK_SECONDS)

    async def renew(self, issuer: str) -> int:
        """Have all lists of an issuer signed with its key of now, and return how many there are."""
        before = await self._store.renew(issuer)
        for one in before:
            for _ in range(LOOKS):
                await self.publish(one.list_id)
                found = await self._store.signed_list(one.list_id)
                if found is None or found.revision > one.revision:
                    break
                await asyncio.sleep(LOOK_SECONDS)
        return len(before)

    async def keep(self, flags: Iterable[tuple[StatusPlace, bool]]) -> None:
        """Keep bits to set or clear, for the publisher to sign within half a second."""
        await self._keep(flags)
        self.changed.set()

    async def _keep(self, flags: Iterable[tuple[StatusPlace, bool]]) -> dict[str, int]:
        """Keep changes, and return by list how many it was asked for by now."""
        by_list: dict[str, list[tuple[int, bool]]] = {}
        for place, value in flags:
            by_list.setdefault(place.list_id, []).append((place.index, value))
        kept = {}
        for list_id, changes in by_list.items():
            asked = await self._store.change(list_id, changes)
            if asked is None:
                raise NotFound(f"There is no status list {list_id}.")
            kept[list_id] = asked
        return kept

    async def publish(self, list_id: str | None = None) -> bool:
        """Sign one list that is due, any or that one; False when there is none."""
        due = await self._store.lease(list_id)
        if due is None:
            return False
        await self._store.publish(due, await self._renewed(due))
        return True

    async def _renewed(self, due: DueList) -> SignedList:
        """Return the list with its changes, signed anew; as it is when nothing changed in time."""
        current = due.current
        bits = statuslist.with_changes(current.bits, due.changes)
        if bits == current.bits and not due.renews and not _is_old(current, due.now):
            return current
        account = await self._issuers.known(current.issuer)
        if account is None:
            raise NotFound(f"The issuer {current.issuer} is not one of this system's.")
        changed = msgspec.structs.replace(current, bits=bits, revision=current.revision + 1)
        signer = self._issuers.signer(account, use=KeyUse.STATUS)
        return await asyncio.to_thread(self._sign, changed, signer, due.now)

    async def _open_list(self, account: IssuerAccount, number: int, purpose: Purpose) -> None:
        kind = "" if purpose is Purpose.REVOCATION else f" {purpose}"
        list_id = hashlib.sha256(f"{account.did} {number}{kind}".encode()).hexdigest()[:32]
        page = ListPage(
            list_id=list_id,
            url=f"{account.origin}/status/{list_id}",
            issuer=account.did,
            number=number,
            purpose=purpose,
            key=self._means.random(LIST_KEY_BYTES),
        )
        unsigned = SignedList(
            list_id=list_id,
            url=page.url,
            issuer=account.did,
            organisation=account.organisation,
            purpose=purpose,
            bits=statuslist.empty(),
            revision=0,
            signed=b"",
        )
        signer, now = self._issuers.signer(account, use=KeyUse.STATUS), self._means.clock()
        signed = await asyncio.to_thread(self._sign, unsigned, signer, now)
        await self._store.add_list(page, signed)

    def _sign(self, unsigned: SignedList, signer: Signer, now: datetime) -> SignedList:
        document = statuslist.credential(
            unsigned.url,
            issuer=unsigned.issuer,
            purpose=unsigned.purpose,
            bits=unsigned.bits,
            valid_from=now,
        )
        secured = proofs.secure(
            document,
            signer=signer,
            created=format_instant(now),
            canonicalise=self._means.canonicalise,
        )
        signed = msgspec.json.encode(secured)
        return msgspec.structs.replace(unsigned, signed=signed, signed_at=now)


def _is_old(current: SignedList, now: datetime) -> bool:
    return current.signed_at is None or current.signed_at + statuslist.RENEWAL <= now
