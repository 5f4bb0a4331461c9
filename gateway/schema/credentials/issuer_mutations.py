"""Mutations of issuers and of the bodies that endorse them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.credentials.types import Achievement, Endorsement, Issuer
from gateway.schema.results import Trouble, payload_field, user_errors
from gateway.schema.scalars import JSON
from services.credentials import contract

_COMMENT = "What the body has to say, 1 to 2,000 characters: signed with the key kept for it."
_CREDENTIAL = (
    "The body's own EndorsementCredential, signed (a Data Integrity proof); "
    "its subject is the id that credentials use: "
)


class UpdateIssuerInput(graphene.InputObjectType):
    """What an organisation says of itself from now on; what is left out stays."""

    name = graphene.String(description="What it is called, 1 to 120 characters.")
    url = graphene.String(description="Its web page.")
    image_upload_id = graphene.ID(description="Its picture: the id that requestUpload gave.")


class EndorseInput(graphene.InputObjectType):
    """A body's word about an achievement: a comment, or a credential of its own."""

    achievement_id = graphene.ID(required=True, description="What is endorsed, as it is now.")
    comment = graphene.String(description=_COMMENT)
    credential = JSON(description=f"{_CREDENTIAL}`Achievement.url`.")


class EndorseIssuerInput(graphene.InputObjectType):
    """A body's word about an issuer: a comment, or a credential of its own."""

    issuer_id = graphene.ID(required=True, description="Who is endorsed.")
    comment = graphene.String(description=_COMMENT)
    credential = JSON(description=f"{_CREDENTIAL}`Issuer.did`.")


class WithdrawEndorsementInput(graphene.InputObjectType):
    """Which endorsement."""

    endorsement_id = graphene.ID(required=True, description="The endorsement's id.")


@dataclass(frozen=True, slots=True)
class IssuerOutcome:
    """What IssuerPayload shows."""

    issuer: contract.Issuer | None
    user_errors: Sequence[Trouble] = ()


class IssuerPayload(graphene.ObjectType):
    """The issuer as it is now."""

    issuer = graphene.Field(Issuer, description="Null when it was not done.")
    user_errors = user_errors()

    @staticmethod
    def refused(trouble: Trouble) -> IssuerOutcome:
        """Return the payload of what was not done."""
        return IssuerOutcome(None, (trouble,))


@dataclass(frozen=True, slots=True)
class AchievementOutcome:
    """What AchievementPayload shows."""

    achievement: contract.Achievement | None
    user_errors: Sequence[Trouble] = ()


class AchievementPayload(graphene.ObjectType):
    """The achievement as it is now."""

    achievement = graphene.Field(Achievement, description="Null when it was not done.")
    user_errors = user_errors()

    @staticmethod
    def refused(trouble: Trouble) -> AchievementOutcome:
        """Return the payload of what was not done."""
        return AchievementOutcome(None, (trouble,))


@dataclass(frozen=True, slots=True)
class EndorsementOutcome:
    """What EndorsementPayload shows."""

    endorsement: contract.Endorsement | None
    user_errors: Sequence[Trouble] = ()


class EndorsementPayload(graphene.ObjectType):
    """The endorsement as it was."""

    endorsement = graphene.Field(Endorsement, description="Null when it was not done.")
    user_errors = user_errors()

    @staticmethod
    def refused(trouble: Trouble) -> EndorsementOutcome:
        """Return the payload of what was not done."""
        return EndorsementOutcome(None, (trouble,))


async def update_issuer(context: Context, given: Any) -> IssuerOutcome:
    """Change what an organisation says of itself."""
    changes = contract.IssuerChanges(**given)
    return IssuerOutcome(await context.clients.issuers.update_issuer(context.signed_in, changes))


async def endorse_achievement(context: Context, given: Any) -> AchievementOutcome:
    """Endorse an achievement."""
    await _endorse(context, given.achievement_id, given)
    return AchievementOutcome(await context.loaders.achievements.load(given.achievement_id))


async def endorse_issuer(context: Context, given: Any) -> IssuerOutcome:
    """Endorse an issuer."""
    await _endorse(context, given.issuer_id, given)
    return IssuerOutcome(await context.loaders.issuers.load(given.issuer_id))


async def withdraw_endorsement(context: Context, given: Any) -> EndorsementOutcome:
    """Take an endorsement back."""
    endorsing, actor = context.clients.endorsing, context.signed_in
    return EndorsementOutcome(await endorsing.withdraw(actor, given.endorsement_id))


async def _endorse(context: Context, subject_id: str, given: Any) -> None:
    words = contract.Endorse(
        subject_id=subject_id, comment=given.get("comment"), credential=given.get("credential")
    )
    await context.clients.endorsing.endorse(context.signed_in, words)


class IssuerMutations(graphene.ObjectType):
    """Mutations of issuers and of the bodies that endorse them."""

    update_issuer = payload_field(
        IssuerPayload,
        UpdateIssuerInput,
        update_issuer,
        description=(
            "Issuers: what their organisation says of itself. It counts for what is issued from "
            "now on; credentials keep what they were signed with."
        ),
    )
    endorse_achievement = payload_field(
        AchievementPayload,
        EndorseInput,
        endorse_achievement,
        description=(
            "Accrediting bodies: endorse an achievement of another organisation, with the body's "
            "own signature (credential), or signed with the key that Morsel keeps for it (comment "
            "alone). It stands in every credential issued from now on, until the award has another "
            "version. A repeat changes nothing; another word takes its place."
        ),
    )
    endorse_issuer = payload_field(
        IssuerPayload,
        EndorseIssuerInput,
        endorse_issuer,
        description=(
            "Accrediting bodies: endorse an issuer, in the same way. It stands in every "
            "credential that it issues from now on."
        ),
    )
    withdraw_endorsement = payload_field(
        EndorsementPayload,
        WithdrawEndorsementInput,
        withdraw_endorsement,
        description=(
            "Accrediting bodies: take an endorsement of their organisation back. New credentials "
            "do not have it; of one signed with the key kept for the body, whoever verifies an "
            "older credential is told. A repeat changes nothing."
        ),
    )
