"""The part of the service that endorses, and that deals with lost keys, wired."""

from services.credentials.app.signing import Signing, make_means, ready
from services.credentials.domain.contexts import Contexts
from services.credentials.repository.endorsements import EndorsementBook
from services.credentials.repository.judging import Processes, Threads
from services.credentials.repository.lists import Lists
from services.credentials.repository.signatures import Signatures
from services.credentials.repository.store import Store
from services.credentials.repository.web import Web
from services.credentials.repository.wheel import load_contexts
from services.credentials.settings import Settings
from services.credentials.use_cases.compromise import Compromise
from services.credentials.use_cases.embedding import Embedding, Examiner
from services.credentials.use_cases.endorsing import Endorsing
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.sources import Judge, Sources
from services.kit.clock import utc_now
from services.kit.mongo import Mongo


class Vouching:
    """Who endorses what, what of it stands in credentials, and who signs anew."""

    def __init__(
        self, signing: Signing, store: Store, sources: Sources, judge: Judge, *, means: Means
    ) -> None:
        """Wire the parts; nothing opens yet."""
        self._book = EndorsementBook(signing.database)
        self._signatures = Signatures(signing.database)
        examiner = Examiner(sources, judge, means.clock)
        self.embedding = Embedding(self._book, signing.issuers, examiner, means.clock)
        self.endorsing = Endorsing(
            self._book,
            store,
            issuers=signing.issuers,
            lists=signing.lists,
            examiner=examiner,
            means=means,
        )
        self.compromise = Compromise(
            store,
            self._signatures,
            self._book,
            rotating=signing.rotating,
            issuers=signing.issuers,
            lists=signing.lists,
            endorsing=self.endorsing,
            embedding=self.embedding,
            means=means,
        )

    async def create_indexes(self) -> None:
        """Create what is not there yet."""
        await self._book.create_indexes()
        await self._signatures.create_indexes()


def make_judge(settings: Settings) -> Judge:
    """Return who does the long work of verification."""
    workers = settings.verify_workers
    return Processes(workers) if workers else Threads()


def make_sources(
    settings: Settings, lists: Lists, judge: Judge, *, issuers: Issuers, contexts: Contexts
) -> Sources:
    """Return where verification looks things up."""
    web = Web(exempt=(settings.origin(), *settings.fetched_origins()))
    return Sources(lists, web, judge, issuers=issuers, contexts=contexts, clock=utc_now)


async def open_compromise(settings: Settings, mongo: Mongo) -> Compromise:
    """Return who deals with a lost key, for a command; Invalid for another sealing key."""
    contexts, judge = load_contexts(), Threads()
    means, database = make_means(settings, contexts), mongo.database(settings.database)
    signing = await ready(Signing(settings, database, means), settings)
    sources = make_sources(
        settings, signing.signed, judge, issuers=signing.issuers, contexts=contexts
    )
    vouching = Vouching(signing, Store(database), sources, judge, means=means)
    await vouching.create_indexes()
    return vouching.compromise
