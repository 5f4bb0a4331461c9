"""Batch resolvers of cohorts; who may read them is decided by progress."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import date
from typing import TypeVar

from gateway.context import Context
from gateway.schema.connection import ConnectionView, connect, page_args
from gateway.schema.content.resolvers import courses_of
from gateway.schema.rules import MANAGERS
from services.content.contract import Course, Skill
from services.kit.errors import Forbidden, NotFound
from services.kit.ids import HALF, Kind, global_id, read_id
from services.kit.records import Page
from services.progress.contract import (
    Assignment,
    Cohort,
    CohortReport,
    CohortSkill,
    Enrolment,
    LearnerAssignment,
    Member,
    Profile,
)

T = TypeVar("T")


async def read_cohort(context: Context, *, id: str) -> Cohort | None:
    """Return a cohort that the viewer manages; None for all others."""
    if context.actor is None or not MANAGERS.admit(context.actor):
        return None
    (cohort,) = await context.clients.cohorts.cohorts(context.actor, (id,))
    return cohort


async def read_assignment(context: Context, id_: str) -> Assignment | None:
    """Return an assignment of a cohort that the viewer manages; None for all others."""
    raw = read_id(Kind.ASSIGNMENT, id_)
    cohort = await read_cohort(context, id=global_id(Kind.COHORT, raw[:HALF]))
    if cohort is None:
        return None
    (assigned,) = await context.clients.cohorts.assignments(context.signed_in, (cohort.id,))
    return next((each for each in assigned if each.id == id_), None)


async def learner_assignments(
    profiles: Sequence[Profile], context: Context
) -> Sequence[Sequence[LearnerAssignment]]:
    """Return what each viewer's cohorts ask of them."""
    homes = await context.loaders.homes.load_many([each.learner_id for each in profiles])
    return [home.assignments for home in homes]


async def read_learner_assignment(context: Context, id_: str) -> LearnerAssignment | None:
    """Return one of the viewer's own assignments."""
    if context.actor is None:
        return None
    own = (await context.loaders.homes.load(context.actor.subject)).assignments
    return next((each for each in own if each.id == id_), None)


async def assigned_enrolments(
    assigned: Sequence[LearnerAssignment], context: Context
) -> Sequence[Enrolment | None]:
    """Return where the learner is in each assigned course."""
    homes = await context.loaders.homes.load_many([each.learner_id for each in assigned])
    return [
        next((one for one in home.assigned if one.course_id == each.course_id), None)
        for each, home in zip(assigned, homes, strict=True)
    ]


async def due_dates(held: Sequence[Enrolment], context: Context) -> Sequence[date | None]:
    """Return the first day on which a cohort asks for each enrolment's course."""
    homes = await context.loaders.homes.load_many([each.learner_id for each in held])
    asked = [
        [one.due_on for one in home.assignments if one.course_id == each.course_id]
        for each, home in zip(held, homes, strict=True)
    ]
    return [min(filter(None, days), default=None) for days in asked]


async def cohort_members(
    cohorts: Sequence[Cohort],
    context: Context,
    *,
    first: int | None = None,
    after: str | None = None,
) -> Sequence[ConnectionView[Member]]:
    """Return a page of each cohort's members; none to who joins it and is no manager of it."""
    page, api, actor = (
        page_args(first, after, default=50),
        context.clients.cohorts,
        context.signed_in,
    )
    found = await asyncio.gather(
        *(_managed(api.members(actor, cohort.id, page), Page()) for cohort in cohorts)
    )
    return [connect(each) for each in found]


async def cohort_assignments(
    cohorts: Sequence[Cohort], context: Context
) -> Sequence[Sequence[Assignment]]:
    """Return what each cohort is assigned; nothing to who joins it and is no manager of it."""
    ids = tuple(cohort.id for cohort in cohorts)
    asked = context.clients.cohorts.assignments(context.signed_in, ids)
    return await _managed(asked, ((),) * len(ids))


async def _managed(asked: Awaitable[T], otherwise: T) -> T:
    """Return what a manager is answered, and `otherwise` for who manages no such cohort.

    Only who joins by a code meets a cohort of others: the join is done, so its name is shown.
    """
    try:
        return await asked
    except (Forbidden, NotFound):
        return otherwise


async def cohort_reports(cohorts: Sequence[Cohort], context: Context) -> Sequence[CohortReport]:
    """Return how each cohort gets on."""
    api, actor = context.clients.cohorts, context.signed_in
    return await asyncio.gather(*(api.report(actor, cohort.id) for cohort in cohorts))


async def report_addresses(reports: Sequence[CohortReport], context: Context) -> Sequence[str]:
    """Return where each report is to be had as CSV."""
    api, actor = context.clients.cohorts, context.signed_in
    return await asyncio.gather(*(api.csv_url(actor, report.cohort_id) for report in reports))


async def report_skills(skills: Sequence[CohortSkill], context: Context) -> Sequence[Skill | None]:
    """Return the skill that each line of a report is about."""
    return await context.loaders.skills.load_many([each.skill_id for each in skills])


async def assigned_courses(
    assigned: Sequence[Assignment | LearnerAssignment], context: Context
) -> Sequence[Course | None]:
    """Return the course of each assignment, from its version where it is no longer published."""
    courses = await context.loaders.courses.load_many([each.course_id for each in assigned])
    if all(courses):
        return courses
    versions = await context.loaders.versions.load_many([each.version_id for each in assigned])
    known = [version for version in versions if version]
    by_id = {course.id: course for course in await courses_of(known, context)}
    return [by_id.get(each.course_id) for each in assigned]
