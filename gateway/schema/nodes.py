"""Reading anything again by its id."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.content.queries import course_by_id, pathway_by_id, read_lesson
from gateway.schema.credentials.queries import read_credential
from gateway.schema.node import Node, kind_named
from gateway.schema.progress.cohort_resolvers import (
    read_assignment,
    read_cohort,
    read_learner_assignment,
)
from gateway.schema.progress.home_resolvers import read_review
from gateway.schema.progress.resolvers import viewer_of
from gateway.schema.resolvers import AtRoot
from services.kit.errors import Invalid
from services.kit.ids import Kind
from services.kit.records import PageArgs
from services.progress.contract import Enrolment

MAX_IDS = 100


async def _viewer(context: Context, id_: str) -> Any:
    actor = context.actor
    return await viewer_of(context, actor) if actor and actor.subject == id_ else None


async def _enrolment(context: Context, id_: str) -> Enrolment | None:
    """Return one of the viewer's own enrolments."""
    if context.actor is None:
        return None
    learners, learner, after = context.clients.learners, context.actor.subject, None
    while True:
        page = await learners.enrolments_of(
            learner, status=None, page=PageArgs(first=100, after=after)
        )
        found = next((each for each in page.nodes if each.id == id_), None)
        if found or not page.has_next:
            return found
        after = page.cursors[-1]


READERS: Mapping[Kind, Callable[[Context, str], Awaitable[Any]]] = {
    Kind.COURSE: course_by_id,
    Kind.VERSION: lambda context, id_: context.loaders.versions.load(id_),
    Kind.LESSON: lambda context, id_: read_lesson(context, id=id_),
    Kind.PATHWAY: pathway_by_id,
    Kind.SKILL: lambda context, id_: context.loaders.skills.load(id_),
    Kind.JOB_ROLE: lambda context, id_: context.loaders.job_roles.load(id_),
    Kind.LEARNER: _viewer,
    Kind.ENROLMENT: _enrolment,
    Kind.REVIEW: read_review,
    Kind.ACHIEVEMENT: lambda context, id_: context.loaders.achievements.load(id_),
    Kind.ISSUER: lambda context, id_: context.loaders.issuers.load(id_),
    Kind.CREDENTIAL: lambda context, id_: read_credential(context, id=id_),
    Kind.COHORT: lambda context, id_: read_cohort(context, id=id_),
    Kind.ASSIGNMENT: read_assignment,
    Kind.LEARNER_ASSIGNMENT: read_learner_assignment,
}


async def read_node(
    context: Context,
    *,
    id: str,
) -> Any:
    """Return what has that id, None when nothing has or the viewer may not see it."""
    kind = kind_named(id)
    reader = READERS.get(kind) if kind else None
    return await reader(context, id) if reader else None


async def read_nodes(context: Context, *, ids: list[str]) -> list[Any]:
    """Return what has each id, in the order asked."""
    if len(ids) > MAX_IDS:
        raise Invalid(f"Ask for at most {MAX_IDS} ids at once.", path=("ids",))
    return await asyncio.gather(*[read_node(context, id=id_) for id_ in ids])


class NodeQueries(graphene.ObjectType):
    """Reading anything again by its id."""

    node = graphene.Field(
        Node,
        id=graphene.ID(required=True, description="Any global id."),
        resolver=AtRoot(read_node),
        description="Anything by its id; null when there is none, or not for this viewer.",
    )
    nodes = graphene.Field(
        graphene.NonNull(graphene.List(Node)),
        ids=graphene.Argument(
            graphene.NonNull(graphene.List(graphene.NonNull(graphene.ID))),
            description=f"At most {MAX_IDS} global ids.",
        ),
        resolver=AtRoot(read_nodes),
        description="Many at once, in the order asked; null for each that is not there.",
    )
