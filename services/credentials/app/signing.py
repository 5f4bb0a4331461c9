"""The part of the service that signs, wired: for the service itself, and for commands."""

import os
from functools import partial

from services.credentials.domain import rdf
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.template import Templates
from services.credentials.repository.issuers import IssuerBook
from services.credentials.repository.keyfiles import KeyFolder
from services.credentials.repository.lists import Lists
from services.credentials.repository.wheel import load_contexts
from services.credentials.settings import Settings
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.organisations import Organisations
from services.credentials.use_cases.rotating import Rotating
from services.credentials.use_cases.statuslists import StatusLists
from services.credentials.use_cases.vaults import Vault
from services.kit.capabilities import Capabilities
from services.kit.clock import utc_now
from services.kit.mongo import Database, Mongo

CAPABILITIES = "morsel credentials: capability URLs"


class Signing:
    """Who signs: issuers, their keys and how these are changed, and their status lists."""

    def __init__(self, settings: Settings, database: Database, means: Means) -> None:
        """Wire the parts; nothing opens yet."""
        self.database = database
        folder = settings.key_folder()
        files = None if folder is None else KeyFolder(folder)
        vault = Vault(settings.sealing_bytes(), means, files)
        self.book = IssuerBook(database)
        self.issuers = Issuers(
            self.book, vault, origin=settings.origin(), names=settings.names(), means=means
        )
        self.rotating = Rotating(self.book, vault, self.issuers, means)
        self.signed = Lists(database)
        self.lists = StatusLists(self.signed, self.issuers, means, suspending=settings.suspending())

    async def create_indexes(self) -> None:
        """Create what is not there yet."""
        await self.book.create_indexes()
        await self.signed.create_indexes()


async def open_organisations(settings: Settings, mongo: Mongo) -> Organisations:
    """Return OrganisationApi alone, for a command; Invalid when the sealing key is not theirs."""
    return Organisations((await open_signing(settings, mongo)).issuers)


async def open_signing(settings: Settings, mongo: Mongo) -> Signing:
    """Return who signs, for a command; Invalid when the sealing key is not the service's."""
    database = mongo.database(settings.database)
    return await ready(Signing(settings, database, make_means(settings, load_contexts())), settings)


async def ready(signing: Signing, settings: Settings) -> Signing:
    """Return who signs once all is there that it needs; Invalid for another sealing key."""
    await signing.create_indexes()
    issuers = signing.issuers
    issuers.signer(await issuers.ensure(settings.organisation))
    return signing


def make_means(settings: Settings, contexts: Contexts) -> Means:
    """Return what the service works with: clock, randomness, canonical form, capability URLs."""
    return Means(
        clock=utc_now,
        random=os.urandom,
        canonicalise=partial(rdf.canonical, contexts=contexts),
        templates=Templates(contexts),
        capabilities=Capabilities(
            origin=settings.origin(),
            secret=settings.sealing_bytes(),
            label=CAPABILITIES,
            clock=utc_now,
        ),
    )
