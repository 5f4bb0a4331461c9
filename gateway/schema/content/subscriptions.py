"""The subscription to what is published."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import graphene

from gateway.context import Context
from gateway.published import Follower
from gateway.schema.content.types.course import Course
from gateway.schema.resolvers import Event, Projected, Streamed
from services.kit.errors import LimitReached

MAX_COURSES = 1_000


async def follow_courses(
    context: Context, *, course_ids: list[str] | None = None
) -> AsyncIterator[Event]:
    """Return each course once its pointer has moved; LimitReached, Invalid, Unavailable."""
    if course_ids is not None and len(course_ids) > MAX_COURSES:
        raise LimitReached(f"Name at most {MAX_COURSES} courses.", path=("courseIds",))
    published = context.surroundings.published
    return _events(context, await published.follow(course_ids, since=context.since))


async def _events(context: Context, moves: Follower) -> AsyncIterator[Event]:
    async with aclosing(moves):
        async for move in moves:
            [course] = await context.surroundings.published.courses((move.course_id,))
            if course is not None:  # else it was archived
                yield Event(course, move.position)


class ContentSubscriptions(graphene.ObjectType):
    """The subscription to what is published."""

    course_published = graphene.Field(
        graphene.NonNull(Course),
        course_ids=graphene.List(
            graphene.NonNull(graphene.ID),
            description=f"Which courses, at most {MAX_COURSES}; null: all.",
        ),
        resolver=Projected(lambda event, _, **__: event.value),
        description=(
            "A course was published or rolled back: it is given as it is now. Subscribe again with "
            "the cursor of the last event to hear of what happened meanwhile."
        ),
    )
    subscribe_course_published = Streamed(follow_courses)
