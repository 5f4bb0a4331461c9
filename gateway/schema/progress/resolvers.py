"""Batch resolvers of where learners are."""

from collections.abc import Sequence
from datetime import date

from gateway.context import Context
from gateway.schema.connection import ConnectionView, connect, page_args
from gateway.schema.content.places import Placed
from gateway.schema.content.resolvers import courses_of, lessons_by_id, present
from services.content.contract import Course, CourseVersion, Lesson
from services.credentials.contract import Credential, HolderKey, TalentView
from services.kit.records import Actor, PageArgs, Role
from services.progress.contract import (
    MOST_CONTINUED,
    CourseKey,
    DayKey,
    Enrolment,
    EnrolmentStatus,
    EventDay,
    LessonProgress,
    Profile,
    ResumePoint,
)


async def viewer_of(context: Context, actor: Actor) -> Profile:
    """Return an actor's profile; of somebody who has stored nothing yet, what their token says."""
    home = await context.loaders.homes.load(actor.subject)
    return home.profile or Profile(
        learner_id=actor.subject,
        display_name=actor.name,
        email=actor.email,
        is_guest=actor.is_guest,
    )


async def roles(profiles: Sequence[Profile], context: Context) -> Sequence[Sequence[Role]]:
    """Return what each viewer may act as, in the order of the enum; a new guest is a learner."""
    actor = context.actor
    return [
        sorted(actor.roles, key=list(Role).index)
        if actor and actor.subject == profile.learner_id
        else [Role.LEARNER]
        for profile in profiles
    ]


async def enrolments(
    profiles: Sequence[Profile],
    context: Context,
    *,
    status: EnrolmentStatus | None = None,
    first: int | None = None,
    after: str | None = None,
) -> Sequence[ConnectionView[Enrolment]]:
    """Return a page of each viewer's enrolments."""
    page = page_args(first, after)
    return [
        connect(
            await context.clients.learners.enrolments_of(
                profile.learner_id, status=status, page=page
            )
        )
        for profile in profiles
    ]


async def continue_learning(
    profiles: Sequence[Profile], context: Context, *, first: int | None = None
) -> Sequence[Sequence[Enrolment]]:
    """Return each viewer's active enrolments, most recent first: of what Home reads, if it may."""
    page: PageArgs = page_args(first, None, default=3)
    if page.first <= MOST_CONTINUED:
        homes = await context.loaders.homes.load_many([each.learner_id for each in profiles])
        return [home.continued[: page.first] for home in homes]
    return [
        (
            await context.clients.learners.enrolments_of(
                profile.learner_id, status=EnrolmentStatus.ACTIVE, page=page
            )
        ).nodes
        for profile in profiles
    ]


async def event_days(
    profiles: Sequence[Profile], context: Context, *, device_id: str, day: date
) -> Sequence[EventDay]:
    """Return what is stored of a device and day of each viewer."""
    keys = (DayKey(learner_id=one.learner_id, device_id=device_id, day=day) for one in profiles)
    return await context.clients.learners.event_days(tuple(keys))


async def enrolled_lessons(
    held: Sequence[Enrolment], context: Context
) -> Sequence[Sequence[LessonProgress]]:
    """Return the lessons of each enrolment; Home's come without, and are asked for here."""
    keys = [
        None if each.lessons else CourseKey(learner_id=each.learner_id, course_id=each.course_id)
        for each in held
    ]
    found = await present(context.loaders.enrolments, keys)
    return [
        whole.lessons if whole else each.lessons for each, whole in zip(held, found, strict=True)
    ]


async def held_credentials(
    profiles: Sequence[Profile],
    context: Context,
    *,
    first: int | None = None,
    after: str | None = None,
) -> Sequence[ConnectionView[Credential]]:
    """Return a page of each viewer's credentials."""
    page = page_args(first, after)
    return [
        connect(await context.clients.credentials.held_by(profile.learner_id, page))
        for profile in profiles
    ]


async def talent_views(
    profiles: Sequence[Profile],
    context: Context,
    *,
    first: int | None = None,
    after: str | None = None,
) -> Sequence[ConnectionView[TalentView]]:
    """Return a page of who found each viewer."""
    page = page_args(first, after)
    return [
        connect(await context.clients.talent.talent_views(profile.learner_id, page))
        for profile in profiles
    ]


async def enrolled_versions(
    held: Sequence[Enrolment], context: Context
) -> Sequence[CourseVersion | None]:
    """Return the version that each enrolment is pinned to."""
    return await context.loaders.versions.load_many([each.version_id for each in held])


async def enrolled_courses(held: Sequence[Enrolment], context: Context) -> Sequence[Course | None]:
    """Return the course of each enrolment, from its version where it is no longer published."""
    courses = await context.loaders.courses.load_many([each.course_id for each in held])
    if all(courses):
        return courses
    versions = await enrolled_versions(held, context)
    known = [version for version in versions if version]
    by_id = {course.id: course for course in await courses_of(known, context)}
    return [by_id.get(each.course_id) for each in held]


async def earned_credentials(
    held: Sequence[Enrolment], context: Context
) -> Sequence[Credential | None]:
    """Return what each enrolment has earned."""
    versions = await enrolled_versions(held, context)
    keys = [
        HolderKey(learner_id=each.learner_id, achievement_id=version.achievement.id)
        if version and version.achievement
        else None
        for each, version in zip(held, versions, strict=True)
    ]
    return await present(context.loaders.held, keys)


async def lessons_of(
    parents: Sequence[ResumePoint | LessonProgress], context: Context
) -> Sequence[Placed[Lesson] | None]:
    """Return the lesson that each is about."""
    return await lessons_by_id([parent.lesson_id for parent in parents], context)
