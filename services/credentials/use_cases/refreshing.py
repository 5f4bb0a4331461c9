"""Refreshing: a newer copy of a credential under the same id, with what is retained today.

Older copies still verify; they name the address where the newest is. See docs/adr/0018.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

import msgspec

from services.credentials.contract import Credential, CredentialStatus
from services.credentials.domain import jwt
from services.credentials.domain.instants import whole_seconds
from services.credentials.domain.records import Issued
from services.credentials.domain.refreshing import refreshed
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.newest import newest_url
from services.credentials.use_cases.news import REFRESHED, news_of
from services.credentials.use_cases.reading import Reading
from services.credentials.use_cases.retaining import Retaining
from services.kit.errors import Conflict, NotFound
from services.kit.records import Actor, OutboxEntry

ATTEMPTS = 8
"""How often it is tried again when others change the same credential at the same time."""
REST = timedelta(hours=1)
"""After a refresh, during which another one leaves the credential as it is."""
SECOND = timedelta(seconds=1)
ID = ("credentialId",)

_OFF = {
    CredentialStatus.REVOKED: "It is revoked: there is nothing to bring up to date.",
    CredentialStatus.SUSPENDED: "It is suspended: refresh it when it is reinstated.",
    CredentialStatus.EXPIRED: "It has expired: only earning it anew gives a valid one.",
}


class RefreshStore(Protocol):
    """Where credentials are kept."""

    async def credentials(self, ids: Sequence[str]) -> dict[str, Issued]:
        """Return credentials by id."""

    async def change_credential(self, before: Issued, after: Issued, news: OutboxEntry) -> bool:
        """Write what differs, with the news of it, in one go; False when it moved on meanwhile."""


class Refreshing:
    """RefreshApi: holders bring their credentials up to date."""

    def __init__(
        self,
        store: RefreshStore,
        issuers: Issuers,
        *,
        retaining: Retaining,
        reading: Reading,
        means: Means,
    ) -> None:
        """Keep where credentials are, who signs them, and who knows what is retained."""
        self._store = store
        self._issuers = issuers
        self._retaining = retaining
        self._reading = reading
        self._means = means

    async def refresh(self, actor: Actor, credential_id: str) -> Credential:
        """Sign a newer copy of what the actor holds, with their retention of today.

        Within an hour of the last one it stays as it is. Conflict for what is not valid.
        """
        for _ in range(ATTEMPTS):
            found = await self._held(actor, credential_id)
            now = self._means.clock()
            if (off := _OFF.get(found.status_at(now))) is not None:
                raise Conflict(off, path=ID)
            if found.refreshed_at is not None and now < found.refreshed_at + REST:
                return await self._shown(actor, credential_id)
            after = await self._signed(found)
            if await self._store.change_credential(found, after, news_of(after, REFRESHED)):
                return await self._shown(actor, credential_id)
        raise Conflict("Others change this credential at the same time: try again.", path=ID)

    async def _signed(self, issued: Issued) -> Issued:
        """Return the credential with a newer copy, once the second from which it counts is there.

        Of two copies the newer `validFrom` counts, and it is in whole seconds.
        """
        (retention,) = await self._retaining.of((issued,))
        account = await self._issuers.known(issued.issuer)
        if account is None:
            raise NotFound(f"The issuer {issued.issuer} is not one of this system's.")
        now = self._means.clock()
        valid_from = max(whole_seconds(now), whole_seconds(issued.valid_from) + SECOND)
        await asyncio.sleep(max(0.0, (valid_from - now).total_seconds()))
        document = refreshed(
            msgspec.json.decode(issued.json),
            valid_from=valid_from,
            retention=retention,
            url=newest_url(self._means, issued.id),
        )
        signer = self._issuers.signer(account)
        secured = await asyncio.to_thread(
            self._means.templates.secure,
            document,
            signer=signer,
            created=document["validFrom"],
        )
        return msgspec.structs.replace(
            issued,
            valid_from=valid_from,
            refreshed_at=self._means.clock(),
            revision=issued.revision + 1,
            keys=(signer.method_id, *issued.keys[1:]),
            json=msgspec.json.encode(secured),
            jwt=jwt.secure(document, signer=signer),
        )

    async def _held(self, actor: Actor, credential_id: str) -> Issued:
        found = (await self._store.credentials((credential_id,))).get(credential_id)
        if found is None or found.learner_id != actor.subject:
            raise NotFound("You hold no credential with this id.", path=ID)
        return found

    async def _shown(self, actor: Actor, credential_id: str) -> Credential:
        (shown,) = await self._reading.credentials(actor, (credential_id,))
        if shown is None:  # erased meanwhile
            raise NotFound("You hold no credential with this id.", path=ID)
        return shown
