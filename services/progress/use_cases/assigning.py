"""Telling learners what their cohorts ask of them: assignment.* events in their own logs.

What a learner is told follows from the cohort as it is when it is told, and from what the log says
already; so a repeat says nothing, and any number of processes may tell at once.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from services.kit.clock import Clock
from services.kit.records import Json, Record
from services.progress.domain.closing import Erased
from services.progress.domain.cohort import CohortState, is_of, learner_assignment_id
from services.progress.domain.event import Event, server_event
from services.progress.use_cases.appending import Appender, Own, nothing
from services.progress.use_cases.cohort_store import Cohorts, Membership, Step
from services.progress.use_cases.store import LearnerDocument

MEMBERS = 100
"""Members in one step: a fraction of a lease's time."""
AT_ONCE = 16
"""Members told at the same time; their submissions are committed together."""


class Assigning:
    """Brings what is assigned into the logs of members; every step may come twice."""

    def __init__(self, cohorts: Cohorts, appender: Appender, clock: Clock) -> None:
        """Keep the parts."""
        self._cohorts = cohorts
        self._appender = appender
        self._clock = clock

    async def take(self, step: Step) -> None:
        """Tell the members of one step, and note the next.

        Nothing is left to do where the cohort was changed again: its own steps follow.
        """
        cohort = (await self._cohorts.cohorts([step.cohort_id])).get(step.cohort_id)
        if cohort is None or cohort.revision != step.revision:
            return
        members = await self._cohorts.members(cohort.id, after=step.after, limit=MEMBERS)
        turns = asyncio.Semaphore(AT_ONCE)

        async def tell(learner_id: str) -> None:
            async with turns:
                await self.tell(cohort.id, learner_id)

        await asyncio.gather(*map(tell, members))
        if len(members) == MEMBERS:
            following = Step(cohort_id=cohort.id, revision=cohort.revision, after=members[-1])
            await self._cohorts.go_on(following)

    async def left(self, membership: Membership) -> None:
        """Tell somebody who left."""
        await self.tell(membership.cohort_id, membership.learner_id)
        await self._cohorts.told_of_leaving(membership)

    async def tell(self, cohort_id: str, learner_id: str, *, own: Own = nothing) -> None:
        """Append what the learner's log lacks of a cohort, once what the server adds as its `own`.

        Whoever is told late is told again: a change meanwhile starts it anew. Of who was erased,
        nothing is noted.
        """
        asked = None
        while asked != (asked := await self._asked(cohort_id, learner_id)):
            if asked.cohort is None:
                return
            news = partial(_own_and_news, own, asked, at=self._clock())
            try:
                await self._appender.append(learner_id, (), own=news)
            except Erased:
                return

    async def _asked(self, cohort_id: str, learner_id: str) -> "_Asked":
        found = await self._cohorts.cohorts([cohort_id])
        present = await self._cohorts.present(cohort_id, [learner_id])
        return _Asked(cohort=found.get(cohort_id), is_member=learner_id in present)


class _Asked(Record):
    """A cohort as it is now, and whether a learner is in it."""

    cohort: CohortState | None
    is_member: bool


def _own_and_news(
    own: Own, asked: _Asked, learner: LearnerDocument, *, at: datetime
) -> tuple[Event, ...]:
    """Return what the server adds of its own, and what the log lacks of a cohort."""
    news = (
        ()
        if asked.cohort is None
        else _news(asked.cohort, learner, at=at, is_member=asked.is_member)
    )
    return (*own(learner), *news)


def _news(
    cohort: CohortState, learner: LearnerDocument, *, at: datetime, is_member: bool
) -> Iterator[Event]:
    """Yield an event for each assignment of the cohort that the log has otherwise, or not."""
    wanted = _told(cohort, learner.learner_id) if is_member else {}
    known = {
        id_: assignment.values
        for id_, assignment in learner.state.own.assignments.items()
        if assignment.values is not None and is_of(cohort.id, id_)
    }
    for id_, body in wanted.items():
        if known.get(id_) != body:
            yield _event("assignment.made", id_, body, learner=learner, at=at)
    for id_ in known.keys() - wanted.keys():
        yield _event("assignment.withdrawn", id_, {"assignmentId": id_}, learner=learner, at=at)


def _told(cohort: CohortState, learner_id: str) -> Mapping[str, Json]:
    """Return the body of each assignment's event, by the id that the learner has it under."""
    ids = [learner_assignment_id(cohort.id, one.course_id, learner_id) for one in cohort.assigned]
    return {
        id_: {
            "assignmentId": id_,
            "courseId": one.course_id,
            "versionId": one.version_id,
            "dueOn": one.due_on and one.due_on.isoformat(),
            "cohortName": cohort.name,
        }
        for id_, one in zip(ids, cohort.assigned, strict=True)
    }


def _event(
    kind: str, assignment: str, body: Json, *, learner: LearnerDocument, at: datetime
) -> Event:
    """Return the event that follows this place of the log: the same whoever makes it."""
    told = f"{kind}\0{assignment}\0{learner.learner_id}\0{learner.through}".encode()
    id_ = UUID(bytes=hashlib.sha256(told).digest()[:16], version=5)
    return server_event(str(id_), kind, at=at, body=body)
