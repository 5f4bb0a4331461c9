"""Learning before signing up, and signing up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.progress.types import Viewer
from gateway.schema.results import Trouble, user_errors
from gateway.schema.scalars import UUID, Locale
from services.kit.errors import Invalid, Unauthenticated
from services.progress import contract


class StartGuestInput(graphene.InputObjectType):
    """What a phone tells of itself."""

    device_id = UUID(required=True, description="Made by the phone once, at installation.")
    locale = Locale(description="The phone's language; null: en.")
    time_zone = graphene.String(description="IANA name, like Europe/Rome; null: UTC.")


class ClaimGuestInput(graphene.InputObjectType):
    """Whose events to take over."""

    guest_token = graphene.String(required=True, description="The token that startGuest gave.")


class StartGuestPayload(graphene.ObjectType):
    """A new guest."""

    token = graphene.String(
        required=True,
        description="Send it as `Authorization: Bearer`; good for 180 days.",
    )
    viewer = graphene.Field(graphene.NonNull(Viewer), description="The guest.")
    user_errors = user_errors()


class UpdateProfilePayload(graphene.ObjectType):
    """The viewer as they are now."""

    viewer = graphene.Field(Viewer, description="Null when it was not done.")
    user_errors = user_errors()

    @staticmethod
    def refused(trouble: Trouble) -> "ProfileOutcome":
        """Return the payload of what was not done."""
        return ProfileOutcome(None, (trouble,))


@dataclass(frozen=True, slots=True)
class GuestOutcome:
    """What StartGuestPayload shows."""

    token: str
    viewer: contract.Profile
    user_errors: Sequence[Trouble] = ()


@dataclass(frozen=True, slots=True)
class ProfileOutcome:
    """What UpdateProfilePayload shows."""

    viewer: contract.Profile | None
    user_errors: Sequence[Trouble] = ()


async def start_guest(context: Context, given: Any) -> GuestOutcome:
    """Make a guest and a token for the device."""
    token, guest = context.surroundings.guests.start(given.device_id)
    profile = contract.GuestProfile(
        device_id=given.device_id,
        locale=given.locale or "en",
        time_zone=given.time_zone or "UTC",
    )
    return GuestOutcome(token, await context.clients.tracking.start_guest(guest.actor, profile))


async def claim_guest(context: Context, given: Any) -> ProfileOutcome:
    """Move a guest's events into the account that asks."""
    actor = context.signed_in
    try:
        guest = context.surroundings.guests.verify(given.guest_token)
    except Unauthenticated as error:
        raise Invalid(error.message, path=("guestToken",)) from error
    tracking = context.clients.tracking
    return ProfileOutcome(await tracking.claim_guest(actor, guest.actor.subject))
