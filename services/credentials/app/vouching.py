"""The part of the service that endorses, wired."""

from services.credentials.app.signing import Signing
from services.credentials.repository.endorsements import EndorsementBook
from services.credentials.repository.store import Store
from services.credentials.use_cases.embedding import Embedding, Examiner
from services.credentials.use_cases.endorsing import Endorsing
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.sources import Judge, Sources


class Vouching:
    """Who endorses what, and what of it stands in credentials."""

    def __init__(
        self, signing: Signing, store: Store, sources: Sources, judge: Judge, *, means: Means
    ) -> None:
        """Wire the parts; nothing opens yet."""
        self.book = EndorsementBook(signing.database)
        examiner = Examiner(sources, judge, means.clock)
        self.embedding = Embedding(self.book, signing.issuers, examiner, means.clock)
        self.endorsing = Endorsing(
            self.book,
            store,
            issuers=signing.issuers,
            lists=signing.lists,
            examiner=examiner,
            means=means,
        )
