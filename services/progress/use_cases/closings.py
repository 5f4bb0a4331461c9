"""What closing a log for good needs of the database."""

from typing import Protocol

from services.kit.records import Record
from services.progress.use_cases.store import LearnerDocument


class Closing(Record):
    """A log that was closed, with work left to do."""

    learner_id: str
    closed: int
    """When, ms."""


class Closings(Protocol):
    """Logs that are closed: claimed guests and erased learners."""

    async def due(self, *, before: int) -> list[Closing]:
        """Return closed logs with work left that was to be looked at before `before` (ms)."""

    async def put_off(self, learner_id: str, *, until: int | None) -> None:
        """Note when the work that a closed log leaves is looked at again; None: it is done."""

    async def claimed_by(self, account_id: str) -> list[str]:
        """Return the guests whose logs were closed for an account."""

    async def erase(self, learner_id: str) -> None:
        """Delete all that any collection holds of a learner, but what marks them as erased."""

    async def erased(self) -> list[str]:
        """Return the ids of who was erased."""

    async def idle_guests(self, *, before: int) -> list[LearnerDocument]:
        """Return some guests that began before `before` (ms) and of whom no event came."""

    async def forget(self, guest: LearnerDocument) -> bool:
        """Delete an idle guest; False where its log moved on."""
