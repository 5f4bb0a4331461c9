"""Where definitions, credentials and lists are read from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.credentials.contract import HolderKey
from services.credentials.domain.records import Definition, Issued, SignedList


class ReadingStore(Protocol):
    """Where definitions, credentials and lists are kept."""

    async def newest_definitions(self, achievement_ids: Sequence[str]) -> dict[str, Definition]:
        """Return the award of the newest course version of each achievement, by achievement id."""

    async def count_issued(self, achievement_ids: Sequence[str]) -> dict[str, int]:
        """Return how many credentials there are of each achievement."""

    async def credentials(self, ids: Sequence[str]) -> dict[str, Issued]:
        """Return credentials by id."""

    async def newest_of(self, keys: Sequence[HolderKey]) -> dict[HolderKey, Issued]:
        """Return the newest credential of each learner and achievement."""

    async def page_of(
        self, learner_id: str, *, before: tuple[datetime, str] | None, limit: int
    ) -> tuple[list[Issued], int]:
        """Return a learner's credentials, newest first, and how many there are."""


class ListStore(Protocol):
    """Where status lists are kept."""

    async def signed_list(self, list_id: str) -> SignedList | None:
        """Return a list as it was last signed."""

    async def signed_before(self, list_id: str, moment: datetime) -> bytes | None:
        """Return a list as it was published at a moment, of those that others followed."""
