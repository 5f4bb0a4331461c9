"""Issuers: one for each organisation and origin; its key is made at first need, kept sealed."""

from collections.abc import Collection, Mapping
from typing import Protocol

import structlog

from services.credentials.contract import Issuer
from services.credentials.domain import did, sealing
from services.credentials.domain.issuer import make_issuer
from services.credentials.domain.records import IssuerAccount, SigningKey
from services.credentials.domain.signing import SeedSigner, Signer, public_key_of
from services.credentials.use_cases.means import Means
from services.kit.errors import Conflict, NotFound
from services.kit.records import Json

SEED_BYTES = 32

log = structlog.get_logger(__name__)


class IssuerStore(Protocol):
    """Where issuers are kept."""

    async def issuer(self, did: str) -> IssuerAccount | None:
        """Return an issuer by DID."""

    async def issuers_of(self, organisation: str) -> tuple[IssuerAccount, ...]:
        """Return an organisation's issuers, one for each origin that it ever had."""

    async def add_issuer(self, account: IssuerAccount) -> bool:
        """Add an issuer; False when that organisation has one under that origin."""

    async def name_issuers(self, organisation: str, name: str) -> None:
        """Set the name of all of an organisation's issuers."""

    async def issuer_names(self, organisations: Collection[str]) -> dict[str, str]:
        """Return the names of those organisations that have one."""


class Issuers:
    """Issuers of this deployment's origin, and their signers."""

    def __init__(
        self,
        store: IssuerStore,
        *,
        origin: str,
        names: Mapping[str, str],
        sealing_key: bytes,
        means: Means,
    ) -> None:
        """Keep the origin that new issuers are named after, and the key that seals theirs."""
        self._store = store
        self._origin = origin
        self._names = names
        self._sealing_key = sealing_key
        self._means = means
        self._accounts: dict[str, IssuerAccount] = {}  # their keys never change, so kept for ever

    @property
    def origin(self) -> str:
        """Return the origin that issuers are named after."""
        return self._origin

    async def ensure(self, organisation: str) -> IssuerAccount:
        """Return the organisation's issuer under this origin, made now at the first need of it."""
        if organisation in self._accounts:
            return self._accounts[organisation]
        account = await self._stored(organisation)
        if account is None:
            # Two processes may get here at once: the unique index lets one of them win.
            await self._store.add_issuer(self._make(organisation))
            account = await self._stored(organisation)
        assert account is not None
        self._accounts[organisation] = account
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

    async def register(self, organisation: str, name: str) -> Issuer:
        """Name an organisation, make its issuer where it has none, and return it.

        Conflict where a setting names it; Invalid when the sealing key is another.
        """
        if self._names.get(organisation, name) != name:
            raise Conflict("The setting MORSEL_ORGANISATION_NAMES names this organisation already.")
        self.signer(await self.ensure(organisation))
        await self._store.name_issuers(organisation, name)
        return await self.profile(organisation)

    async def profile(self, organisation: str) -> Issuer:
        """Return an organisation as everybody else sees it, whether it has issued yet or not."""
        return (await self.profiles((organisation,)))[organisation]

    async def profiles(self, organisations: Collection[str]) -> dict[str, Issuer]:
        """Return organisations by slug: each named as set, as registered, or by its slug."""
        registered = [slug for slug in organisations if slug not in self._names]
        names = await self._store.issuer_names(registered) if registered else {}
        names |= self._names
        return {slug: self._profile(slug, names.get(slug)) for slug in organisations}

    def signer(self, account: IssuerAccount) -> Signer:
        """Return the signer of an issuer's newest key; Invalid when the sealing key is another."""
        key = account.keys[-1]
        seed = sealing.unseal(key.sealed, key=self._sealing_key, owner=account.did)
        return SeedSigner(seed, method_id=f"{account.did}#{key.fragment}")

    def _profile(self, organisation: str, name: str | None) -> Issuer:
        identifier = did.issuer_did(self._origin, organisation)
        shown = name or organisation.replace("-", " ").title()
        return make_issuer(identifier, name=shown, url=self._origin)

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
        identifier, seed = (
            did.issuer_did(self._origin, organisation),
            self._means.random(SEED_BYTES),
        )
        nonce = self._means.random(sealing.NONCE_BYTES)
        sealed = sealing.seal(seed, key=self._sealing_key, nonce=nonce, owner=identifier)
        key = SigningKey(fragment="key-1", public=public_key_of(seed), sealed=sealed)
        return IssuerAccount(
            did=identifier,
            organisation=organisation,
            origin=self._origin,
            keys=(key,),
            created_at=self._means.clock(),
        )


def did_document(account: IssuerAccount) -> dict[str, Json]:
    """Return the DID document of an issuer of ours."""
    return did.document(account.did, {key.fragment: key.public for key in account.keys})
