"""Authors save pathways."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.content.types.pathway import Pathway
from gateway.schema.results import Trouble, payload_field, user_errors
from gateway.schema.scalars import JSON, Locale
from services.content import contract


class SavePathwayInput(graphene.InputObjectType):
    """A pathway; with an id it takes the place of that one."""

    id = graphene.ID(description="Which one to replace; null: a new one.")
    slug = graphene.String(
        required=True, description="Its name in addresses: a-z, 0-9 and hyphens."
    )
    title = graphene.String(required=True, description="What it is called, in its own language.")
    summary = graphene.String(
        required=True, description="What one can do after it, in a few sentences."
    )
    course_ids = graphene.List(
        graphene.NonNull(graphene.ID),
        required=True,
        description="1 to 30 courses in order: published ones, or the organisation's own.",
    )
    achievement = JSON(
        description="What it awards, as a course document has it; its courses award one each."
    )
    locale = Locale(default_value="en", description="Its own language.")


class PathwayPayload(graphene.ObjectType):
    """The pathway as it is now."""

    pathway = graphene.Field(Pathway, description="Null when it was not done.")
    user_errors = user_errors()

    @staticmethod
    def refused(trouble: Trouble) -> "PathwayOutcome":
        """Return the payload of what was not done."""
        return PathwayOutcome(None, (trouble,))


@dataclass(frozen=True, slots=True)
class PathwayOutcome:
    """What PathwayPayload shows."""

    pathway: contract.Pathway | None
    user_errors: Sequence[Trouble] = ()


async def save_pathway(context: Context, given: Any) -> PathwayOutcome:
    """Create or replace a pathway."""
    language = given.locale or "en"
    pathway = contract.SavePathway(
        id=given.id,
        slug=given.slug,
        language=language,
        title={language: given.title},
        summary={language: given.summary},
        course_ids=tuple(given.course_ids),
        achievement=given.achievement,
    )
    return PathwayOutcome(await context.clients.pathways.save_pathway(context.signed_in, pathway))


class PathwayMutations(graphene.ObjectType):
    """Mutations of pathways."""

    save_pathway = payload_field(
        PathwayPayload,
        SavePathwayInput,
        save_pathway,
        description="Authors: create a pathway, or replace the one of that id.",
    )
