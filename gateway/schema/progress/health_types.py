"""Questions that report sick, for authors."""

from collections.abc import Sequence

import graphene

from gateway.context import Context
from gateway.schema.connection import many
from gateway.schema.content.places import Placed
from gateway.schema.content.resolvers import lessons_by_id
from gateway.schema.content.types.lesson import Lesson
from gateway.schema.contract_type import ContractType
from gateway.schema.progress.suspicions import suspicion
from gateway.schema.resolvers import Batched, Projected
from services.content import contract as content
from services.progress import contract


async def _lessons(
    health: Sequence[contract.QuestionHealth], context: Context
) -> Sequence[Placed[content.Lesson] | None]:
    """Return the lesson that each question is in."""
    return await lessons_by_id([each.lesson_id for each in health], context)


class QuestionFlags(ContractType, record=contract.QuestionFlags):
    """How many learners flag a question for one reason."""

    reason = graphene.String(
        required=True, description="WRONG_KEY, UNCLEAR, TYPO, BROKEN or OTHER."
    )
    learners = graphene.Int(required=True, description="How many; each counts once.")


class QuestionHealth(ContractType, record=contract.QuestionHealth):
    """How a question does, from the first answers of learners with an account."""

    question_id = graphene.ID(required=True, description="The question.")
    lesson = graphene.Field(
        graphene.NonNull(Lesson), resolver=Batched(_lessons), description="Where it is asked."
    )
    answers = graphene.Int(required=True, description="How many learners answered it.")
    facility = graphene.Float(
        required=True, description="Share whose first answer was right, 0 to 1."
    )
    discrimination = graphene.Float(
        description="Whether those who know the rest of the lesson know this too: point-biserial "
        "correlation with the share right of its other questions, -1 to 1. Null below 20 answers "
        "and where all are alike."
    )
    dead_choices = many(
        graphene.ID,
        description="Wrong choices that less than 2 % pick; from 20 answers on.",
    )
    likely_key = graphene.ID(
        description="The choice that more than half of the strong learners pick though it counts "
        "as wrong; null: none."
    )
    flags = graphene.Int(
        required=True,
        resolver=Projected(lambda health, _: sum(each.learners for each in health.flags)),
        description="How many learners flag it.",
    )
    flags_by_reason = many(
        QuestionFlags,
        resolver=Projected(lambda health, _: health.flags),
        description="The same by reason.",
    )
    suspicion = graphene.String(
        resolver=Projected(lambda health, _: suspicion(health)),
        description="What may be wrong, in a sentence; null: nothing is.",
    )
