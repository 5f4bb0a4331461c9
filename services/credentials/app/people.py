"""The parts that people meet, wired: pages, and being found."""

from starlette.routing import BaseRoute

from services.credentials.app.holding import Holding
from services.credentials.contract import VerifyingApi
from services.credentials.endpoints.pages import Pages
from services.credentials.repository.store import Store
from services.credentials.repository.talent import Talents
from services.credentials.settings import Settings
from services.credentials.use_cases.finding import Finding
from services.credentials.use_cases.forms import Forms
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.showing import Showing
from services.kit.mongo import Database
from services.progress.contract import AdviceApi, LearnerApi


class People:
    """TalentApi, and the pages."""

    def __init__(
        self, database: Database, store: Store, holding: Holding, issuers: Issuers, *, means: Means
    ) -> None:
        """Keep the parts."""
        self._talents = Talents(database)
        self._store = store
        self._holding = holding
        self._issuers = issuers
        self._means = means

    async def create_indexes(self) -> None:
        """Create what is not there yet."""
        await self._talents.create_indexes()

    def finding(self, settings: Settings, advice: AdviceApi, learners: LearnerApi) -> Finding:
        """Return TalentApi, over what progress says of consent and cards."""
        return Finding(
            self._talents,
            self._store,
            reading=self._holding.reading,
            issuers=self._issuers,
            advice=advice,
            learners=learners,
            means=self._means,
            sealing_key=settings.sealing_bytes(),
        )

    def pages(self, verifying: VerifyingApi, forms: Forms) -> list[BaseRoute]:
        """Return the routes of the pages."""
        sharing, reading = self._holding.sharing, self._holding.reading
        showing = Showing(sharing, reading, verifying, forms, clock=self._means.clock)
        return Pages(showing, verifying, origin=self._issuers.origin).routes()
