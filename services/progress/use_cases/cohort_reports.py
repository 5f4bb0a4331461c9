"""Reports of cohorts: how members are in the courses that the cohort is assigned.

Nothing else of a member is read, neither other courses nor when they were last seen in them.
Members are gone through in batches, so that a report costs what its cohort has, and no more.
"""

import asyncio
import csv
import io
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, date, timedelta

from services.content.contract import CatalogApi, Course, CourseVersion
from services.kit.capabilities import Capabilities
from services.kit.clock import Clock, from_millis, to_millis, to_rfc3339
from services.kit.errors import Invalid, NotFound
from services.kit.ids import Kind, kind_of
from services.kit.records import Page, PageArgs
from services.progress.contract import (
    Assignment,
    CohortReport,
    CohortSkill,
    EnrolmentStatus,
    Member,
)
from services.progress.domain.calendar import study_day
from services.progress.domain.cohort import Assigned, CohortState, assignment_id
from services.progress.domain.csv_cells import safe
from services.progress.use_cases.cohort_store import Cohorts, Standing, Standings, Tally
from services.progress.use_cases.managing import check_first
from services.progress.use_cases.profile import profile_of
from services.progress.use_cases.store import Store

BATCH = 500
"""Members read in one go."""
RECENT = timedelta(days=7)
DIGITS = 6
HEADER = (
    "learner_id",
    "name",
    "course",
    "title",
    "due_on",
    "status",
    "score",
    "completed_at",
    "last_active_at",
    "overdue",
)
NOT_STARTED = "NOT_STARTED"


class Reports:
    """Reads of cohorts, for whom they are already known to concern."""

    def __init__(
        self,
        cohorts: Cohorts,
        standings: Standings,
        store: Store,
        *,
        catalog: CatalogApi,
        capabilities: Capabilities,
        clock: Clock,
    ) -> None:
        """Keep the parts."""
        self._cohorts = cohorts
        self._standings = standings
        self._store = store
        self._catalog = catalog
        self._capabilities = capabilities
        self._clock = clock

    async def members(self, cohort: CohortState, page: PageArgs) -> Page[Member]:
        """Return a page of members by learner id, which is its cursor."""
        first = check_first(page)
        if page.after is not None and kind_of(page.after) is not Kind.LEARNER:
            raise Invalid("after is no cursor of this list.", path=("after",))
        found = await self._cohorts.members(cohort.id, after=page.after or "", limit=first + 1)
        ids = found[:first]
        return Page(
            nodes=tuple(await self._shown(cohort, ids)),
            cursors=tuple(ids),
            has_next=len(found) > first,
            has_previous=page.after is not None,
            total=await self._cohorts.size(cohort.id),
        )

    async def assignments(self, cohort: CohortState) -> tuple[Assignment, ...]:
        """Return what a cohort is assigned with its counts, what is due first at the head."""
        size = await self._cohorts.size(cohort.id)
        tallies = await self._tallies(cohort)
        return tuple(
            Assignment(
                id=assignment_id(cohort.id, one.course_id),
                cohort_id=cohort.id,
                course_id=one.course_id,
                version_id=one.version_id,
                due_on=one.due_on,
                assigned=size,
                completed=tallies[one.course_id].completed,
                overdue=size - tallies[one.course_id].completed if self._is_due(one) else 0,
            )
            for one in by_date(cohort.assigned)
        )

    async def report(self, cohort: CohortState) -> CohortReport:
        """Return how a cohort gets on."""
        tallies, recent, skills, size = await asyncio.gather(
            self._tallies(cohort),
            self._recent(cohort),
            self._skills(cohort),
            self._cohorts.size(cohort.id),
        )
        scored = sum(tally.scored for tally in tallies.values())
        score = sum(tally.score for tally in tallies.values())
        return CohortReport(
            cohort_id=cohort.id,
            members=size,
            active7_days=recent,
            completions=sum(tally.completed for tally in tallies.values()),
            mean_score=round(score / scored, DIGITS) if scored else None,
            skills=skills,
        )

    def csv_url(self, cohort: CohortState) -> str:
        """Return an address, good for an hour, of the report as CSV."""
        return self._capabilities.url(f"/reports/{cohort.id}.csv")

    async def csv(
        self, cohort_id: str, *, expires: str, signature: str
    ) -> tuple[str, AsyncIterator[bytes]]:
        """Return the name of a cohort and its report as CSV, in parts; else NotFound."""
        path = f"/reports/{cohort_id}.csv"
        self._capabilities.check(path, expires=expires, signature=signature)
        cohort = (await self._cohorts.cohorts([cohort_id])).get(cohort_id)
        if cohort is None:
            raise NotFound("There is no such cohort.")
        return cohort.name, self._rows(cohort)

    async def _rows(self, cohort: CohortState) -> AsyncIterator[bytes]:
        courses = await self._courses(cohort)
        yield _lines([HEADER])
        async for ids in self._batches(cohort):
            learners = await self._store.learners(ids)
            names = {id_: profile_of(id_, one.state).display_name for id_, one in learners.items()}
            found = await self._standings.standings(ids, list(courses))
            standings = {(one.learner_id, one.course_id): one for one in found}
            yield _lines(
                self._row(id_, names.get(id_), one, courses, standings.get((id_, one.course_id)))
                for id_ in ids
                for one in by_date(cohort.assigned)
            )

    def _row(
        self,
        learner_id: str,
        name: str | None,
        assigned: Assigned,
        courses: Mapping[str, Course | CourseVersion | None],
        standing: Standing | None,
    ) -> Sequence[str]:
        course = courses[assigned.course_id]
        done = standing is not None and standing.status is EnrolmentStatus.COMPLETED
        return (
            learner_id,
            safe(name or ""),
            safe(course.slug if course else assigned.course_id),
            safe(course.title[course.language] if course else ""),
            assigned.due_on.isoformat() if assigned.due_on else "",
            standing.status if standing else NOT_STARTED,
            "" if standing is None or standing.score is None else str(standing.score),
            _instant(standing.completed if standing else None),
            _instant(standing.active if standing else None),
            "yes" if self._is_due(assigned) and not done else "no",
        )

    async def _shown(self, cohort: CohortState, ids: Sequence[str]) -> list[Member]:
        learners = await self._store.learners(list(ids))
        courses = [one.course_id for one in cohort.assigned]
        found = await self._standings.standings(ids, courses) if ids and courses else []
        active: dict[str, int] = {}
        for one in found:
            active[one.learner_id] = max(one.active, active.get(one.learner_id, 0))
        return [
            Member(
                learner_id=id_,
                display_name=profile_of(id_, learners[id_].state).display_name
                if id_ in learners
                else None,
                last_active_at=from_millis(active[id_]) if id_ in active else None,
            )
            for id_ in ids
        ]

    async def _tallies(self, cohort: CohortState) -> dict[str, Tally]:
        """Return the counts of each assigned course."""
        courses = [one.course_id for one in cohort.assigned]
        total = {course: Tally(course_id=course) for course in courses}
        if courses:
            async for ids in self._batches(cohort):
                for tally in await self._standings.tallies(ids, courses):
                    total[tally.course_id] = _sum(total[tally.course_id], tally)
        return total

    async def _recent(self, cohort: CohortState) -> int:
        """Return how many members did something in an assigned course in the last seven days."""
        courses = [one.course_id for one in cohort.assigned]
        since, count = self._clock() - RECENT, 0
        if courses:
            async for ids in self._batches(cohort):
                count += await self._standings.active(ids, courses, since=since)
        return count

    async def _skills(self, cohort: CohortState) -> tuple[CohortSkill, ...]:
        """Return how the cohort stands in each skill of its assigned courses, by id."""
        courses = await self._courses(cohort)
        taught = {id_: {skill.id for skill in one.skills} for id_, one in courses.items() if one}
        proven: Counter[str] = Counter()
        cards: Counter[str] = Counter()
        chances: defaultdict[str, float] = defaultdict(float)
        today = study_day(to_millis(self._clock()), 0)
        async for ids in self._batches(cohort):
            for earned in await self._standings.earned(ids, list(taught)):
                proven.update(set().union(*(taught[course] for course in earned)))
            for recall in await self._standings.recalls(ids, list(taught), today=today):
                cards[recall.skill_id] += recall.cards
                chances[recall.skill_id] += recall.chance
        return tuple(
            CohortSkill(
                skill_id=skill,
                proven=proven[skill],
                mean_retention=round(chances[skill] / cards[skill], DIGITS)
                if cards[skill]
                else 0.0,
            )
            for skill in sorted(set().union(*taught.values()))
        )

    async def _batches(self, cohort: CohortState) -> AsyncIterator[list[str]]:
        after = ""
        while ids := await self._cohorts.members(cohort.id, after=after, limit=BATCH):
            yield ids
            if len(ids) < BATCH:
                return
            after = ids[-1]

    async def _courses(self, cohort: CohortState) -> dict[str, Course | CourseVersion | None]:
        """Return the courses assigned; of one that was archived, the version that was."""
        ids = tuple(one.course_id for one in cohort.assigned)
        found: dict[str, Course | CourseVersion | None] = dict(
            zip(ids, await self._catalog.courses(ids), strict=True)
        )
        gone = [one for one in cohort.assigned if found[one.course_id] is None]
        versions = await self._catalog.versions(tuple(one.version_id for one in gone))
        return found | dict(zip([one.course_id for one in gone], versions, strict=True))

    def _is_due(self, assigned: Assigned) -> bool:
        """Return whether the day on which it is due has passed, by UTC's calendar."""
        return (
            assigned.due_on is not None and assigned.due_on < self._clock().astimezone(UTC).date()
        )


def by_date(assigned: Iterable[Assigned]) -> list[Assigned]:
    """Return assignments, what is due first at the head and what has no date at the end."""
    return sorted(assigned, key=lambda one: (one.due_on or date.max, one.course_id))


def _sum(one: Tally, other: Tally) -> Tally:
    return Tally(
        course_id=one.course_id,
        completed=one.completed + other.completed,
        scored=one.scored + other.scored,
        score=one.score + other.score,
    )


def _instant(millis: int | None) -> str:
    return "" if millis is None else to_rfc3339(from_millis(millis))


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as RFC 4180 has them: UTF-8 without a mark, each ended by CR LF."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
