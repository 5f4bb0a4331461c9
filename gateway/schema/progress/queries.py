"""The queries of the viewer, and of managers."""

from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.connection import ConnectionView, connect, page_args, paging
from gateway.schema.progress.cohort_resolvers import read_cohort
from gateway.schema.progress.cohort_types import Cohort, CohortConnection
from gateway.schema.progress.resolvers import viewer_of
from gateway.schema.progress.types import Viewer
from gateway.schema.resolvers import AtRoot
from services.progress.contract import Profile


async def read_viewer(context: Context) -> Profile | None:
    """Return who is signed in, None without a token."""
    return await viewer_of(context, context.actor) if context.actor else None


async def list_cohorts(
    context: Context, *, first: int | None = None, after: str | None = None
) -> ConnectionView[Any]:
    """Return a page of what the caller manages."""
    page = page_args(first, after)
    return connect(await context.clients.cohorts.managed(context.signed_in, page))


class ProgressQueries(graphene.ObjectType):
    """The queries of the viewer, and of managers."""

    viewer = graphene.Field(
        Viewer,
        resolver=AtRoot(read_viewer),
        description="The signed-in learner (a guest too); null without a valid bearer token.",
    )
    cohort = graphene.Field(
        Cohort,
        id=graphene.ID(required=True, description="The cohort."),
        resolver=AtRoot(read_cohort),
        description="A cohort of the caller's organisation; null when there is none of that id.",
    )
    cohorts = graphene.Field(
        graphene.NonNull(CohortConnection),
        **paging(),
        resolver=AtRoot(list_cohorts),
        description="The organisation's cohorts by name; for an ADMIN without one, all.",
    )
