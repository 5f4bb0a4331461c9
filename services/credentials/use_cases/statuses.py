"""StatusApi: what a credential is worth: revoked for good, suspended, reinstated.

The credential itself is written first, with the news of it; the public lists follow at once, and
once more when the news is heard: should a process die in between, they still come to say so.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol, TypeAlias

from msgspec.structs import replace

from services.credentials.contract import Credential, CredentialStatus
from services.credentials.domain.records import Issued, StatusChange, StatusPlace
from services.credentials.domain.text import reason_text
from services.credentials.use_cases.news import REINSTATED, REVOKED, SUSPENDED, news_of
from services.credentials.use_cases.reading import Reading
from services.credentials.use_cases.statuslists import StatusLists
from services.kit.clock import Clock
from services.kit.errors import Conflict, NotFound
from services.kit.records import Actor, OutboxEntry, Role

ATTEMPTS = 8
"""How often a change is tried again when others change the same credential at the same time."""
NO_CREDENTIAL = "Your organisation has issued no such credential."
ID = ("credentialId",)

Tell: TypeAlias = Callable[[Iterable[tuple[StatusPlace, bool]]], Awaitable[object]]

_TOLD = {
    CredentialStatus.REVOKED: REVOKED,
    CredentialStatus.SUSPENDED: SUSPENDED,
    CredentialStatus.VALID: REINSTATED,
}


class StatusStore(Protocol):
    """Where credentials are kept."""

    async def credentials(self, ids: Sequence[str]) -> dict[str, Issued]:
        """Return credentials by id."""

    async def change_credential(self, before: Issued, after: Issued, news: OutboxEntry) -> bool:
        """Write what differs, with the news of it, in one go; False when it moved on meanwhile."""


class Statuses:
    """Changes what credentials are worth, and has their lists say so."""

    def __init__(
        self, store: StatusStore, lists: StatusLists, reading: Reading, clock: Clock
    ) -> None:
        """Keep where credentials are, and the lists that tell of them."""
        self._store = store
        self._lists = lists
        self._reading = reading
        self._clock = clock

    async def revoke(self, actor: Actor, credential_id: str, reason: str) -> Credential:
        """Revoke, for good; a repeat changes nothing."""
        return await self._change(actor, credential_id, CredentialStatus.REVOKED, reason)

    async def suspend(self, actor: Actor, credential_id: str, reason: str) -> Credential:
        """Suspend, until it is reinstated; a repeat changes nothing. Conflict when revoked."""
        return await self._change(actor, credential_id, CredentialStatus.SUSPENDED, reason)

    async def reinstate(self, actor: Actor, credential_id: str) -> Credential:
        """Take a suspension back; a repeat changes nothing. Conflict when revoked."""
        return await self._change(actor, credential_id, CredentialStatus.VALID, None)

    async def change(
        self, credential_id: str, *, to: CredentialStatus, by: str, reason: str | None = None
    ) -> None:
        """Change what a credential is worth, whoever asks; NotFound, Conflict when revoked.

        Done once the public lists say so. Repeating it writes nothing but what they lack.
        """
        for _ in range(ATTEMPTS):
            found = await self._find(credential_id)
            if found.status is to:
                return await self._settle(credential_id, self._lists.flag)
            if found.status is CredentialStatus.REVOKED:
                raise Conflict("It is revoked, and that is for good.", path=ID)
            one = StatusChange(at=self._clock(), by=by, status=to, reason=reason)
            after = replace(
                found,
                status=to,
                status_reason=reason,
                changes=(*found.changes, one),
                revision=found.revision + 1,
            )
            if await self._store.change_credential(found, after, news_of(after, _TOLD[to])):
                return await self._settle(credential_id, self._lists.flag)
        raise Conflict("Others change this credential at the same time: try again.", path=ID)

    async def settle(self, credential_id: str) -> None:
        """Have the public lists say what is stored, soon: nobody waits for it."""
        await self._settle(credential_id, self._lists.keep)

    async def _settle(self, credential_id: str, tell: Tell) -> None:
        """Tell the lists what is stored, again when somebody else changed it meanwhile.

        Of what was erased meanwhile they are told that it is revoked.
        """
        told: tuple[tuple[StatusPlace, bool], ...] = ()
        while (found := await self._read(credential_id)) is not None and found.flags != told:
            told = found.flags
            await tell(told)
        if found is None:
            await tell([(place, True) for place, _ in told])

    async def _change(
        self, actor: Actor, credential_id: str, to: CredentialStatus, reason: str | None
    ) -> Credential:
        found = await self._find(credential_id)
        if Role.ISSUER not in actor.roles or found.organisation != actor.organisation:
            raise NotFound(NO_CREDENTIAL, path=ID)
        words = None if reason is None else reason_text(reason)
        await self.change(credential_id, to=to, by=actor.subject, reason=words)
        (shown,) = await self._reading.credentials(actor, (credential_id,))
        if shown is None:  # erased meanwhile
            raise NotFound(NO_CREDENTIAL, path=ID)
        return shown

    async def _find(self, credential_id: str) -> Issued:
        found = await self._read(credential_id)
        if found is None:
            raise NotFound(NO_CREDENTIAL, path=ID)
        return found

    async def _read(self, credential_id: str) -> Issued | None:
        return (await self._store.credentials((credential_id,))).get(credential_id)
