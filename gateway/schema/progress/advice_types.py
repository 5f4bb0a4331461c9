"""Skills of the viewer, what they lack for a role, and what to do next."""

import graphene

from gateway.schema.connection import many
from gateway.schema.content.types.course import Course
from gateway.schema.content.types.lesson import Lesson
from gateway.schema.content.types.skill import Skill
from gateway.schema.contract_type import ContractType, contract_enum
from gateway.schema.progress.advice_resolvers import (
    advised_courses,
    advised_lessons,
    gap_courses,
    missing_skills,
    reasons,
    standing_skills,
)
from gateway.schema.resolvers import Batched
from gateway.schema.scalars import DateTime
from services.progress import contract

AdviceKinds = contract_enum(
    contract.AdviceKind,
    {
        "OVERDUE": "A cohort asked for it, and the day is over.",
        "REVIEWS": "Cards are due: there is neither a course nor a lesson, show the reviews.",
        "RESUME": "A course under way.",
        "ROLE": "It leads to the job role that the learner aims at.",
        "POPULAR": "Others who practise the same skill took it.",
    },
)


class SkillStanding(ContractType, record=contract.SkillStanding):
    """How the viewer stands in one skill."""

    skill = graphene.Field(
        graphene.NonNull(Skill), resolver=Batched(standing_skills), description="The skill."
    )
    mastery = graphene.Float(
        required=True,
        description="Share of right answers, 0 to 1; each answer weighs 0.9 of the next one.",
    )
    retention = graphene.Float(
        required=True,
        description="Chance that it is still known today, 0 to 1: the mean over its question "
        "cards, or what the last answers suggest where it has none.",
    )
    answers = graphene.Int(required=True, description="How many answers this is made of.")
    last_practised_at = DateTime(description="When it was asked last; null: never.")


class RoleGap(ContractType, record=contract.RoleGap):
    """What the viewer lacks for a job role and the shortest way to it.

    A skill is met with a mastery of at least 0.8 over at least 5 answers, or by a credential of a
    course that teaches it.
    """

    met = many(SkillStanding, description="Skills that the viewer has shown.")
    missing = many(
        Skill, resolver=Batched(missing_skills), description="The others, in the role's order."
    )
    courses = many(
        Course,
        resolver=Batched(gap_courses),
        description="Courses to take for those of them that any course teaches; shortest first.",
    )
    minutes = graphene.Int(
        required=True,
        description="What is left of these courses, at the viewer's own pace.",
    )


class Recommendation(ContractType, record=contract.Recommendation):
    """Something to do next."""

    kind = graphene.Field(graphene.NonNull(AdviceKinds), description="Why, for the app.")
    course = graphene.Field(
        Course, resolver=Batched(advised_courses), description="The course; null: none."
    )
    lesson = graphene.Field(
        Lesson,
        resolver=Batched(advised_lessons),
        description="Where to go on; null: at the start of the course.",
    )
    reason = graphene.String(
        required=True,
        resolver=Batched(reasons),
        description="Why this, why now, in a sentence: in the first language of Accept-Language "
        "that there is, else in the viewer's, else in English.",
    )
