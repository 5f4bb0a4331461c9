"""Stacked awards: who holds what all courses of a pathway award earns the pathway's own."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from services.content.contract import CatalogApi, Pathway, PathwaysApi
from services.credentials.contract import CredentialStatus, HolderKey
from services.credentials.domain.records import Completion, Definition, Issued
from services.credentials.use_cases.issuing import Issuing


class StackingStore(Protocol):
    """Where definitions and credentials are kept."""

    async def define(self, definition: Definition) -> None:
        """Keep the award of a pathway's revision; repeating it changes nothing."""

    async def stacked_on(self, achievement_id: str) -> tuple[str, ...]:
        """Return the ids of pathways that ever needed an achievement."""

    async def newest_of(self, keys: Sequence[HolderKey]) -> dict[HolderKey, Issued]:
        """Return the newest credential of each learner and achievement."""


class Stacking:
    """What is done on news of pathways, and of what their courses awarded."""

    def __init__(
        self,
        store: StackingStore,
        issuing: Issuing,
        *,
        catalog: CatalogApi,
        pathways: PathwaysApi,
    ) -> None:
        """Keep who issues, and who knows pathways and their courses."""
        self._store = store
        self._issuing = issuing
        self._catalog = catalog
        self._pathways = pathways

    async def define(self, pathway_id: str) -> None:
        """Keep what a pathway awards now; nothing when it awards nothing."""
        (pathway,) = await self._pathways.pathways((pathway_id,))
        if pathway is not None and pathway.achievement is not None:
            await self._store.define(await self._definition(pathway))

    async def award(self, completion: Completion) -> None:
        """Issue what a learner has earned by the last of a pathway's courses; safe to repeat.

        The pathway counts as it is now: an achievement that it no longer awards is not issued.
        """
        if completion.achievement_id is None:
            return
        ids = await self._store.stacked_on(completion.achievement_id)
        for pathway in await self._pathways.pathways(ids) if ids else ():
            if pathway is not None and pathway.achievement is not None:
                await self._award(pathway, completion)

    async def _award(self, pathway: Pathway, completion: Completion) -> None:
        keys = [
            HolderKey(learner_id=completion.learner_id, achievement_id=achievement)
            for achievement in pathway.needs
        ]
        found = (await self._store.newest_of(keys)).values()
        held = [issued for issued in found if issued.status is CredentialStatus.VALID]
        if len(held) < len(keys):
            return
        whole = msgspec.structs.replace(
            completion,
            score=_mean([issued.score for issued in held]),
            completed_at=max(issued.awarded_at for issued in held),
            evidence=None,
        )
        await self._issuing.issue(await self._definition(pathway), whole)

    async def _definition(self, pathway: Pathway) -> Definition:
        """Return the award of a pathway, with the skills and job roles of its courses."""
        assert pathway.achievement is not None
        found = await self._catalog.courses(pathway.course_ids)
        courses = [course for course in found if course is not None]
        skills = {skill.id: skill for course in courses for skill in course.skills}
        roles = {role.id: role for course in courses for role in course.job_roles}
        return Definition(
            version_id=f"{pathway.id}.{pathway.revision}",
            number=pathway.revision,
            course_id=pathway.id,
            organisation=pathway.organisation,
            language=pathway.language,
            award=pathway.achievement,
            skills=tuple(skills.values()),
            job_roles=tuple(roles.values()),
            needs=pathway.needs,
        )


def _mean(scores: Sequence[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if len(known) == len(scores) else None
