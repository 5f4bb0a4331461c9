"""Leaving: a learner takes everything along, or has it erased."""

from typing import Protocol

from services.kit.records import Actor


class LeavingApi(Protocol):
    """A learner's own data, to take along and to have erased."""

    async def erase(self, actor: Actor, *, confirm: bool) -> None:
        """Erase the actor in all services, for good; a repeat is a no-op.

        Invalid unless `confirm`; Conflict for a guest whom an account has claimed.
        """
