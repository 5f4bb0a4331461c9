"""Embedding: which endorsements stand in a credential, each verified before it is put there."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
import structlog

from services.credentials.contract import CheckName, CheckOutcome, Endorsement, Issuer
from services.credentials.domain.achievement import achievement_url
from services.credentials.domain.credential import Endorsements
from services.credentials.domain.did import issuer_did
from services.credentials.domain.issuer import issuer_id
from services.credentials.domain.records import Definition, Endorsed
from services.credentials.domain.shape import Presented, read_json
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.sources import Judge, Sources
from services.kit.clock import Clock
from services.kit.errors import NotFound, ServiceError
from services.kit.records import Json, Record

LOOKED_AT = (CheckName.PROOF, CheckName.ISSUER, CheckName.VALIDITY)
"""Checks that an endorsement has to pass before it is kept, and before it is embedded."""
GOOD = timedelta(minutes=5)
"""How long one that was verified is taken for good."""
MAX_EACH = 4
"""Endorsements of one achievement, and of one issuer: all stand in each credential."""
REMEMBERED = 1_000

log = structlog.get_logger(__name__)


class EndorsementStore(Protocol):
    """Where endorsements are kept."""

    async def endorsement(self, endorsement_id: str) -> Endorsed | None:
        """Return an endorsement by id."""

    async def bodies(self, ids: Collection[str]) -> list[Endorsed]:
        """Return endorsements by bodies of those global ids, oldest first."""

    async def endorsements_of(self, subject_ids: Collection[str]) -> list[Endorsed]:
        """Return what was said of achievements and issuers and not taken back, newest first."""


class Examiner:
    """Says whether an endorsement verifies today."""

    def __init__(self, sources: Sources, judge: Judge, clock: Clock) -> None:
        """Keep where bodies' keys are found, and who does the work."""
        self._sources = sources
        self._judge = judge
        self._clock = clock
        self._good: dict[tuple[str, int], datetime] = {}

    async def objection(self, presented: Presented) -> str | None:
        """Return in words why an endorsement does not count, None when it does."""
        findings = await self._sources.findings(presented)
        checks = await self._judge.examine(presented, findings)
        bad = [
            check.message
            for check in checks
            if check.name in LOOKED_AT and check.outcome is not CheckOutcome.PASSED
        ]
        return " ".join(bad) or None

    async def is_good(self, endorsed: Endorsed) -> bool:
        """Return whether one that is kept still verifies, as of a few minutes ago."""
        key, now = (endorsed.id, endorsed.revision), self._clock()
        if key in self._good and self._good[key] > now:
            return True
        try:
            objection = await self.objection(read_json(endorsed.json))
        except ServiceError as error:
            objection = error.message
        if objection is not None:
            log.warning("endorsement.left_out", endorsement=endorsed.id, reason=objection)
            return False
        if len(self._good) >= REMEMBERED:
            self._good.clear()
        self._good[key] = now + GOOD
        return True


class Embedded(Record):
    """What is embedded in a credential, and the keys that it was signed with."""

    endorsements: Endorsements = Endorsements()
    keys: tuple[str, ...] = ()


class Embedding:
    """Chooses the endorsements of an award."""

    def __init__(
        self, store: EndorsementStore, issuers: Issuers, examiner: Examiner, clock: Clock
    ) -> None:
        """Keep where endorsements are kept, and who verifies them."""
        self._store = store
        self._issuers = issuers
        self._examiner = examiner
        self._clock = clock

    async def of(self, definition: Definition) -> Embedded:
        """Return what bodies say of an award and its issuer, so far as it verifies today."""
        did = issuer_did(self._issuers.origin, definition.organisation)
        award = definition.award.id
        found = await self._store.endorsements_of((award, issuer_id(did)))
        about = {
            award: achievement_url(definition, origin=self._issuers.origin),
            issuer_id(did): did,
        }
        good = [
            one
            for one in found
            if self._is_in_force(one, about[one.subject_id]) and await self._examiner.is_good(one)
        ]
        return Embedded(
            endorsements=Endorsements(
                of_achievement=_documents(good, award), of_issuer=_documents(good, issuer_id(did))
            ),
            keys=tuple(sorted({key for one in good for key in one.keys})),
        )

    async def of_issuer(self, organisation: str) -> tuple[dict[str, Json], ...]:
        """Return what bodies say of an organisation, so far as it is in force."""
        did = issuer_did(self._issuers.origin, organisation)
        found = await self._store.endorsements_of((issuer_id(did),))
        return _documents([one for one in found if self._is_in_force(one, did)], issuer_id(did))

    async def bodies(self, ids: Collection[str]) -> dict[str, Issuer]:
        """Return bodies that endorsed something by global id, each as it last named itself."""
        found = await self._store.bodies(ids)
        return {one.body.id: one.body for one in found}

    async def one(self, organisation: str, endorsement_id: str) -> bytes:
        """Return an endorsement that was signed here for an organisation; NotFound."""
        found = await self._store.endorsement(endorsement_id)
        if found is None or found.organisation != organisation or found.place is None:
            raise NotFound("There is no such endorsement.")
        return found.json

    async def listed(
        self, ids: Sequence[str], about: dict[str, str]
    ) -> tuple[tuple[Endorsement, ...], ...]:
        """Return the endorsements in force of each id; `about` are their addresses."""
        found = await self._store.endorsements_of(ids) if ids else []
        current = [one for one in found if self._is_in_force(one, about.get(one.subject_id))]
        return tuple(tuple(shown(one) for one in current if one.subject_id == id_) for id_ in ids)

    def _is_in_force(self, endorsed: Endorsed, subject: str | None) -> bool:
        """Return whether an endorsement is about exactly that, and of today."""
        until = endorsed.valid_until
        return endorsed.subject == subject and (until is None or until > self._clock())


def shown(endorsed: Endorsed) -> Endorsement:
    """Return an endorsement as everybody else sees it."""
    return Endorsement(
        id=endorsed.id,
        subject_id=endorsed.subject_id,
        body=endorsed.body,
        comment=endorsed.comment,
        endorsed_at=endorsed.endorsed_at,
        valid_until=endorsed.valid_until,
        json=endorsed.json,
    )


def _documents(endorsed: Sequence[Endorsed], subject_id: str) -> tuple[dict[str, Json], ...]:
    about = [one for one in endorsed if one.subject_id == subject_id]
    return tuple(msgspec.json.decode(one.json) for one in about[:MAX_EACH])
