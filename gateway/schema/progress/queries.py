"""The query of the viewer."""

import graphene

from gateway.context import Context
from gateway.schema.progress.resolvers import viewer_of
from gateway.schema.progress.types import Viewer
from gateway.schema.resolvers import AtRoot
from services.progress.contract import Profile


async def read_viewer(context: Context) -> Profile | None:
    """Return who is signed in, None without a token."""
    return await viewer_of(context, context.actor) if context.actor else None


class ProgressQueries(graphene.ObjectType):
    """The query of the viewer."""

    viewer = graphene.Field(
        Viewer,
        resolver=AtRoot(read_viewer),
        description="The signed-in learner (a guest too); null without a valid bearer token.",
    )
