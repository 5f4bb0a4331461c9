"""Claiming.

What a guest learned moves into an account, with nothing lost and nothing counted twice.
"""

from collections.abc import Mapping

from services.kit.clock import Clock
from services.kit.errors import Conflict, Forbidden, Invalid, NotFound
from services.kit.ids import Kind, read_id
from services.kit.records import Actor, Json
from services.progress.domain.closing import claimed_event
from services.progress.use_cases.appending import Appender
from services.progress.use_cases.closings import Closings
from services.progress.use_cases.moving import Moving
from services.progress.use_cases.profile import settings_of
from services.progress.use_cases.projecting import Projector
from services.progress.use_cases.store import LearnerDocument, Store


class Claiming:
    """Closes a guest's log, then copies its events; every step may be repeated after a crash."""

    def __init__(
        self,
        store: Store,
        closings: Closings,
        projector: Projector,
        appender: Appender,
        *,
        moving: Moving,
        clock: Clock,
    ) -> None:
        """Keep the parts."""
        self._store = store
        self._closings = closings
        self._projector = projector
        self._appender = appender
        self._moving = moving
        self._clock = clock

    async def check(self, actor: Actor, guest_id: str) -> Mapping[str, Json]:
        """Return a guest's settings when the actor may claim it, before anything is written.

        Forbidden to guests. NotFound for what is no guest: an account's log is nobody else's.
        """
        if actor.is_guest:
            raise Forbidden("Sign in first: a guest cannot claim a guest.")
        if guest_id == actor.subject:
            raise Invalid("guestToken is not a guest's.", path=("guestToken",))
        read_id(Kind.LEARNER, guest_id)
        guest = await self._projector.catch_up(guest_id)
        settings = settings_of(guest.state)
        if not settings.get("isGuest"):
            raise NotFound("There is no such guest.", path=("guestToken",))
        _check_closed(guest, actor.subject)
        return settings

    async def claim(self, actor: Actor, guest_id: str) -> LearnerDocument:
        """Move the log of a guest, checked before, into the actor's; Conflict when one was first.

        Every step may be repeated.
        """
        await self._close(guest_id, actor.subject)
        await self.finish(guest_id, actor.subject)
        return await self._projector.catch_up(actor.subject)

    async def finish(self, guest_id: str, account_id: str) -> None:
        """Do what is left after a guest's log was closed; whoever comes next may."""
        await self._copy(guest_id, account_id)
        await self._store.retire(guest_id)
        await self._closings.put_off(guest_id, until=None)

    async def _close(self, guest_id: str, account_id: str) -> None:
        """Append log.closed, which fences every writer of the guest's log."""
        closed = claimed_event(guest_id, account_id, at=self._clock())
        guest = (await self._appender.append(guest_id, (), own=lambda _: (closed,))).learner
        _check_closed(guest, account_id)

    async def _copy(self, guest_id: str, account_id: str) -> None:
        """Append those of the guest's events that the account's log lacks, in their order."""
        documents = await self._store.log_after(guest_id, 0)
        await self._moving.move(account_id, documents, without=("log.", "profile."))


def _check_closed(guest: LearnerDocument, account_id: str) -> None:
    """Return unless the guest's log was closed for another account."""
    if guest.state.closed_to not in (None, account_id):
        raise Conflict("Another account has claimed this guest.", path=("guestToken",))
