"""Reading: what can be earned, what was issued, and the public documents that verifiers ask for."""

import asyncio
from datetime import datetime

import msgspec

from services.credentials.contract import (
    Achievement,
    Credential,
    CredentialStatus,
    Endorsement,
    HolderKey,
    Issuer,
    StatusChange,
)
from services.credentials.domain.achievement import (
    achievement_url,
    make_achievement,
    show_achievement,
)
from services.credentials.domain.instants import format_instant
from services.credentials.domain.issuer import make_profile
from services.credentials.domain.keys import did_document
from services.credentials.domain.records import Issued, SignedList
from services.credentials.domain.records import StatusChange as StatusChanged
from services.credentials.domain.sharing import linked_in_url, share_url
from services.credentials.domain.talent import HIDDEN
from services.credentials.use_cases.cursors import cursor_of, read_cursor
from services.credentials.use_cases.embedding import Embedding
from services.credentials.use_cases.forms import BUNDLE, JSON, PDF, PNG, SVG
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.newest import newest_path
from services.credentials.use_cases.reading_store import ListStore, ReadingStore
from services.credentials.use_cases.retaining import Retaining
from services.kit.errors import Invalid, NotFound
from services.kit.records import Actor, Json, Page, PageArgs, Role

MAX_PAGE = 100


class Reading:
    """CredentialsApi over what is stored."""

    def __init__(
        self,
        store: ReadingStore,
        lists: ListStore,
        *,
        issuers: Issuers,
        retaining: Retaining,
        embedding: Embedding,
        means: Means,
    ) -> None:
        """Keep where to look."""
        self._store = store
        self._lists = lists
        self._issuers = issuers
        self._retaining = retaining
        self._embedding = embedding
        self.capabilities = means.capabilities
        self._clock = means.clock

    async def achievements(self, ids: tuple[str, ...]) -> tuple[Achievement | None, ...]:
        """Return achievements of published courses by id."""
        definitions = await self._store.newest_definitions(ids)
        counts, issuers = await asyncio.gather(
            self._store.count_issued(tuple(definitions)),
            self._issuers.profiles({found.organisation for found in definitions.values()}),
        )
        shown = {
            id_: show_achievement(
                found,
                counts.get(id_, 0),
                issuer=issuers[found.organisation],
                url=achievement_url(found, origin=self._issuers.origin),
            )
            for id_, found in definitions.items()
        }
        return tuple(shown.get(id_) for id_ in ids)

    async def issuers(self, ids: tuple[str, ...]) -> tuple[Issuer | None, ...]:
        """Return issuers by id, and bodies that endorsed something."""
        found = await self._issuers.by_id(ids)
        if foreign := [id_ for id_ in ids if id_ not in found]:
            found = await self._embedding.bodies(foreign) | found
        return tuple(found.get(id_) for id_ in ids)

    async def endorsements(self, ids: tuple[str, ...]) -> tuple[tuple[Endorsement, ...], ...]:
        """Return what is said of achievements, as they are now, and of issuers; newest first."""
        definitions, accounts = await asyncio.gather(
            self._store.newest_definitions(ids), self._issuers.accounts(ids)
        )
        origin = self._issuers.origin
        about = {id_: achievement_url(one, origin=origin) for id_, one in definitions.items()}
        about |= {id_: account.did for id_, account in accounts.items()}
        return await self._embedding.listed(ids, about)

    async def credentials(
        self, actor: Actor | None, ids: tuple[str, ...]
    ) -> tuple[Credential | None, ...]:
        """Return what the actor holds, their organisation issued (role ISSUER), or is shared."""
        found = await self._store.credentials(ids)
        return tuple(self._readable(actor, found[one]) if one in found else None for one in ids)

    async def retentions(
        self, actor: Actor | None, ids: tuple[str, ...]
    ) -> tuple[float | None, ...]:
        """Return how well holders still know what each is for; None where it is kept private."""
        found = await self._store.credentials(ids)
        seen = [one for one in found.values() if self._tells_retention(actor, one)]
        known = await self._retaining.of(seen)
        by_id = {issued.id: chance for issued, chance in zip(seen, known, strict=True)}
        return tuple(by_id.get(one) for one in ids)

    async def of_talent(self, ids: tuple[str, ...]) -> tuple[Credential, ...]:
        """Return credentials of people who agreed to be found, without what holders alone see."""
        found = await self._store.credentials(ids)
        shown = (self._credential(issued) for issued in found.values())
        return tuple(msgspec.structs.replace(one, **HIDDEN) for one in shown)

    async def held(self, keys: tuple[HolderKey, ...]) -> tuple[Credential | None, ...]:
        """Return the newest credential of each learner for each achievement."""
        found = await self._store.newest_of(keys)
        return tuple(self._credential(found[key]) if key in found else None for key in keys)

    async def held_by(self, learner_id: str, page: PageArgs) -> Page[Credential]:
        """Return a learner's credentials, newest first."""
        size = max(1, min(page.first, MAX_PAGE))
        before = None if page.after is None else read_cursor(page.after)
        found, total = await self._store.page_of(learner_id, before=before, limit=size + 1)
        shown = found[:size]
        return Page(
            nodes=tuple(self._credential(issued) for issued in shown),
            cursors=tuple(cursor_of(issued.awarded_at, issued.id) for issued in shown),
            has_next=len(found) > size,
            has_previous=before is not None,
            total=total,
        )

    # ------------------------------------------------------------ public documents

    async def signed_file(
        self, credential_id: str, suffix: str, *, expires: str, signature: str
    ) -> bytes:
        """Return a credential as signed, `.json` or `.jwt`; NotFound without a capability."""
        path = _path(credential_id, suffix)
        self.capabilities.check(path, expires=expires, signature=signature)
        found = await self._store.credentials((credential_id,))
        if credential_id not in found:
            raise NotFound("There is no such credential.")
        issued = found[credential_id]
        return issued.json if suffix == ".json" else issued.jwt.encode()

    async def is_suspended(self, url: str) -> bool:
        """Return whether a credential of ours, by the id in it, is suspended now."""
        credential_id = url.removeprefix(f"{self._issuers.origin}/credentials/")
        found = (await self._store.credentials((credential_id,))).get(credential_id)
        return found is not None and found.status is CredentialStatus.SUSPENDED

    async def status_list(self, list_id: str) -> SignedList:
        """Return a status list as it was last signed; NotFound."""
        found = await self._lists.signed_list(list_id)
        if found is None:
            raise NotFound("There is no such status list.")
        return found

    async def status_list_at(self, list_id: str, moment: datetime) -> bytes:
        """Return a status list as it was published at a moment; NotFound, Invalid if to come."""
        now = self._clock()
        if moment > now:
            raise Invalid(f"It is {format_instant(now)}: nobody knows the list of a later time.")
        found = await self.status_list(list_id)
        if found.signed_at is not None and found.signed_at <= moment:
            return found.signed
        before = await self._lists.signed_before(list_id, moment)
        if before is None:
            raise NotFound("At that time this status list did not exist yet.")
        return before

    async def newest(self, credential_id: str, *, key: str) -> Issued:
        """Return a credential as it is now, by the address that its copies name; NotFound."""
        self.capabilities.check_lasting(newest_path(credential_id), key=key)
        found = await self._store.credentials((credential_id,))
        if credential_id not in found:
            raise NotFound("There is no such credential any more.")
        return found[credential_id]

    async def did_document(self, organisation: str) -> dict[str, Json]:
        """Return the DID document of an organisation's issuer; NotFound when it never issued."""
        return did_document(await self._issuers.of(organisation))

    async def profile(self, organisation: str) -> dict[str, Json]:
        """Return the Profile of an organisation's issuer; NotFound when it never issued."""
        await self._issuers.of(organisation)
        return make_profile(
            await self._issuers.profile(organisation),
            origin=self._issuers.origin,
            endorsements=await self._embedding.of_issuer(organisation),
        )

    async def achievement(self, achievement_id: str, version: str) -> dict[str, Json]:
        """Return the Achievement that credentials refer to, while it is the newest; NotFound."""
        found = (await self._store.newest_definitions((achievement_id,))).get(achievement_id)
        if found is None or found.award.version != version:
            raise NotFound("There is no such achievement.")
        embedded = await self._embedding.of(found)
        return make_achievement(
            found,
            origin=self._issuers.origin,
            endorsements=embedded.endorsements.of_achievement,
        )

    async def endorsement(self, organisation: str, endorsement_id: str) -> bytes:
        """Return an endorsement that was signed here for an organisation; NotFound."""
        return await self._embedding.one(organisation, endorsement_id)

    def _tells_retention(self, actor: Actor | None, issued: Issued) -> bool:
        share = issued.share_at(self._clock())
        shared = share is not None and share.show_retention
        return shared or (actor is not None and actor.subject == issued.learner_id)

    def _readable(self, actor: Actor | None, issued: Issued) -> Credential | None:
        """Return what an actor may see of a credential: of a shared one all but why it is off."""
        if actor is not None and _issued_by(actor, issued):
            changes = tuple(_change(change, by=change.by) for change in issued.changes)
            return msgspec.structs.replace(self._credential(issued), changes=changes)
        if actor is not None and actor.subject == issued.learner_id:
            return self._credential(issued)
        if issued.share_at(self._clock()) is None:
            return None
        return msgspec.structs.replace(self._credential(issued), status_reason=None, changes=())

    def _credential(self, issued: Issued) -> Credential:
        now, origin = self._clock(), self._issuers.origin
        share = issued.share_at(now)
        return Credential(
            id=issued.id,
            achievement_id=issued.achievement_id,
            achievement_version=issued.achievement_version,
            course_id=issued.course_id,
            holder_id=issued.learner_id,
            holder_name=issued.holder_name,
            awarded_at=issued.awarded_at,
            valid_from=issued.valid_from,
            valid_until=issued.valid_until,
            score=issued.score,
            status=issued.status_at(now),
            status_reason=issued.status_reason,
            changes=tuple(_change(change) for change in issued.changes),
            json=issued.json,
            jwt=issued.jwt,
            share_url=share_url(share, origin=origin) if share else None,
            share_expires_at=share.expires_at if share else None,
            shares_retention=share is not None and share.show_retention,
            linked_in_url=linked_in_url(issued, share, origin=origin) if share else None,
            json_url=self.capabilities.url(_path(issued.id, JSON)),
            png_url=self.capabilities.url(_path(issued.id, PNG)),
            svg_url=self.capabilities.url(_path(issued.id, SVG)),
            pdf_url=self.capabilities.url(_path(issued.id, PDF)),
            bundle_url=self.capabilities.url(_path(issued.id, BUNDLE)),
        )


def _change(change: StatusChanged, *, by: str | None = None) -> StatusChange:
    return StatusChange(at=change.at, status=change.status, reason=change.reason, by=by)


def _path(credential_id: str, suffix: str) -> str:
    return f"/credentials/{credential_id}{suffix}"


def _issued_by(actor: Actor, issued: Issued) -> bool:
    return Role.ISSUER in actor.roles and actor.organisation == issued.organisation
