"""Taking up a course and leaving it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.progress.types import Enrolment
from gateway.schema.results import Trouble, user_errors
from services.progress import contract


class EnrolPayload(graphene.ObjectType):
    """The enrolment as it is now."""

    enrolment = graphene.Field(Enrolment, description="Null when it was not done.")
    user_errors = user_errors()

    @staticmethod
    def refused(trouble: Trouble) -> "EnrolOutcome":
        """Return the payload of what was not done."""
        return EnrolOutcome(None, (trouble,))


@dataclass(frozen=True, slots=True)
class EnrolOutcome:
    """What EnrolPayload shows."""

    enrolment: contract.Enrolment | None
    user_errors: Sequence[Trouble] = ()


async def enrol(context: Context, given: Any) -> EnrolOutcome:
    """Take up a course."""
    tracking = context.clients.tracking
    return EnrolOutcome(await tracking.enrol(context.signed_in, given.course_id))


async def withdraw(context: Context, given: Any) -> EnrolOutcome:
    """Leave a course."""
    tracking = context.clients.tracking
    return EnrolOutcome(await tracking.withdraw(context.signed_in, given.course_id))
