"""LeavingApi: what learners may do with all of their data at once."""

from services.kit.records import Actor
from services.progress.contract import DataExport, Keepsake
from services.progress.use_cases.erasing import Erasing
from services.progress.use_cases.exporting import Exporting
from services.progress.use_cases.importing import Importing


class Leaving:
    """Taking everything along, and having it erased."""

    def __init__(self, exporting: Exporting, erasing: Erasing, importing: Importing) -> None:
        """Keep who exports, who erases and who imports."""
        self.exporting = exporting
        self.erasing = erasing
        self.importing = importing

    async def keep(self, actor: Actor, keepsakes: tuple[Keepsake, ...]) -> None:
        """Hold what others have of the actor for two hours, so that exports contain it."""
        await self.exporting.keep(actor, keepsakes)

    async def export(self, actor: Actor) -> DataExport:
        """Return where the actor's export is."""
        return await self.exporting.export(actor)

    async def erase(self, actor: Actor, *, confirm: bool) -> None:
        """Erase the actor in all services, for good; a repeat is a no-op."""
        await self.erasing.erase(actor, confirm=confirm)
