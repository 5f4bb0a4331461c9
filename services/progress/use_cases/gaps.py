"""What a learner lacks for a job role, and the shortest way to it."""

from collections.abc import Collection, Mapping, Sequence
from math import ceil

from services.content.contract import (
    CatalogApi,
    CatalogFilter,
    CatalogOrder,
    CatalogQuery,
    Course,
)
from services.kit.ids import version_hash
from services.kit.records import PageArgs
from services.progress.contract import (
    Enrolment,
    EnrolmentStatus,
    LessonStatus,
    RoleGap,
    SkillStanding,
)
from services.progress.domain.covering import Option, cover
from services.progress.domain.pace import pace_of
from services.progress.use_cases.facts import Facts
from services.progress.use_cases.retention import is_proven
from services.progress.use_cases.store import LearnerDocument

SKILLS = 100
"""Missing skills that courses are looked for: the catalogue's filter takes so many."""
PAGE = 100
PAGES = 3
"""Pages of the catalogue that are looked at, the shortest courses first."""


class Gaps:
    """Says what lacks, by standings and credentials, and finds courses in the catalogue."""

    def __init__(self, catalog: CatalogApi, facts: Facts) -> None:
        """Keep the doors to content."""
        self._catalog = catalog
        self._facts = facts

    async def gap(
        self,
        learner: LearnerDocument,
        job_role_id: str,
        *,
        standings: Sequence[SkillStanding],
        enrolments: Sequence[Enrolment],
    ) -> RoleGap | None:
        """Return the gap; None where no framework says what the role needs."""
        [needed] = await self._catalog.job_role_skills((job_role_id,))
        if not needed:
            return None
        certified = await self._certified(learner)
        by_skill = {one.skill_id: one for one in standings}
        met, missing = [], []
        for skill in needed:
            standing = by_skill.get(skill.id)
            if (standing and is_proven(standing)) or skill.id in certified:
                met.append(standing or _unasked(skill.id))
            else:
                missing.append(skill.id)
        chosen = await self._ways(missing, learner)
        minutes = sum(option.minutes for option in chosen)
        pace = await self._pace(enrolments) if minutes else 1.0
        return RoleGap(
            met=tuple(met),
            missing=tuple(missing),
            course_ids=tuple(option.id for option in chosen),
            minutes=ceil(round(minutes * pace, 6)),
        )

    async def with_skills(self, skill_ids: Collection[str], *, pages: int = PAGES) -> list[Course]:
        """Return published courses that teach any of these skills, the shortest first."""
        found: list[Course] = []
        after = None
        wanted = CatalogFilter(skill_ids=tuple(skill_ids)[:SKILLS])
        for _ in range(pages if skill_ids else 0):
            page = await self._catalog.catalog(
                CatalogQuery(
                    filter=wanted,
                    order_by=CatalogOrder.SHORTEST,
                    page=PageArgs(first=PAGE, after=after),
                )
            )
            found += page.nodes
            if not page.has_next:
                break
            after = page.cursors[-1]
        return found

    async def _ways(self, missing: Sequence[str], learner: LearnerDocument) -> tuple[Option, ...]:
        courses = await self.with_skills(missing)
        options = (
            Option(
                id=course.id,
                minutes=course.minutes * _left(learner, course.id),
                skills=frozenset(skill.id for skill in course.skills),
            )
            for course in courses
        )
        return cover(missing, options)

    async def _certified(self, learner: LearnerDocument) -> frozenset[str]:
        """Return the skills of the courses that the learner's credentials are for."""
        told = [body.get("courseId") for body in learner.state.credentials.values()]
        ids = tuple(dict.fromkeys(id_ for id_ in told if isinstance(id_, str)))
        courses = await self._catalog.courses(ids) if ids else ()
        gone = [id_ for id_, course in zip(ids, courses, strict=True) if course is None]
        taken = (learner.courses[id_].enrolment for id_ in gone if id_ in learner.courses)
        versions = tuple(enrolment.version_id for enrolment in taken)
        held = await self._catalog.versions(versions) if versions else ()
        return frozenset(skill.id for one in (*courses, *held) if one for skill in one.skills)

    async def _pace(self, enrolments: Sequence[Enrolment]) -> float:
        facts = await self._facts.of(version_hash(each.version_id) for each in enrolments)
        minutes: Mapping[str, int] = {
            id_: lesson.minutes
            for version in facts.values()
            for id_, lesson in version.lessons.items()
        }
        return pace_of(
            (lesson.seconds_spent, minutes.get(lesson.lesson_id, 0))
            for enrolment in enrolments
            for lesson in enrolment.lessons
            if lesson.status is LessonStatus.COMPLETED
        )


def _left(learner: LearnerDocument, course_id: str) -> float:
    """Return the share of a course that is left; all of one that was completed or not begun."""
    summary = learner.courses.get(course_id)
    if summary is None or summary.enrolment.status is EnrolmentStatus.COMPLETED:
        return 1.0
    return 1 - summary.enrolment.percent / 100


def _unasked(skill_id: str) -> SkillStanding:
    """Return the standing of a skill that a credential proves and that was never asked."""
    return SkillStanding(skill_id=skill_id, mastery=0.0, retention=0.0, answers=0)
