"""The parts that end a learner's log: claims, erasures and exports, wired."""

from services.kit.capabilities import Capabilities
from services.kit.clock import Clock
from services.kit.mongo import Database
from services.progress.repository import MongoClosings, MongoExports, MongoStore
from services.progress.use_cases.appending import Appender
from services.progress.use_cases.claiming import Claiming
from services.progress.use_cases.ending import Ending
from services.progress.use_cases.erasing import Erasing
from services.progress.use_cases.exporting import Exporting
from services.progress.use_cases.importing import Importing
from services.progress.use_cases.leaving import Leaving
from services.progress.use_cases.moving import Moving
from services.progress.use_cases.projecting import Projector
from services.progress.use_cases.reading import Learners


class Closed:
    """What closes logs for good, and what is taken along before."""

    def __init__(
        self,
        database: Database,
        store: MongoStore,
        *,
        projector: Projector,
        appender: Appender,
        clock: Clock,
    ) -> None:
        """Wire the parts, top to bottom."""
        closings = MongoClosings(database)
        self.exports = MongoExports(database)
        moving = Moving(store, projector, appender)
        self.claiming = Claiming(store, closings, projector, appender, moving=moving, clock=clock)
        self.erasing = Erasing(closings, projector, appender, clock)
        self.ending = Ending(
            closings, projector, claiming=self.claiming, erasing=self.erasing, clock=clock
        )
        self._importing = Importing(appender, clock)
        self._projector = projector

    def leaving(self, learners: Learners, capabilities: Capabilities) -> Leaving:
        """Return LeavingApi, whose exports are read through `learners`."""
        exporting = Exporting(self.exports, self._projector, learners, capabilities=capabilities)
        return Leaving(exporting, self.erasing, self._importing)
