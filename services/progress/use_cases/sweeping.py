"""Sweeping: what a killed process acknowledged and did not project is projected all the same."""

from services.progress.use_cases.projecting import Projector
from services.progress.use_cases.store import Store

LEASE_SECONDS = 30.0
"""How long a process may take over what it found before another one takes it up."""


class Sweeper:
    """Projects what a killed process left behind; any number of processes share the work."""

    def __init__(self, store: Store, projector: Projector) -> None:
        """Look after the log of every learner."""
        self._store = store
        self._projector = projector

    async def sweep(self, *, older_than: float) -> int:
        """Catch up learners whose documents waited longer than `older_than` seconds.

        What is seen for the first time is noted, and dealt with by a later call. Return how many.
        """
        learners = await self._store.lease_pending(after=older_than, lasts=LEASE_SECONDS)
        for learner_id in learners:
            await self._projector.catch_up(learner_id)
        return len(learners)
