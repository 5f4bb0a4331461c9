"""What closed logs leave to do, done by whoever comes next; idle guests are forgotten."""

from contextlib import suppress
from datetime import timedelta

from services.kit.clock import Clock, to_millis
from services.progress.domain.closing import Erased
from services.progress.use_cases.claiming import Claiming
from services.progress.use_cases.closings import Closing, Closings
from services.progress.use_cases.erasing import AGAIN_MS, Erasing
from services.progress.use_cases.projecting import Projector

IDLE = timedelta(days=30)
"""How long a guest of whom no event has come is kept."""


class Ending:
    """Ends what closed logs leave to do; any number of processes may do so at once."""

    def __init__(
        self,
        closings: Closings,
        projector: Projector,
        *,
        claiming: Claiming,
        erasing: Erasing,
        clock: Clock,
    ) -> None:
        """Look after the log of every learner."""
        self._closings = closings
        self._projector = projector
        self._claiming = claiming
        self._erasing = erasing
        self._clock = clock

    async def end(self, *, older_than: float) -> None:
        """End what has waited longer than `older_than` seconds, and forget idle guests."""
        before = to_millis(self._clock()) - round(older_than * 1000)
        for closing in await self._closings.due(before=before):
            await self._end(closing)
        for guest in await self._closings.idle_guests(before=before - IDLE // _MILLISECOND):
            await self._closings.forget(guest)

    async def _end(self, closing: Closing) -> None:
        """Copy what a claim has not copied yet; delete what an erasure may have left."""
        learner = await self._projector.catch_up(closing.learner_id)
        if learner.state.erased:
            await self._erasing.delete(closing.learner_id)
            again = closing.closed + AGAIN_MS
            until = again if to_millis(self._clock()) < again else None
            await self._closings.put_off(closing.learner_id, until=until)
        elif learner.state.closed_to is not None:
            with suppress(Erased):  # the account's own erasure takes the guest along
                await self._claiming.finish(closing.learner_id, learner.state.closed_to)


_MILLISECOND = timedelta(milliseconds=1)
