"""Cohorts as their managers see them."""

import graphene

from gateway.schema.connection import connection, many, paging
from gateway.schema.content.types.course import Course
from gateway.schema.content.types.skill import Skill
from gateway.schema.contract_type import ContractType
from gateway.schema.node import Node
from gateway.schema.progress.cohort_resolvers import (
    assigned_courses,
    cohort_assignments,
    cohort_members,
    cohort_reports,
    report_addresses,
    report_skills,
)
from gateway.schema.resolvers import Batched
from gateway.schema.scalars import Date, DateTime
from services.progress import contract


class Member(ContractType, record=contract.Member):
    """Somebody in a cohort."""

    learner_id = graphene.ID(required=True, description="Who; the same for ever.")
    display_name = graphene.String(description="The name to show; null where they gave none.")
    last_active_at = DateTime(
        description="When they last did something in a course that the cohort is assigned."
    )


MemberConnection = connection(Member, "members")


class Assignment(ContractType, record=contract.Assignment, interfaces=(Node,)):
    """A course that a cohort is to do."""

    course = graphene.Field(
        graphene.NonNull(Course), resolver=Batched(assigned_courses), description="The course."
    )
    due_on = Date(description="The last day on which it is in time; null: no date.")
    assigned = graphene.Int(required=True, description="How many are to do it.")
    completed = graphene.Int(required=True, description="How many of them have completed it.")
    overdue = graphene.Int(
        required=True,
        description="How many have not, once the day is over by UTC's calendar; before, 0.",
    )


class CohortSkill(ContractType, record=contract.CohortSkill):
    """How a cohort stands in a skill of its assigned courses."""

    skill = graphene.Field(
        graphene.NonNull(Skill), resolver=Batched(report_skills), description="The skill."
    )
    proven = graphene.Int(
        required=True,
        description="How many earned the award of an assigned course that teaches it.",
    )
    mean_retention = graphene.Float(
        required=True,
        description="Mean chance, 0 to 1, that a question of it is still known today; 0 where "
        "none was practised.",
    )


class CohortReport(ContractType, record=contract.CohortReport):
    """How a cohort gets on in its assigned courses; nothing else of its members is in it."""

    members = graphene.Int(required=True, description="How many there are.")
    active7_days = graphene.Int(
        required=True,
        description="How many did something in an assigned course in the last seven days.",
    )
    completions = graphene.Int(
        required=True, description="Assigned courses completed, summed over the members."
    )
    mean_score = graphene.Float(description="Mean of their scores, 0 to 1; null while none has.")
    skills = many(CohortSkill, description="The skills of the assigned courses.")
    csv_url = graphene.String(
        required=True,
        resolver=Batched(report_addresses),
        description="The report as CSV, a row for each member and course. Good for an hour, for "
        "whoever has it.",
    )


class Cohort(ContractType, record=contract.Cohort, interfaces=(Node,)):
    """A group of learners of an organisation.

    Only its name is for those who join; all else is for its managers: to others members and
    assignments are empty, and a report is FORBIDDEN.
    """

    name = graphene.String(required=True, description="Its own within the organisation.")
    members = graphene.Field(
        graphene.NonNull(MemberConnection),
        **paging(50),
        resolver=Batched(cohort_members),
        description="Who is in it, in an order that stays.",
    )
    assignments = many(
        Assignment,
        resolver=Batched(cohort_assignments),
        description="What it is to do; what is due first at the head.",
    )
    report = graphene.Field(
        graphene.NonNull(CohortReport),
        resolver=Batched(cohort_reports),
        description="How it gets on.",
    )


CohortConnection = connection(Cohort, "cohorts")
