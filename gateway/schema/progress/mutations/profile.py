"""The viewer's own settings."""

from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.progress.mutations.guests import ProfileOutcome
from gateway.schema.scalars import Locale
from services.progress import contract


class UpdateProfileInput(graphene.InputObjectType):
    """What to change; what is left out or null stays as it is."""

    display_name = graphene.String(
        description="The name to show, at most 100 characters; empty: the account's own again."
    )
    locale = Locale(description="The language to learn in.")
    time_zone = graphene.String(
        description="IANA name, like Europe/Rome: today is the study day there."
    )
    daily_goal_minutes = graphene.Int(
        description="Minutes a study day, 1 to 1440; it counts from today's study day."
    )
    discoverable = graphene.Boolean(description="Whether employers may find the viewer.")
    contact_url = graphene.String(
        description="Where employers may reach the viewer, https:// or mailto:; empty: nowhere."
    )


async def update_profile(context: Context, given: Any) -> ProfileOutcome:
    """Change the viewer's own settings."""
    names = contract.ProfileUpdate.__struct_fields__
    update = contract.ProfileUpdate(**{name: given.get(name) for name in names})
    return ProfileOutcome(await context.clients.tracking.update_profile(context.signed_in, update))
