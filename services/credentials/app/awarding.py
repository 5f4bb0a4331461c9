"""The part of the service that issues, wired."""

from services.content.contract import CatalogApi, PathwaysApi
from services.credentials.app.signing import Signing
from services.credentials.contract import CredentialsApi
from services.credentials.repository.batches import Batches
from services.credentials.repository.erasures import Erasures
from services.credentials.repository.store import Store
from services.credentials.use_cases.bulk import Bulk
from services.credentials.use_cases.embedding import Embedding
from services.credentials.use_cases.erasing import Erasing
from services.credentials.use_cases.issuing import Issuing
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.stacking import Stacking
from services.progress.contract import LearnerApi


class Awarding:
    """Who issues, for courses and for pathways, and who erases."""

    def __init__(  # noqa: PLR0913 - one keyword for each Protocol of the others
        self,
        store: Store,
        signing: Signing,
        embedding: Embedding,
        *,
        catalog: CatalogApi,
        pathways: PathwaysApi,
        learners: LearnerApi,
        means: Means,
    ) -> None:
        """Wire the parts; nothing opens yet."""
        self._store, self._database = store, signing.database
        self._learners, self._means = learners, means
        lists = signing.lists
        self.erasing = Erasing(store, Erasures(signing.database), lists)
        self.issuing = Issuing(
            store,
            catalog,
            issuers=signing.issuers,
            lists=lists,
            erasing=self.erasing,
            embedding=embedding,
            means=means,
        )
        self.stacking = Stacking(
            store,
            self.issuing,
            catalog=catalog,
            pathways=pathways,
            learners=learners,
            clock=means.clock,
        )

    def bulk(self, reading: CredentialsApi, *, key: bytes) -> Bulk:
        """Return BulkApi; ids of what waits for an account are made with the key."""
        return Bulk(
            self._store,
            Batches(self._database, self._store),
            self.issuing,
            learners=self._learners,
            reading=reading,
            means=self._means,
            key=key,
        )
