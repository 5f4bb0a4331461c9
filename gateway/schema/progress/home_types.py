"""What a viewer sees of their own: goal, streak, reviews."""

import graphene

from gateway.schema.connection import connection
from gateway.schema.content.texts import locale_argument
from gateway.schema.content.types.block import Flashcard
from gateway.schema.content.types.lesson import Lesson
from gateway.schema.content.types.question import Question
from gateway.schema.contract_type import ContractType
from gateway.schema.node import Node
from gateway.schema.progress.home_resolvers import (
    review_cards,
    review_lessons,
    review_questions,
)
from gateway.schema.resolvers import Batched
from gateway.schema.scalars import Date
from services.progress import contract

LessonConnection = connection(Lesson, "lessons")


class DailyGoal(ContractType, record=contract.DailyGoal):
    """What the viewer has set out to do, and how far they are today."""

    minutes = graphene.Int(required=True, description="Minutes a study day.")
    days_per_week = graphene.Int(
        required=True,
        description=(
            "Study days from Monday to Sunday; the others may be missed without losing the streak. "
            "Set by the event goal.set."
        ),
    )
    minutes_today = graphene.Float(
        required=True,
        description="Minutes learned on today's study day, on all devices, to a tenth.",
    )


class Streak(ContractType, record=contract.Streak):
    """Study days in a row, as it stands today: study days begin at 4 h."""

    days = graphene.Int(required=True, description="Study days in it; 0 once it broke.")
    longest = graphene.Int(required=True, description="The longest that there was.")
    last_study_day = Date(
        description="The last day on which something was learned; null before the first."
    )
    freezes_left = graphene.Int(
        required=True,
        description="Days off that may still be taken without losing it: the event streak.frozen.",
    )


class Review(ContractType, record=contract.Review, interfaces=(Node,)):
    """A card that the learner has met before, question or flashcard.

    Days, not instants, so that phone and server agree. The question, flashcard and lesson are those
    of the version that the viewer is enrolled in, where it still has them.
    """

    question = graphene.Field(
        Question,
        locale=locale_argument(),
        resolver=Batched(review_questions),
        description="What to ask, with its answer; null for a flashcard.",
    )
    card = graphene.Field(
        Flashcard,
        locale=locale_argument(),
        resolver=Batched(review_cards),
        description="What to show; null for a question.",
    )
    lesson = graphene.Field(
        graphene.NonNull(Lesson),
        resolver=Batched(review_lessons),
        description="The lesson that it is of.",
    )
    due_on = Date(required=True, description="The study day on which it is due.")
    stability = graphene.Float(
        required=True, description="Days after which the chance of recall has fallen to 0.9."
    )
    difficulty = graphene.Float(required=True, description="From 1 to 10.")
    retrievability = graphene.Float(
        required=True, description="Chance that it is known today, 0 to 1, to 8 decimals."
    )
    lapses = graphene.Int(
        required=True, description="How often it was forgotten after it had been learned."
    )


ReviewConnection = connection(Review, "reviews")
