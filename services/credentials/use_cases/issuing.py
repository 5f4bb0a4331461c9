"""Issuing: a completion becomes one credential, however often and concurrently it is told."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import msgspec

from services.content.contract import CatalogApi
from services.credentials.domain import jwt
from services.credentials.domain.credential import SALT_BYTES, Award, make_credential
from services.credentials.domain.instants import whole_seconds
from services.credentials.domain.records import Completion, Definition, Issued, define
from services.credentials.domain.signing import Signer
from services.credentials.domain.text import person_name
from services.credentials.use_cases.embedding import Embedding
from services.credentials.use_cases.erasing import Erasing
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.newest import newest_url
from services.credentials.use_cases.news import ISSUED, news_of
from services.credentials.use_cases.statuslists import StatusLists
from services.kit.errors import NotFound
from services.kit.ids import Kind, new_id
from services.kit.records import OutboxEntry, Record


class Wanted(Record):
    """A credential that is to be made."""

    credential_id: str
    completion: Completion
    narrative: str | None = None
    """What its holder did, in Markdown, in the words of who awards it."""


class IssuingStore(Protocol):
    """Where definitions and credentials are kept."""

    async def define(self, definition: Definition) -> None:
        """Keep the award of a course version; repeating it changes nothing."""

    async def definition(self, version_id: str) -> Definition | None:
        """Return the award of a course version."""

    async def is_issued(self, learner_id: str, achievement_id: str, version: str) -> bool:
        """Return whether a learner has an achievement in that version."""

    async def add_credential(self, issued: Issued, news: OutboxEntry) -> bool:
        """Keep a credential and the news of it in one document; False when the learner has it."""


class Issuing:
    """What this service does on news of content and progress."""

    def __init__(  # noqa: PLR0913 - one keyword for each part that it works with
        self,
        store: IssuingStore,
        catalog: CatalogApi,
        *,
        issuers: Issuers,
        lists: StatusLists,
        erasing: Erasing,
        embedding: Embedding,
        means: Means,
    ) -> None:
        """Keep what credentials are made of and signed with."""
        self._store = store
        self._catalog = catalog
        self._issuers = issuers
        self._lists = lists
        self._erasing = erasing
        self._embedding = embedding
        self._means = means

    async def define(self, version_id: str) -> Definition | None:
        """Keep what a course version awards, and return it; None when it awards nothing."""
        known = await self._store.definition(version_id)
        if known is not None:
            return known
        (version,) = await self._catalog.versions((version_id,))
        if version is None:
            raise NotFound(f"Content has no version {version_id}.")
        if version.achievement is None:
            return None
        definition = define(version)
        await self._store.define(definition)
        return definition

    async def award(self, completion: Completion) -> None:
        """Issue what a completion earns, unless the learner has it or nothing is to be earned."""
        definition = await self.define(completion.version_id)
        if definition is not None:
            await self.issue(definition, completion)

    async def issue(self, definition: Definition, completion: Completion) -> None:
        """Issue an award, unless the learner has it in that version or was erased."""
        award = definition.award
        if await self._erasing.is_erased(completion.learner_id):
            return
        if await self._store.is_issued(completion.learner_id, award.id, award.version):
            return
        wanted = Wanted(credential_id=new_id(Kind.CREDENTIAL), completion=completion)
        (issued,) = await self.make(definition, (wanted,))
        await self._store.add_credential(issued, news_of(issued, ISSUED))
        if await self._erasing.is_erased(completion.learner_id):  # meanwhile
            await self._erasing.erase(completion.learner_id)

    async def make(self, definition: Definition, wanted: Sequence[Wanted]) -> list[Issued]:
        """Return credentials in all their signed forms, each with places in status lists."""
        account = await self._issuers.ensure(definition.organisation)
        embedded = await self._embedding.of(definition)
        profile = await self._issuers.profile(definition.organisation)
        places = await self._lists.take_places(account, len(wanted))
        suspensions = await self._lists.take_suspensions(account, len(wanted))
        awards = [
            Award(
                url=f"{self._issuers.origin}/credentials/{one.credential_id}",
                issuer=profile,
                origin=self._issuers.origin,
                definition=definition,
                completion=one.completion,
                place=place,
                suspension=suspension,
                salt=self._means.random(SALT_BYTES),
                valid_from=whole_seconds(self._means.clock()),
                refresh_url=newest_url(self._means, one.credential_id),
                endorsements=embedded.endorsements,
                narrative=one.narrative,
            )
            for one, place, suspension in zip(wanted, places, suspensions, strict=True)
        ]
        signer, made = self._issuers.signer(account), []
        for one, award in zip(wanted, awards, strict=True):
            # in threads and one by one: a millisecond each, between which others are answered
            issued = await asyncio.to_thread(self._sign, one.credential_id, award, signer)
            made.append(msgspec.structs.replace(issued, keys=(signer.method_id, *embedded.keys)))
        return made

    def _sign(self, credential_id: str, award: Award, signer: Signer) -> Issued:
        document = make_credential(award)
        secured = self._means.templates.secure(
            document, signer=signer, created=document["validFrom"]
        )
        definition, completion = award.definition, award.completion
        return Issued(
            id=credential_id,
            url=award.url,
            learner_id=completion.learner_id,
            achievement_id=definition.award.id,
            achievement_version=definition.award.version,
            course_id=definition.course_id,
            version_id=definition.version_id,
            organisation=definition.organisation,
            issuer=award.issuer.did,
            holder_name=person_name(completion.name),
            awarded_at=completion.completed_at,
            valid_from=award.valid_from,
            valid_until=award.valid_until,
            score=completion.score,
            place=award.place,
            suspension=award.suspension,
            json=msgspec.json.encode(secured),
            jwt=jwt.secure(document, signer=signer),
        )
