"""Mutations of managers, and joining a cohort."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.progress.cohort_types import Cohort
from gateway.schema.results import Trouble, payload_field, user_errors
from gateway.schema.scalars import Date
from services.progress import contract


class CreateCohortInput(graphene.InputObjectType):
    """A cohort of the caller's organisation."""

    name = graphene.String(
        required=True,
        description="1 to 200 characters. A name that the organisation has already gives that one.",
    )


class AddMembersInput(graphene.InputObjectType):
    """Accounts to add to a cohort: all of them, or none."""

    cohort_id = graphene.ID(required=True, description="The cohort.")
    learner_ids = graphene.List(
        graphene.NonNull(graphene.ID),
        required=True,
        description="At most 500: the `viewer.id` of each.",
    )


class InviteMembersInput(graphene.InputObjectType):
    """Whom a code is for."""

    cohort_id = graphene.ID(required=True, description="The cohort.")
    emails = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="At most 500, looked through for mistakes and not kept; none: for a class.",
    )
    renew = graphene.Boolean(
        default_value=False, description="True: the code that is out lets nobody join any more."
    )


class JoinCohortInput(graphene.InputObjectType):
    """A code that a manager gave."""

    code = graphene.String(required=True, description="As it was given, however it is spaced.")


class RemoveMemberInput(graphene.InputObjectType):
    """Who is to leave a cohort."""

    cohort_id = graphene.ID(required=True, description="The cohort.")
    learner_id = graphene.ID(required=True, description="The member.")


class AssignCourseInput(graphene.InputObjectType):
    """A course for a cohort."""

    cohort_id = graphene.ID(required=True, description="The cohort.")
    course_id = graphene.ID(required=True, description="A published course.")
    due_on = Date(
        description="The last day on which it is in time; null: no date. unassignCourse ignores it."
    )


class CohortPayload(graphene.ObjectType):
    """The cohort as it is now."""

    cohort = graphene.Field(Cohort, description="Null when it was not done.")
    user_errors = user_errors()

    @staticmethod
    def refused(trouble: Trouble) -> "CohortOutcome":
        """Return the payload of what was not done."""
        return CohortOutcome(None, (trouble,))


@dataclass(frozen=True, slots=True)
class CohortOutcome:
    """What CohortPayload shows."""

    cohort: contract.Cohort | None
    user_errors: Sequence[Trouble] = ()


class InvitePayload(graphene.ObjectType):
    """What lets people join. Morsel sends no mail: pass it on."""

    code = graphene.String(
        required=True, description="To type, for accounts: see joinCohort. Empty when refused."
    )
    url = graphene.String(
        required=True,
        description="The same as an address that an app may open itself for. Empty when refused.",
    )
    user_errors = user_errors()

    @staticmethod
    def refused(trouble: Trouble) -> "InviteOutcome":
        """Return the payload of what was not done."""
        return InviteOutcome("", "", (trouble,))


@dataclass(frozen=True, slots=True)
class InviteOutcome:
    """What InvitePayload shows."""

    code: str
    url: str
    user_errors: Sequence[Trouble] = ()


async def create_cohort(context: Context, given: Any) -> CohortOutcome:
    """Make a cohort."""
    return CohortOutcome(await context.clients.cohorts.create(context.signed_in, given.name))


async def add_members(context: Context, given: Any) -> CohortOutcome:
    """Add accounts."""
    ids = tuple(given.learner_ids)
    return CohortOutcome(await context.clients.cohorts.add(context.signed_in, given.cohort_id, ids))


async def invite_members(context: Context, given: Any) -> InviteOutcome:
    """Give a code."""
    invite = contract.Invite(
        cohort_id=given.cohort_id, emails=tuple(given.emails), renew=bool(given.get("renew"))
    )
    made = await context.clients.cohorts.invite(context.signed_in, invite)
    return InviteOutcome(made.code, made.url)


async def join_cohort(context: Context, given: Any) -> CohortOutcome:
    """Join by a code."""
    return CohortOutcome(await context.clients.cohorts.join(context.signed_in, given.code))


async def remove_member(context: Context, given: Any) -> CohortOutcome:
    """Remove a member."""
    api = context.clients.cohorts
    return CohortOutcome(await api.remove(context.signed_in, given.cohort_id, given.learner_id))


async def assign_course(context: Context, given: Any) -> CohortOutcome:
    """Assign a course."""
    assign = contract.Assign(
        cohort_id=given.cohort_id, course_id=given.course_id, due_on=given.get("due_on")
    )
    return CohortOutcome(await context.clients.cohorts.assign(context.signed_in, assign))


async def unassign_course(context: Context, given: Any) -> CohortOutcome:
    """Take an assignment back."""
    api = context.clients.cohorts
    return CohortOutcome(await api.unassign(context.signed_in, given.cohort_id, given.course_id))


class CohortMutations(graphene.ObjectType):
    """Mutations of managers, and joining a cohort."""

    create_cohort = payload_field(
        CohortPayload,
        CreateCohortInput,
        create_cohort,
        description="Make a cohort of your organisation; a repeat gives the same one.",
    )
    add_members = payload_field(
        CohortPayload,
        AddMembersInput,
        add_members,
        description="Add accounts by learner id: all or none. Guests join once they sign in.",
    )
    invite_members = payload_field(
        InvitePayload,
        InviteMembersInput,
        invite_members,
        description=(
            "Give the cohort's code, good for 30 days from now. Morsel sends no mail and keeps no "
            "address: pass the code or the url on."
        ),
    )
    join_cohort = payload_field(
        CohortPayload,
        JoinCohortInput,
        join_cohort,
        description="Join by a code, with an account; a repeat changes nothing.",
    )
    remove_member = payload_field(
        CohortPayload,
        RemoveMemberInput,
        remove_member,
        description="Take somebody out: they leave the reports and lose the assignments, and keep "
        "their progress.",
    )
    unassign_course = payload_field(
        CohortPayload,
        AssignCourseInput,
        unassign_course,
        description="Take an assignment back; progress is kept.",
    )
    assign_course = payload_field(
        CohortPayload,
        AssignCourseInput,
        assign_course,
        description="Assign a published course, or change until when it is due.",
    )
