"""Issuers: one for each organisation and origin; its keys are made at first need."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from msgspec.structs import replace

from services.credentials.contract import Issuer
from services.credentials.domain import did
from services.credentials.domain.issuer import issuer_id, make_issuer
from services.credentials.domain.keys import current_key, next_fragment
from services.credentials.domain.records import IssuerAccount, KeyUse, SelfDescription
from services.credentials.domain.signing import Signer
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.vaults import Vault
from services.kit.errors import NotFound

FRESH = timedelta(seconds=5)
"""How long an account is believed: so long a process may sign with a key that was dropped."""

log = structlog.get_logger(__name__)


class IssuerStore(Protocol):
    """Where issuers are kept."""

    async def issuer(self, did: str) -> IssuerAccount | None:
        """Return an issuer by DID."""

    async def issuers_of(self, organisation: str) -> tuple[IssuerAccount, ...]:
        """Return an organisation's issuers, one for each origin that it ever had."""

    async def issuers_by_id(self, ids: Collection[str]) -> dict[str, IssuerAccount]:
        """Return issuers by global id."""

    async def add_issuer(self, account: IssuerAccount, global_id: str) -> bool:
        """Add an issuer; False when that organisation has one under that origin."""

    async def describe_issuers(self, organisation: str, words: SelfDescription) -> None:
        """Set what all of an organisation's issuers say of themselves; None leaves as it is."""

    async def descriptions(self, organisations: Collection[str]) -> dict[str, SelfDescription]:
        """Return what those organisations say of themselves that say anything."""


class Issuers:
    """Issuers of this deployment's origin, and their signers."""

    def __init__(
        self,
        store: IssuerStore,
        vault: Vault,
        *,
        origin: str,
        names: Mapping[str, str],
        means: Means,
    ) -> None:
        """Keep the origin that new issuers are named after, and who makes their keys.

        `names` are what organisations are called until they say otherwise.
        """
        self._store = store
        self._vault = vault
        self._origin = origin
        self._names = names
        self._means = means
        self._accounts: dict[str, tuple[datetime, IssuerAccount]] = {}

    @property
    def origin(self) -> str:
        """Return the origin that issuers are named after."""
        return self._origin

    async def ensure(self, organisation: str) -> IssuerAccount:
        """Return the organisation's issuer under this origin, made now at the first need of it."""
        now = self._means.clock()
        read_at, known = self._accounts.get(organisation, (now, None))
        if known is not None and now - read_at < FRESH:
            return known
        account = await self._stored(organisation)
        if account is None:
            # Two processes may get here at once: the unique index lets one of them win.
            made = self._make(organisation)
            await self._store.add_issuer(made, issuer_id(made.did))
            account = await self._stored(organisation)
        assert account is not None
        self._accounts[organisation] = (now, account)
        return account

    async def known(self, did: str) -> IssuerAccount | None:
        """Return an issuer of this system by DID, under whatever origin it was made."""
        return await self._store.issuer(did)

    async def of(self, organisation: str) -> IssuerAccount:
        """Return the organisation's issuer under this origin; NotFound when it never issued."""
        account = await self._stored(organisation)
        if account is None:
            raise NotFound(f"No organisation {organisation[:60]!r} issues credentials here.")
        return account

    async def describe(self, organisation: str, words: SelfDescription) -> Issuer:
        """Set what an organisation says of itself, make its issuer where it has none, return it.

        None in `words` leaves what is there. Invalid when the sealing key is another.
        """
        self.signer(await self.ensure(organisation))
        await self._store.describe_issuers(organisation, words)
        return await self.profile(organisation)

    async def profile(self, organisation: str) -> Issuer:
        """Return an organisation as everybody else sees it, whether it has issued yet or not."""
        return (await self.profiles((organisation,)))[organisation]

    async def profiles(self, organisations: Collection[str]) -> dict[str, Issuer]:
        """Return organisations by slug: each named as it says, as set, or by its slug."""
        found = await self._store.descriptions(organisations) if organisations else {}
        return {
            slug: self._profile(slug, found.get(slug, SelfDescription())) for slug in organisations
        }

    async def by_id(self, ids: Collection[str]) -> dict[str, Issuer]:
        """Return issuers of this system by global id."""
        accounts = await self._store.issuers_by_id(ids)
        profiles = await self.profiles({one.organisation for one in accounts.values()})
        return {
            id_: replace(profiles[one.organisation], id=id_, did=one.did)
            for id_, one in accounts.items()
        }

    async def accounts(self, ids: Collection[str]) -> dict[str, IssuerAccount]:
        """Return the accounts of issuers of this system by global id."""
        return await self._store.issuers_by_id(ids)

    def signer(self, account: IssuerAccount, *, use: KeyUse = KeyUse.CREDENTIAL) -> Signer:
        """Return the signer of the key that signs now; Invalid when the sealing key is another.

        Unavailable when the key's file cannot be read.
        """
        return self._vault.signer(account, current_key(account, use, now=self._means.clock()))

    def forget(self, organisation: str) -> None:
        """Look an issuer up anew at the next need: its keys were changed by this process."""
        self._accounts.pop(organisation, None)

    def _profile(self, organisation: str, words: SelfDescription) -> Issuer:
        named = words.name or self._names.get(organisation)
        return make_issuer(
            did.issuer_did(self._origin, organisation),
            name=named or organisation.replace("-", " ").title(),
            url=words.url or self._origin,
            image=words.image,
        )

    async def _stored(self, organisation: str) -> IssuerAccount | None:
        accounts = await self._store.issuers_of(organisation)
        for account in accounts:
            if account.origin == self._origin:
                return account
        if accounts:
            log.warning(
                "issuer.other_origin",
                organisation=organisation,
                known=[account.origin for account in accounts],
                now=self._origin,
            )
        return None

    def _make(self, organisation: str) -> IssuerAccount:
        identifier = did.issuer_did(self._origin, organisation)
        keys = tuple(
            self._vault.make(identifier, organisation, fragment=next_fragment((), use), use=use)
            for use in KeyUse
        )
        return IssuerAccount(
            did=identifier,
            organisation=organisation,
            origin=self._origin,
            keys=keys,
            created_at=self._means.clock(),
        )
