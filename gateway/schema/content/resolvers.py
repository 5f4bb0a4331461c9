"""Batch resolvers of what content holds: each takes all parents of a tick."""

from collections.abc import Sequence

from gateway.context import Context
from gateway.loaders import K, Loader, V
from gateway.schema.connection import ConnectionView, connect, page_args
from gateway.schema.content.places import Placed, course_of, lesson_at
from gateway.schema.languages import Shown
from gateway.schema.rules import AUTHORS
from services.content.contract import (
    Course,
    CourseVersion,
    Draft,
    JobRole,
    Lesson,
    Question,
    Skill,
)
from services.credentials.contract import Achievement
from services.progress.contract import (
    CourseKey,
    Enrolment,
    LessonKey,
    LessonProgress,
    QuestionHealth,
    RoleGap,
    RoleKey,
)


async def course_versions(
    courses: Sequence[Course], context: Context
) -> Sequence[CourseVersion | None]:
    """Return what learners see of each course now."""
    return await present(context.loaders.versions, [course.version_id for course in courses])


async def course_achievements(
    courses: Sequence[Course], context: Context
) -> Sequence[Achievement | None]:
    """Return what completing each course awards, None before it is published."""
    ids = [
        course.achievement.id if course.achievement and course.version_id else None
        for course in courses
    ]
    return await present(context.loaders.achievements, ids)


async def course_enrolments(
    courses: Sequence[Course], context: Context
) -> Sequence[Enrolment | None]:
    """Return the viewer's enrolment in each course, None when signed out."""
    return await enrolments_in([course.id for course in courses], context)


async def enrolments_in(ids: Sequence[str], context: Context) -> Sequence[Enrolment | None]:
    """Return the viewer's enrolment in the course of each id, None when signed out."""
    if context.actor is None:
        return [None] * len(ids)
    keys = [CourseKey(learner_id=context.actor.subject, course_id=key) for key in ids]
    return await context.loaders.enrolments.load_many(keys)


async def course_drafts(courses: Sequence[Course], context: Context) -> Sequence[Draft | None]:
    """Return each course's draft for its authors, None for all others."""
    if context.actor is None or not AUTHORS.admit(context.actor):
        return [None] * len(courses)
    ids = tuple(course.id for course in courses)
    return await context.clients.authoring.drafts(context.actor, ids)


async def draft_previews(
    drafts: Sequence[Draft], context: Context
) -> Sequence[CourseVersion | None]:
    """Return each draft as learners would see it; its skills may be in no catalogue yet."""
    ids = tuple(draft.course_id for draft in drafts)
    previews = await context.clients.authoring.previews(context.signed_in, ids)
    for skill in (skill for preview in previews if preview for skill in preview.skills):
        context.loaders.skills.know(skill.id, skill)
    return previews


async def course_history(
    courses: Sequence[Course],
    context: Context,
    *,
    first: int | None = None,
    after: str | None = None,
) -> Sequence[ConnectionView[CourseVersion] | None]:
    """Return a page of each course's versions for its authors, None for all others."""
    if context.actor is None or not AUTHORS.admit(context.actor):
        return [None] * len(courses)
    ids = tuple(course.id for course in courses)
    pages = await context.clients.authoring.version_ids(context.actor, ids, page_args(first, after))
    wanted = [version for page in pages if page for version in page.nodes]
    known = dict(zip(wanted, await context.loaders.versions.load_many(wanted), strict=True))
    return [connect(page, known.get) if page else None for page in pages]


async def course_health(
    courses: Sequence[Course], context: Context
) -> Sequence[Sequence[QuestionHealth] | None]:
    """Return how each course's questions are for its authors, None for all others."""
    if context.actor is None or not AUTHORS.admit(context.actor):
        return [None] * len(courses)
    ids = tuple(course.id for course in courses)
    return await context.clients.health.questions(context.actor, ids)


async def role_gaps(roles: Sequence[JobRole], context: Context) -> Sequence[RoleGap | None]:
    """Return what the viewer lacks for each role, None when signed out."""
    if context.actor is None:
        return [None] * len(roles)
    learner = context.actor.subject
    keys = tuple(RoleKey(learner_id=learner, job_role_id=role.id) for role in roles)
    return await context.clients.advice.gaps(keys)


async def lesson_courses(lessons: Sequence[Placed[Lesson]], context: Context) -> Sequence[Course]:
    """Return the course that each lesson is of, as it is published now."""
    return await courses_of([lesson.version for lesson in lessons], context)


async def courses_of(versions: Sequence[CourseVersion], context: Context) -> Sequence[Course]:
    """Return the course of each version, from the version itself where it was withdrawn."""
    ids = [version.course_id for version in versions]
    courses = await context.loaders.courses.load_many(ids)
    return [course or course_of(version) for course, version in zip(courses, versions, strict=True)]


async def lesson_progress(
    lessons: Sequence[Placed[Lesson]], context: Context
) -> Sequence[LessonProgress | None]:
    """Return where the viewer is in each lesson, None when signed out."""
    if context.actor is None:
        return [None] * len(lessons)
    learner = context.actor.subject
    keys = [
        LessonKey(
            learner_id=learner, course_id=lesson.version.course_id, lesson_key=lesson.record.key
        )
        for lesson in lessons
    ]
    return await context.loaders.lesson_progress.load_many(keys)


async def lessons_by_id(ids: Sequence[str], context: Context) -> Sequence[Placed[Lesson] | None]:
    """Return lessons of whatever versions."""
    versions = await context.loaders.lesson_versions.load_many(ids)
    return [lesson_at(version, lesson) for version, lesson in zip(versions, ids, strict=True)]


async def question_skills(
    questions: Sequence[Shown[Question]], context: Context
) -> Sequence[Sequence[Skill]]:
    """Return what each question exercises."""
    ids = [skill for question in questions for skill in question.record.skills]
    known = dict(zip(ids, await context.loaders.skills.load_many(ids), strict=True))
    return [
        [skill for id_ in question.record.skills if (skill := known[id_])] for question in questions
    ]


async def present(loader: Loader[K, V], keys: Sequence[K | None]) -> Sequence[V | None]:
    """Return the answers of a loader, None for a key that is None."""
    asked = [key for key in keys if key is not None]
    answers = iter(await loader.load_many(asked))
    return [None if key is None else next(answers) for key in keys]
