"""Sharing: a holder shows a credential to whoever has its link, until they take it back."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.credentials.contract import Credential, ShareCredential
from services.credentials.domain.records import Issued
from services.credentials.domain.sharing import TOKEN_BYTES
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.reading import Reading
from services.kit.errors import Invalid, NotFound
from services.kit.records import Actor


class ShareStore(Protocol):
    """Where links are kept: with their credentials."""

    async def open_share(
        self,
        credential_id: str,
        *,
        token: str,
        show_retention: bool,
        expires_at: datetime | None,
    ) -> None:
        """Share a credential: under the link that it has, else under this token."""

    async def close_share(self, credential_id: str) -> None:
        """Take a credential's link back; a repeat is a no-op."""

    async def shared_under(self, token: str) -> str | None:
        """Return the id of the credential that has the link, expired or not."""


class IssuedStore(Protocol):
    """Where credentials are kept."""

    async def credentials(self, ids: Sequence[str]) -> dict[str, Issued]:
        """Return credentials by id."""


class Sharing:
    """SharingApi, and what a page finds under its link."""

    def __init__(
        self, store: IssuedStore, shares: ShareStore, *, reading: Reading, means: Means
    ) -> None:
        """Keep where credentials and links are, and who shows the outcome."""
        self._store = store
        self._shares = shares
        self._reading = reading
        self._means = means

    async def share(self, actor: Actor, share: ShareCredential) -> Credential:
        """Show a credential of the actor's to whoever has its link, from now on as this says."""
        await self._held(actor, share.credential_id)
        if share.expires_at is not None and share.expires_at <= self._means.clock():
            raise Invalid(
                "expiresAt must be in the future, or null for a link without an end.",
                path=("expiresAt",),
            )
        await self._shares.open_share(
            share.credential_id,
            token=_token(self._means.random(TOKEN_BYTES)),
            show_retention=share.show_retention,
            expires_at=share.expires_at,
        )
        return await self._shown(actor, share.credential_id)

    async def unshare(self, actor: Actor, credential_id: str) -> Credential:
        """Take the link of a credential of the actor's back; a repeat is a no-op."""
        await self._held(actor, credential_id)
        await self._shares.close_share(credential_id)
        return await self._shown(actor, credential_id)

    async def under(self, token: str) -> Issued:
        """Return the credential that is shared under a link now; NotFound, whatever the reason."""
        credential_id = await self._shares.shared_under(token)
        found = {} if credential_id is None else await self._store.credentials((credential_id,))
        issued = found.get(credential_id or "")
        if issued is None or issued.share_at(self._means.clock()) is None:
            raise NotFound("No credential is shared under this link.")
        return issued

    async def _held(self, actor: Actor, credential_id: str) -> None:
        found = (await self._store.credentials((credential_id,))).get(credential_id)
        if found is None or found.learner_id != actor.subject:
            raise NotFound("You hold no credential with this id.", path=("credentialId",))

    async def _shown(self, actor: Actor, credential_id: str) -> Credential:
        (shown,) = await self._reading.credentials(actor, (credential_id,))
        if shown is None:
            raise NotFound("You hold no credential with this id.", path=("credentialId",))
        return shown


def _token(random: bytes) -> str:
    return urlsafe_b64encode(random).rstrip(b"=").decode()
