"""Issuing by hand, many at once: every row has its outcome, and a repeat changes none."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from services.credentials.contract import (
    Credential,
    CredentialsApi,
    IssueBatch,
    IssueReport,
    IssueRow,
    RowError,
)
from services.credentials.domain.bulk import (
    check_batch,
    credential_ids,
    digest,
    holder_of,
    objection,
    repeated,
    waiting_holder,
)
from services.credentials.domain.records import Completion, Definition, Issued
from services.credentials.use_cases.acting import organisation_of
from services.credentials.use_cases.issuing import Issuing, Wanted
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.news import ISSUED, news_of
from services.kit.errors import Conflict, NotFound
from services.kit.records import Actor, OutboxEntry, Role
from services.progress.contract import LearnerApi, Profile

SOME = 250
"""Credentials signed and stored at once."""


class DefinitionStore(Protocol):
    """Where definitions are kept."""

    async def newest_definitions(self, achievement_ids: Sequence[str]) -> dict[str, Definition]:
        """Return the award of the newest course version of each achievement, by achievement id."""


class BatchStore(Protocol):
    """Where batches and credentials are kept."""

    async def begin_batch(self, batch_id: str, digest: str) -> bool:
        """Note that a batch begins; False when another one has its id."""

    async def held_ids(
        self, achievement_id: str, version: str, learner_ids: Collection[str]
    ) -> dict[str, str]:
        """Return the ids of credentials for an achievement in that version, by holder."""

    async def present(self, credential_ids: Collection[str]) -> set[str]:
        """Return which credentials there are, whoever holds them by now."""

    async def add_credentials(self, issued: Sequence[tuple[Issued, OutboxEntry | None]]) -> None:
        """Keep credentials with the news of them; those whose holder has one are left out."""

    async def waiting(self, learner_id: str) -> list[Issued]:
        """Return what a holder without an account has."""

    async def hand_over(self, before: Issued, after: Issued, news: OutboxEntry) -> bool:
        """Write what differs; False when the new holder has one, or it moved on meanwhile."""

    async def erased(self, learner_ids: Collection[str]) -> set[str]:
        """Return which learners are erased."""


class Bulk:
    """BulkApi."""

    def __init__(  # noqa: PLR0913 - one keyword for each part that it works with
        self,
        definitions: DefinitionStore,
        store: BatchStore,
        issuing: Issuing,
        *,
        learners: LearnerApi,
        reading: CredentialsApi,
        means: Means,
        key: bytes,
    ) -> None:
        """Keep who makes credentials, who knows learners, and what ids are made with."""
        self._definitions = definitions
        self._store = store
        self._issuing = issuing
        self._learners = learners
        self._reading = reading
        self._means = means
        self._key = key

    async def issue_many(self, actor: Actor, batch: IssueBatch) -> IssueReport:
        """Issue an achievement of the actor's organisation to each row."""
        organisation = _organisation(actor)
        check_batch(batch)
        definition = await self._definition(organisation, batch.achievement_id)
        if not await self._store.begin_batch(
            f"{organisation}/{batch.idempotency_key}", digest(batch)
        ):
            raise Conflict(
                "This idempotencyKey was used for other rows: take a new one.",
                path=("idempotencyKey",),
            )
        known = await self._profiles([row.learner_id for row in batch.rows if row.learner_id])
        failed = await self._objections(definition, batch.rows, known)
        ids = credential_ids(organisation, batch, key=self._key)
        rows = {ids[place]: row for place, row in enumerate(batch.rows) if place not in failed}
        present = await self._store.present(rows)
        if missing := await self._missing(definition, rows, present):
            await self._add(definition, missing, known)
            present = await self._store.present(rows)
        for place, id_ in enumerate(ids):
            if id_ in rows and id_ not in present:
                failed[place] = "Its holder has this achievement already."
        return IssueReport(
            issued=tuple(id_ for place, id_ in enumerate(ids) if place not in failed),
            failed=tuple(RowError(row=place, message=failed[place]) for place in sorted(failed)),
        )

    async def claim(self, actor: Actor) -> tuple[Credential, ...]:
        """Hand what was issued to the actor's e-mail address to the actor."""
        if actor.email is None or actor.is_guest:
            return ()
        waiting = await self._store.waiting(waiting_holder(actor.email, key=self._key))
        given = []
        for issued in waiting:
            after = replace(
                issued, learner_id=actor.subject, waits=False, revision=issued.revision + 1
            )
            if await self._store.hand_over(issued, after, news_of(after, ISSUED)):
                given.append(issued.id)
        shown = await self._reading.credentials(actor, tuple(given))
        return tuple(credential for credential in shown if credential is not None)

    async def _definition(self, organisation: str, achievement_id: str) -> Definition:
        found = (await self._definitions.newest_definitions((achievement_id,))).get(achievement_id)
        if found is None or found.organisation != organisation:
            raise NotFound(
                "Your organisation awards no achievement with this id.", path=("achievementId",)
            )
        return found

    async def _objections(
        self, definition: Definition, rows: Sequence[IssueRow], known: Mapping[str, Profile]
    ) -> dict[int, str]:
        """Return in words what is wrong with rows, by their place."""
        pass_score = definition.award.pass_score
        failed = {
            place: words
            for place, row in enumerate(rows)
            if (words := objection(row, pass_score=pass_score)) is not None
        }
        holders = [
            f"row {place}" if place in failed else self._holder(row)
            for place, row in enumerate(rows)
        ]
        for place, first in repeated(holders).items():
            failed[place] = f"It has the same holder as row {first}."
        erased = await self._store.erased(known) if known else set()
        for place, row in enumerate(rows):
            if row.learner_id and (row.learner_id not in known or row.learner_id in erased):
                failed.setdefault(place, "No learner here has this learnerId.")
        return failed

    async def _profiles(self, learner_ids: Sequence[str]) -> dict[str, Profile]:
        found = await self._learners.profiles(tuple(learner_ids)) if learner_ids else ()
        return {one.learner_id: one for one in found if one is not None}

    async def _missing(
        self, definition: Definition, rows: Mapping[str, IssueRow], present: Collection[str]
    ) -> dict[str, IssueRow]:
        """Return the rows without a credential whose holder has none of another origin."""
        award = definition.award
        fresh = {id_: row for id_, row in rows.items() if id_ not in present}
        holders = [self._holder(row) for row in fresh.values()]
        held = await self._store.held_ids(award.id, award.version, holders) if fresh else {}
        return {id_: row for id_, row in fresh.items() if self._holder(row) not in held}

    async def _add(
        self, definition: Definition, rows: Mapping[str, IssueRow], known: Mapping[str, Profile]
    ) -> None:
        """Sign and keep the credentials of rows, by the ids that they get."""
        now = self._means.clock()
        wanted = [
            Wanted(
                credential_id=id_,
                completion=Completion(
                    learner_id=self._holder(row),
                    course_id=definition.course_id,
                    version_id=definition.version_id,
                    score=row.score,
                    completed_at=now,
                    name=row.name,
                    email=row.email or _email(known.get(row.learner_id or "")),
                ),
                narrative=row.narrative,
            )
            for id_, row in rows.items()
        ]
        for begin in range(0, len(wanted), SOME):
            made = await self._issuing.make(definition, wanted[begin : begin + SOME])
            waits = [replace(one, waits=one.learner_id not in known) for one in made]
            await self._store.add_credentials(
                [(one, None if one.waits else news_of(one, ISSUED)) for one in waits]
            )

    def _holder(self, row: IssueRow) -> str:
        return holder_of(row, key=self._key)


def _organisation(actor: Actor) -> str:
    return organisation_of(actor, Role.ISSUER, refusal="Only issuers may award by hand")


def _email(profile: Profile | None) -> str | None:
    return None if profile is None else profile.email
