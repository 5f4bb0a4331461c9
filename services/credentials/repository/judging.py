"""Who does the long work of verification: a thread of this process, or processes of their own."""

import asyncio

from services.credentials.contract import Check
from services.credentials.domain.shape import Presented
from services.credentials.domain.verification import Findings, StatusList, examine, read_list
from services.kit.records import Json


class Threads:
    """A Judge whose work runs in threads of this process."""

    async def examine(self, presented: Presented, findings: Findings) -> tuple[Check, ...]:
        """Return the outcomes of the checks that need no status list."""
        return await asyncio.to_thread(examine, presented, findings)

    async def read_list(self, value: Json, address: str, findings: Findings) -> StatusList:
        """Return a status list that holds; Invalid when it does not."""
        return await asyncio.to_thread(read_list, value, address, findings)
