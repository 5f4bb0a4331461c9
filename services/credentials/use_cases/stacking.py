"""Stacked awards: who holds what all courses of a pathway award earns the pathway's own."""

from collections.abc import Sequence
from typing import Protocol

from services.content.contract import CatalogApi, Pathway, PathwaysApi
from services.credentials.contract import CredentialStatus, HolderKey
from services.credentials.domain.records import Completion, Definition, Issued
from services.credentials.use_cases.issuing import Issuing
from services.kit.clock import Clock
from services.kit.records import OutboxEntry
from services.progress.contract import LearnerApi, Profile

VALID = CredentialStatus.VALID
CONTINUED = "pathway.continued"
HOLDERS = 50
"""Learners looked at for one entry: well within its lease, whatever a pathway needs."""


class StackingStore(Protocol):
    """Where definitions and credentials are kept."""

    async def define(self, definition: Definition) -> None:
        """Keep the award of a pathway's revision; repeating it changes nothing."""

    async def stacked_on(self, achievement_id: str) -> tuple[str, ...]:
        """Return the ids of pathways that ever needed an achievement."""

    async def newest_of(self, keys: Sequence[HolderKey]) -> dict[HolderKey, Issued]:
        """Return the newest credential of each learner and achievement."""

    async def count_issued(self, achievement_ids: Sequence[str]) -> dict[str, int]:
        """Return how many credentials there are of each achievement."""

    async def holders(self, achievement_id: str, *, after: str, limit: int) -> list[str]:
        """Return who has a credential of an achievement, by learner id, after one."""

    async def continue_later(self, version_id: str, news: OutboxEntry) -> None:
        """Keep news for this service with the award of a pathway's revision."""


class Stacking:
    """What is done on news of pathways, and of what their courses awarded."""

    def __init__(
        self,
        store: StackingStore,
        issuing: Issuing,
        *,
        catalog: CatalogApi,
        pathways: PathwaysApi,
        learners: LearnerApi,
        clock: Clock,
    ) -> None:
        """Keep who issues, and who knows pathways, their courses and learners."""
        self._store = store
        self._issuing = issuing
        self._catalog = catalog
        self._pathways = pathways
        self._learners = learners
        self._clock = clock

    async def define(self, pathway_id: str, *, after: str = "") -> None:
        """Keep what a pathway awards now, and issue it to who has earned it already.

        An entry deals with HOLDERS learners, in the order of their ids, `after` one; for the rest
        it leaves an entry to this service itself. Who ever got the award gets none by saving.
        """
        (pathway,) = await self._pathways.pathways((pathway_id,))
        if pathway is None or pathway.achievement is None:
            return
        definition = await self._definition(pathway)
        await self._store.define(definition)
        counts = await self._store.count_issued(pathway.needs)
        rarest = min(pathway.needs, key=lambda need: counts.get(need, 0))
        found = await self._store.holders(rarest, after=after, limit=HOLDERS)
        learners = tuple(dict.fromkeys(found))
        had = await self._store.newest_of(
            [HolderKey(learner_id=key, achievement_id=pathway.achievement.id) for key in learners]
        )
        fresh = tuple(sorted(set(learners) - {key.learner_id for key in had}))
        profiles = await self._learners.profiles(fresh) if fresh else ()
        for learner_id, profile in zip(fresh, profiles, strict=True):
            known = profile or Profile(learner_id=learner_id)
            await self._award(pathway, learner_id, name=known.display_name, email=known.email)
        if len(found) == HOLDERS:
            await self._store.continue_later(definition.version_id, _rest(definition, found[-1]))

    async def award(self, completion: Completion) -> None:
        """Issue what a learner has earned by the last of a pathway's courses; safe to repeat.

        The pathway counts as it is now: an achievement that it no longer awards is not issued.
        """
        if completion.achievement_id is None:
            return
        ids = await self._store.stacked_on(completion.achievement_id)
        for pathway in await self._pathways.pathways(ids) if ids else ():
            if pathway is not None and pathway.achievement is not None:
                await self._award(
                    pathway, completion.learner_id, name=completion.name, email=completion.email
                )

    async def _award(
        self, pathway: Pathway, learner_id: str, *, name: str | None, email: str | None
    ) -> None:
        """Issue a pathway's award to a learner who holds all that it needs, valid today."""
        keys = [HolderKey(learner_id=learner_id, achievement_id=need) for need in pathway.needs]
        found = (await self._store.newest_of(keys)).values()
        held = [issued for issued in found if issued.status_at(self._clock()) is VALID]
        if len(held) < len(keys):
            return
        definition = await self._definition(pathway)
        whole = Completion(
            learner_id=learner_id,
            course_id=pathway.id,
            version_id=definition.version_id,
            score=_mean([issued.score for issued in held]),
            completed_at=max(issued.awarded_at for issued in held),
            name=name,
            email=email,
            stacked=tuple(sorted(issued.url for issued in held)),
        )
        await self._issuing.issue(definition, whole)

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


def _rest(definition: Definition, after: str) -> OutboxEntry:
    """Return the entry that asks for the learners after one; a repeat has the same id."""
    return OutboxEntry(
        id=f"{definition.version_id}:{after}",
        type=CONTINUED,
        data={"pathwayId": definition.course_id, "after": after},
    )
