"""Pathways."""

from collections.abc import Sequence

import graphene

from gateway.context import Context
from gateway.schema.connection import many
from gateway.schema.content.resolvers import enrolments_in, present
from gateway.schema.content.texts import localised
from gateway.schema.content.types.course import Course
from gateway.schema.contract_type import ContractType
from gateway.schema.node import Node
from gateway.schema.resolvers import Batched
from services.content import contract
from services.credentials.contract import Achievement


async def pathway_courses(
    pathways: Sequence[contract.Pathway], context: Context
) -> Sequence[Sequence[contract.Course]]:
    """Return the published courses of each pathway, in order."""
    found = [
        await context.loaders.courses.load_many(list(pathway.course_ids)) for pathway in pathways
    ]
    return [[course for course in courses if course] for courses in found]


async def pathway_achievements(
    pathways: Sequence[contract.Pathway], context: Context
) -> Sequence[Achievement | None]:
    """Return what each pathway awards."""
    ids = [pathway.achievement.id if pathway.achievement else None for pathway in pathways]
    return await present(context.loaders.achievements, ids)


async def pathway_percents(
    pathways: Sequence[contract.Pathway], context: Context
) -> Sequence[float | None]:
    """Return how much of each pathway the viewer has done, None when signed out."""
    if context.actor is None:
        return [None] * len(pathways)
    percents: list[float | None] = []
    for pathway in pathways:
        done = await enrolments_in(pathway.course_ids, context)
        total = sum(enrolment.percent for enrolment in done if enrolment)
        percents.append(total / len(pathway.course_ids))
    return percents


class Pathway(ContractType, record=contract.Pathway, interfaces=(Node,)):
    """A stack of courses that earns a larger credential."""

    slug = graphene.String(required=True, description="Its name in addresses.")
    title = localised(lambda pathway: (pathway.title, pathway.language), "What it is called.")
    summary = localised(
        lambda pathway: (pathway.summary, pathway.language), "What one can do after it."
    )
    courses = many(
        Course,
        resolver=Batched(pathway_courses),
        description="Its published courses, in order.",
    )
    achievement = graphene.Field(
        "gateway.schema.credentials.types.Achievement",
        resolver=Batched(pathway_achievements),
        description="Earned by who holds the achievements of all its courses; null: none, or none "
        "yet in the moment after it was first saved.",
    )
    percent = graphene.Float(
        resolver=Batched(pathway_percents),
        description=(
            "How much of it the viewer has done, 0 to 100: the mean over its courses, those not "
            "begun and not published as 0. Null when signed out."
        ),
    )
