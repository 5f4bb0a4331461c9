"""Leaving: a learner takes everything along, or has it erased."""

from datetime import datetime
from typing import Protocol

from services.kit.records import Actor, Record


class Keepsake(Record):
    """A file that another service holds of a learner, for their export."""

    name: str
    """Where it stands in the export, such as credentials/cre_....json."""
    body: bytes


class DataExport(Record):
    """Where a learner fetches all that is held of them: a zip, made as it is sent."""

    url: str
    """Opens it for whoever has it, until it expires."""
    expires_at: datetime


class LeavingApi(Protocol):
    """A learner's own data, to take along and to have erased."""

    async def keep(self, actor: Actor, keepsakes: tuple[Keepsake, ...]) -> None:
        """Hold what others have of the actor for two hours, so that exports contain it."""

    async def export(self, actor: Actor) -> DataExport:
        """Return where the actor's export is.

        Conflict for a guest whom an account has claimed, Forbidden for who was erased.
        """

    async def erase(self, actor: Actor, *, confirm: bool) -> None:
        """Erase the actor in all services, for good; a repeat is a no-op.

        Invalid unless `confirm`; Conflict for a guest whom an account has claimed.
        """
