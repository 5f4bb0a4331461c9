"""Batch resolvers of advice."""

from collections.abc import Sequence

from gateway.context import Context
from gateway.schema.connection import page_args
from gateway.schema.content.places import Placed, course_of
from gateway.schema.content.resolvers import lessons_by_id, present
from gateway.schema.languages import chain, pick
from gateway.schema.progress.reasons import reason
from services.content.contract import Course, JobRole, Lesson, Skill
from services.kit.records import Record
from services.progress.contract import (
    MAX_ADVICE,
    Profile,
    Recommendation,
    RoleGap,
    SkillStanding,
)


class _Names(Record):
    """In which languages, best first, things are named."""

    languages: tuple[str, ...]

    def course(self, course: Course | None) -> str:
        """Return a course's title; nothing for none."""
        return pick(course.title, (*self.languages, course.language)) if course else ""

    def named(self, thing: Skill | JobRole | None) -> str:
        """Return the name of a skill or job role; nothing for none."""
        return (pick(thing.names, self.languages) or thing.name) if thing else ""


async def viewer_skills(
    profiles: Sequence[Profile], context: Context
) -> Sequence[Sequence[SkillStanding]]:
    """Return each viewer's standings in skills that content knows."""
    ids = tuple(profile.learner_id for profile in profiles)
    found = await context.clients.advice.standings(ids)
    return [
        [
            standing
            for standing, skill in zip(own, await standing_skills(own, context), strict=True)
            if skill is not None
        ]
        for own in found
    ]


async def standing_skills(
    standings: Sequence[SkillStanding], context: Context
) -> Sequence[Skill | None]:
    """Return the skill of each standing."""
    return await context.loaders.skills.load_many([each.skill_id for each in standings])


async def missing_skills(gaps: Sequence[RoleGap], context: Context) -> Sequence[Sequence[Skill]]:
    """Return the skills that each gap lacks."""
    found = [await context.loaders.skills.load_many(gap.missing) for gap in gaps]
    return [[skill for skill in skills if skill is not None] for skills in found]


async def gap_courses(gaps: Sequence[RoleGap], context: Context) -> Sequence[Sequence[Course]]:
    """Return the courses that close each gap."""
    found = [await context.loaders.courses.load_many(gap.course_ids) for gap in gaps]
    return [[course for course in courses if course is not None] for courses in found]


async def recommendations(
    profiles: Sequence[Profile], context: Context, *, first: int | None = None
) -> Sequence[Sequence[Recommendation]]:
    """Return what each viewer may do next."""
    ids = tuple(profile.learner_id for profile in profiles)
    size = min(page_args(first, None, default=5).first, MAX_ADVICE)
    return await context.clients.advice.recommendations(ids, first=size)


async def advised_lessons(
    advice: Sequence[Recommendation], context: Context
) -> Sequence[Placed[Lesson] | None]:
    """Return where to go on with each."""
    ids = [each.lesson_id for each in advice if each.lesson_id is not None]
    found = dict(zip(ids, await lessons_by_id(ids, context), strict=True))
    return [found.get(each.lesson_id or "") for each in advice]


async def advised_courses(
    advice: Sequence[Recommendation], context: Context
) -> Sequence[Course | None]:
    """Return the course of each, from its version where it is no longer published."""
    courses = await present(context.loaders.courses, [each.course_id for each in advice])
    if all(course or each.course_id is None for course, each in zip(courses, advice, strict=True)):
        return courses
    lessons = await advised_lessons(advice, context)
    return [
        course or (course_of(lesson.version) if lesson else None)
        for course, lesson in zip(courses, lessons, strict=True)
    ]


async def reasons(advice: Sequence[Recommendation], context: Context) -> Sequence[str]:
    """Return why each is recommended, in a sentence."""
    names = _Names(languages=await _languages(context))
    loaders = context.loaders
    courses = await advised_courses(advice, context)
    skills = await present(loaders.skills, [each.skill_id for each in advice])
    roles = await present(loaders.job_roles, [each.job_role_id for each in advice])
    return [
        reason(
            each,
            names.languages,
            course=names.course(course),
            about=names.named(skill or role),
        )
        for each, course, skill, role in zip(advice, courses, skills, roles, strict=True)
    ]


async def _languages(context: Context) -> tuple[str, ...]:
    """Return what the request asks for, then what the viewer chose, then English."""
    actor = context.actor
    profile = (await context.loaders.homes.load(actor.subject)).profile if actor else None
    chosen = chain(profile.locale, "en") if profile else ("en",)
    return (*context.languages, *chosen)
