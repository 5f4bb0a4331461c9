"""The parts that tell learners and authors what was learned, wired."""

from services.content.contract import CatalogApi
from services.kit.clock import Clock
from services.kit.mongo import Database
from services.progress.repository import MongoStore, MongoTallies
from services.progress.use_cases.advising import Advising
from services.progress.use_cases.facts import Facts
from services.progress.use_cases.gaps import Gaps
from services.progress.use_cases.projecting import Projector
from services.progress.use_cases.question_health import Examining


class Counsel:
    """Advice for learners, question health for authors, and the counts that both read."""

    def __init__(
        self, database: Database, store: MongoStore, projector: Projector, facts: Facts
    ) -> None:
        """Keep the parts."""
        self.tallies = MongoTallies(database)
        self._store = store
        self._projector = projector
        self._facts = facts

    def roles(self, catalog: CatalogApi, clock: Clock) -> tuple[Advising, Examining]:
        """Return AdviceApi and HealthApi, over what is published in `catalog`."""
        gaps = Gaps(catalog, self._facts)
        advising = Advising(self._store, self._projector, gaps, self.tallies, clock)
        return advising, Examining(self.tallies, self._facts, catalog)
