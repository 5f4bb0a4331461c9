"""Erasing a learner: credentials are revoked on their public lists, then all of it is deleted.

What a holder has downloaded verifies as revoked from then on; the lists name nobody.
"""

from datetime import datetime
from typing import Protocol

from services.credentials.domain.records import Issued
from services.credentials.use_cases.statuslists import StatusLists

SOME = 100


class HeldStore(Protocol):
    """Where credentials are kept."""

    async def page_of(
        self, learner_id: str, *, before: tuple[datetime, str] | None, limit: int
    ) -> tuple[list[Issued], int]:
        """Return a learner's credentials, newest first, and how many there are."""


class ErasureStore(Protocol):
    """Who is erased."""

    async def mark(self, learner_id: str) -> None:
        """Note that a learner is erased; a repeat changes nothing."""

    async def is_marked(self, learner_id: str) -> bool:
        """Return whether a learner is erased."""

    async def delete(self, learner_id: str) -> None:
        """Delete all that any collection holds of a learner, but the mark."""


class Erasing:
    """Erases learners as progress tells of it; every step may be repeated."""

    def __init__(self, store: HeldStore, erasures: ErasureStore, lists: StatusLists) -> None:
        """Keep where credentials are, and the lists that say what they are worth."""
        self._store = store
        self._erasures = erasures
        self._lists = lists

    async def erase(self, learner_id: str) -> None:
        """Mark a learner as erased, revoke what they hold, and delete it; a repeat is a no-op."""
        await self._erasures.mark(learner_id)
        before = None
        while True:
            found, _ = await self._store.page_of(learner_id, before=before, limit=SOME)
            await self._lists.flag([(issued.place, True) for issued in found])
            if len(found) < SOME:
                break
            before = (found[-1].awarded_at, found[-1].id)
        await self._erasures.delete(learner_id)

    async def is_erased(self, learner_id: str) -> bool:
        """Return whether a learner is erased, so that nothing is issued to them."""
        return await self._erasures.is_marked(learner_id)
