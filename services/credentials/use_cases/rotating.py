"""Rotating keys: a new one is published first, and signs once everybody can have seen it."""

from datetime import datetime, timedelta
from typing import Protocol

from msgspec.structs import replace

from services.credentials.domain.keys import current_key, next_fragment, waiting_keys
from services.credentials.domain.records import IssuerAccount, KeyUse, SigningKey
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.vaults import Vault
from services.kit.errors import Conflict, Invalid, NotFound

LEAD = timedelta(minutes=15)
"""From publication to the first signature, unless told otherwise: DID documents are held for 5."""
MIN_LEAD = timedelta(minutes=6)
"""Shorter, and verifiers that hold the older document would refuse what the new key signs."""
MAX_LEAD = timedelta(days=30)


class KeyStore(Protocol):
    """Where issuers' keys are kept."""

    async def add_key(self, did: str, key: SigningKey) -> bool:
        """Add a key to an issuer; False when it has one of that name, or is not there."""

    async def activate_key(self, did: str, fragment: str, at: datetime) -> None:
        """Have a key sign from an instant on."""

    async def drop_key(self, did: str, fragment: str, at: datetime) -> None:
        """Note that others may have a key: what it signed counts no longer."""


class Rotating:
    """Gives issuers new keys."""

    def __init__(self, store: KeyStore, vault: Vault, issuers: Issuers, means: Means) -> None:
        """Keep where keys are kept, and who makes them."""
        self._store = store
        self._vault = vault
        self._issuers = issuers
        self._means = means

    async def rotate(self, organisation: str, use: KeyUse, *, lead: timedelta = LEAD) -> SigningKey:
        """Publish a new key, which signs after `lead`; until then the one before goes on.

        NotFound when the organisation has no issuer; Conflict when a new one waits already.
        """
        if not MIN_LEAD <= lead <= MAX_LEAD:
            raise Invalid(
                "A key is published 6 minutes to 30 days before it signs.", path=("lead",)
            )
        account = await self._issuers.of(organisation)
        now = self._means.clock()
        if waiting := waiting_keys(account.keys, use, now=now):
            (key, *_) = waiting
            raise Conflict(f"{key.fragment} waits already: it signs from {key.active_from}.")
        return await self._add(account, use, at=now + lead)

    async def drop(self, organisation: str, fragment: str) -> IssuerAccount:
        """Drop a key that others may have, and return the account as it is then.

        What follows it signs at once. NotFound for no such key. Repeating it changes nothing.
        """
        account = await self._issuers.of(organisation)
        found = next((key for key in account.keys if key.fragment == fragment), None)
        if found is None:
            named = ", ".join(key.fragment for key in account.keys)
            raise NotFound(f"{account.did} has no key {fragment[:40]!r}; it has {named}.")
        if found.compromised_at is None:
            for use in found.uses:  # first: an issuer without a key could sign nothing
                await self._succeed(account, found, use)
            await self._store.drop_key(account.did, fragment, self._means.clock())
        self._issuers.forget(organisation)
        return await self._issuers.of(organisation)

    async def _succeed(self, account: IssuerAccount, old: SigningKey, use: KeyUse) -> None:
        """See to it that another key than an old one signs now."""
        now = self._means.clock()
        if current_key(account, use, now=now) != old:
            return
        waiting = waiting_keys(account.keys, use, now=now)
        if waiting:
            await self._store.activate_key(account.did, waiting[0].fragment, now)
        else:
            await self._add(account, use, at=now)

    async def _add(self, account: IssuerAccount, use: KeyUse, *, at: datetime) -> SigningKey:
        fragment = next_fragment(account.keys, use)
        made = self._vault.make(account.did, account.organisation, fragment=fragment, use=use)
        key = replace(made, active_from=at)
        if any(key.public == other.public for other in account.keys):
            raise Conflict(f"What is there as {fragment} was published before: make a new key.")
        if not await self._store.add_key(account.did, key):
            raise Conflict(f"Somebody else rotates {account.did} at the same time: look again.")
        self._issuers.forget(account.organisation)
        return key
