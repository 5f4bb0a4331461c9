"""What is about credentials that somebody holds, wired."""

from services.credentials.app.signing import Signing
from services.credentials.repository.issued import IssuedPages
from services.credentials.repository.shares import Shares
from services.credentials.repository.store import Store
from services.credentials.use_cases.embedding import Embedding
from services.credentials.use_cases.listing import Listing
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.reading import Reading
from services.credentials.use_cases.refreshing import Refreshing
from services.credentials.use_cases.retaining import Retaining
from services.credentials.use_cases.sharing import Sharing
from services.credentials.use_cases.statuses import Statuses
from services.progress.contract import AdviceApi


class Holding:
    """Who reads credentials, shares them, changes what they are worth, brings them up to date."""

    def __init__(
        self,
        store: Store,
        signing: Signing,
        embedding: Embedding,
        *,
        means: Means,
        advice: AdviceApi,
    ) -> None:
        """Wire the parts; nothing opens yet."""
        issuers = signing.issuers
        self.retaining = Retaining(store, advice)
        self.reading = Reading(
            store,
            signing.signed,
            issuers=issuers,
            retaining=self.retaining,
            embedding=embedding,
            means=means,
        )
        self.statuses = Statuses(store, signing.lists, self.reading, means.clock)
        self.refreshing = Refreshing(
            store, issuers, retaining=self.retaining, reading=self.reading, means=means
        )
        self._pages = IssuedPages(signing.database)
        self.listing = Listing(self._pages, self.reading, means.clock)
        self.shares = Shares(signing.database)
        self.sharing = Sharing(store, self.shares, reading=self.reading, means=means)

    async def create_indexes(self) -> None:
        """Create what is not there yet."""
        await self.shares.create_indexes()
        await self._pages.create_indexes()
