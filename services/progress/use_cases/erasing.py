"""Erasing a learner: the log is closed first, then all that is held of them goes.

The document that closes the log is the tombstone: it holds the learner's id, a keyed hash that
names nobody, and nothing else. Every step may be repeated.
"""

from services.kit.clock import Clock, to_millis
from services.kit.errors import Invalid
from services.kit.records import Actor
from services.progress.domain.closing import Claimed, erased_event
from services.progress.domain.stored import Stored
from services.progress.use_cases.appending import Appender
from services.progress.use_cases.closings import Closings
from services.progress.use_cases.projecting import Projector
from services.progress.use_cases.store import Clash, LogDocument

AGAIN_MS = 60_000
"""All is deleted once more after this: a request that ran on meanwhile has ended by then."""


class Erasing:
    """Closes logs for good, and deletes what is held of their learners."""

    def __init__(
        self, closings: Closings, projector: Projector, appender: Appender, clock: Clock
    ) -> None:
        """Keep the parts."""
        self._closings = closings
        self._projector = projector
        self._appender = appender
        self._clock = clock

    async def erase(self, actor: Actor, *, confirm: bool) -> None:
        """Erase the actor, here now and in other services as they hear of it; a repeat is a no-op.

        Invalid unless `confirm`; Conflict for a guest whom an account has claimed.
        """
        if not confirm:
            raise Invalid(
                "confirm must be true: erasing deletes everything of yours, for good.",
                path=("confirm",),
            )
        guest = await self._projector.catch_up(actor.subject)
        if guest.state.closed_to is not None:
            raise Claimed("erase it")
        await self.bury(actor.subject)
        await self.delete(actor.subject)

    async def bury(self, learner_id: str) -> None:
        """Close a log for an erasure, unless it is; whatever else writes to it meets that."""
        async with self._appender.turn(learner_id):
            while not (learner := await self._projector.catch_up(learner_id)).state.erased:
                document = self._tombstone(learner_id, learner.through + 1)
                try:
                    await self._appender.log.append(document)
                except Clash:
                    continue

    async def delete(self, learner_id: str) -> None:
        """Delete all that is held of a learner whose log was closed, and of their former guests."""
        for guest in await self._closings.claimed_by(learner_id):
            await self.bury(guest)
            await self._closings.erase(guest)
        await self._closings.erase(learner_id)

    async def erased(self) -> list[str]:
        """Return the ids of who was erased, for whoever restores a backup."""
        return await self._closings.erased()

    def _tombstone(self, learner_id: str, n: int) -> LogDocument:
        now = self._clock()
        event, at = erased_event(learner_id, at=now), to_millis(now)
        closed = Stored(event=event, place=(n, 0), received=at, effective=at)
        return LogDocument(learner_id=learner_id, n=n, received=at, events=(closed,))
