"""Sweeping: what a killed process acknowledged and did not project is projected all the same."""

from services.kit.clock import Clock
from services.progress.use_cases.projecting import Projector
from services.progress.use_cases.store import Store


class Sweeper:
    """Projects what a killed process left behind."""

    def __init__(self, store: Store, projector: Projector, clock: Clock) -> None:
        """Look after the log of every learner."""
        self._store = store
        self._projector = projector
        self._clock = clock

    async def sweep(self, *, older_than: float) -> int:
        """Catch up learners whose documents waited longer than `older_than` seconds.

        Return how many.
        """
        before = round((self._clock().timestamp() - older_than) * 1000)
        learners = await self._store.unsettled(before=before)
        for learner_id in learners:
            await self._projector.catch_up(learner_id)
        return len(learners)
