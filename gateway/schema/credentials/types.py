"""Achievements, issuers, credentials and verifications."""

from collections.abc import Sequence

import graphene

from gateway.context import Context
from gateway.schema.connection import connection, many
from gateway.schema.content.texts import locale_argument, localised
from gateway.schema.content.types.media import Image
from gateway.schema.content.types.skill import JobRole, Skill
from gateway.schema.contract_type import ContractType, contract_enum
from gateway.schema.languages import Shown, chain
from gateway.schema.node import Node
from gateway.schema.resolvers import Batched, Projected
from gateway.schema.scalars import JSON, DateTime, RawJson
from services.content.contract import Image as ImageRecord
from services.credentials import contract

CredentialStatuses = contract_enum(
    contract.CredentialStatus,
    {
        "VALID": "It counts.",
        "SUSPENDED": "Held back for now; it may count again.",
        "REVOKED": "Withdrawn for good.",
        "EXPIRED": "Its time is over.",
    },
)
CheckNames = contract_enum(
    contract.CheckName,
    {
        "SYNTAX": "It can be read as a credential.",
        "SCHEMA": "It has the shape that Open Badges 3.0 asks for.",
        "PROOF": "Its signature is of its issuer, over exactly these words.",
        "ISSUER": "The issuer is who it says.",
        "STATUS": "It is neither revoked nor suspended.",
        "VALIDITY": "Today is between its first and its last day.",
        "ENDORSEMENT": "The statements of accrediting bodies in it hold.",
        "LOG": "It stands in the issuer's public log.",
    },
)
CheckOutcomes = contract_enum(
    contract.CheckOutcome,
    {
        "PASSED": "In order.",
        "FAILED": "Not in order: do not rely on it.",
        "SKIPPED": "Not looked at; the message says why.",
    },
)


class StatusChange(ContractType, record=contract.StatusChange):
    """That a credential was revoked, suspended or reinstated."""

    at = DateTime(required=True, description="When.")
    status = graphene.Field(
        graphene.NonNull(CredentialStatuses), description="What it counts since."
    )
    reason = graphene.String(description="Why; null for a reinstatement.")
    by = graphene.ID(description="Who did it, for its issuers; null for everybody else.")


def _image(
    achievement: contract.Achievement, _: Context, locale: str | None = None
) -> Shown[ImageRecord] | None:
    languages = chain(locale, achievement.language)
    return Shown(achievement.image, languages) if achievement.image else None


async def achievements_of(
    credentials: Sequence[contract.Credential], context: Context
) -> Sequence[contract.Achievement | None]:
    """Return what each credential is for."""
    ids = [credential.achievement_id for credential in credentials]
    return await context.loaders.achievements.load_many(ids)


async def retentions_of(
    credentials: Sequence[contract.Credential], context: Context
) -> Sequence[float | None]:
    """Return how well each is retained, where the viewer may know."""
    ids = tuple(credential.id for credential in credentials)
    return await context.clients.credentials.retentions(context.actor, ids)


def _logo(issuer: contract.Issuer, _: Context) -> Shown[ImageRecord] | None:
    return Shown(issuer.image, ()) if issuer.image else None


async def endorsements_of(
    subjects: Sequence[contract.Achievement | contract.Issuer], context: Context
) -> Sequence[tuple[contract.Endorsement, ...]]:
    """Return what bodies say of each achievement or issuer."""
    return await context.loaders.endorsements.load_many([subject.id for subject in subjects])


class Issuer(ContractType, record=contract.Issuer, interfaces=(Node,)):
    """An organisation that issues credentials, known by its decentralised identifier."""

    name = graphene.String(required=True, description="What it is called.")
    url = graphene.String(description="Its web page.")
    did = graphene.String(
        required=True, description="Its did:web; the keys that sign are published under it."
    )
    image = graphene.Field(Image, resolver=Projected(_logo), description="Its picture.")
    endorsements = many(
        lambda: Endorsement,
        resolver=Batched(endorsements_of),
        description="What accrediting bodies say of it; newest first.",
    )


class Endorsement(ContractType, record=contract.Endorsement):
    """An accrediting body's own signed statement: an OB 3.0 EndorsementCredential."""

    id = graphene.ID(required=True, description="Global, opaque, at most 48 characters.")
    body = graphene.Field(
        graphene.NonNull(Issuer),
        description="Who says so; of one from elsewhere, the name is its own word.",
    )
    comment = graphene.String(description="What it says.")
    endorsed_at = DateTime(required=True, description="Since when.")
    valid_until = DateTime(description="Until when; null: until it is taken back.")
    json = JSON(
        required=True,
        resolver=Projected(lambda endorsement, _: RawJson(endorsement.json)),
        description="The signed statement, byte for byte.",
    )


class Achievement(ContractType, record=contract.Achievement, interfaces=(Node,)):
    """What can be earned by completing a course."""

    name = localised(lambda earned: (earned.name, earned.language), "What it is called.")
    description = localised(
        lambda earned: (earned.description, earned.language), "What a holder has shown."
    )
    criteria = localised(
        lambda earned: (earned.criteria, earned.language),
        "What a holder did to earn it, in Markdown.",
    )
    image = graphene.Field(
        Image, locale=locale_argument(), resolver=Projected(_image), description="The badge."
    )
    issuer = graphene.Field(graphene.NonNull(Issuer), description="Who awards it.")
    skills = many(Skill, description="What it proves.")
    job_roles = many(JobRole, description="What it counts for.")
    endorsements = many(
        Endorsement,
        resolver=Batched(endorsements_of),
        description="What accrediting bodies say of it as it is now; newest first.",
    )
    url = graphene.String(
        required=True,
        description="Its id in credentials: what an endorsement has to be about.",
    )
    pass_score = graphene.Float(
        required=True, description="The share of all assessments' points that earns it, 0 to 1."
    )
    valid_for_days = graphene.Int(description="How long it counts; null: for ever.")
    issued_count = graphene.Int(required=True, description="How many people hold it.")


class Credential(ContractType, record=contract.Credential, interfaces=(Node,)):
    """One award to one person: an Open Badges 3.0 credential that anybody can verify."""

    achievement = graphene.Field(
        graphene.NonNull(Achievement),
        resolver=Batched(achievements_of),
        description="What it is for.",
    )
    holder_name = graphene.String(description="The name that it was issued to.")
    awarded_at = DateTime(required=True, description="When it was earned.")
    valid_from = DateTime(
        required=True, description="From when this copy counts; of two copies the newer counts."
    )
    valid_until = DateTime(description="Until when it counts; null: for ever.")
    score = graphene.Float(description="The share of the points that was reached, 0 to 1.")
    status = graphene.Field(graphene.NonNull(CredentialStatuses), description="What it counts now.")
    status_reason = graphene.String(description="Why it is suspended or revoked.")
    changes = many(StatusChange, description="How its status changed, oldest first.")
    retention = graphene.Float(
        resolver=Batched(retentions_of),
        description=(
            "How well the holder retains it today, from continued practice: the mean chance, 0 to "
            "1, that its skills are still known. Null where kept private, or nothing is known."
        ),
    )
    json = JSON(
        required=True,
        resolver=Projected(lambda credential, _: RawJson(credential.json)),
        description=(
            "The signed OB 3.0 credential, byte for byte: "
            "a proof set of eddsa-rdfc-2022 and eddsa-jcs-2022."
        ),
    )
    jwt = graphene.String(required=True, description="The same as a compact VC-JWT (EdDSA).")
    json_url = graphene.String(
        required=True, description="Where to download the JSON form; good for an hour."
    )
    share_url = graphene.String(
        description=(
            "The page that shows and verifies it to whoever has the address. "
            "Null until the holder shares it, and once that has ended."
        )
    )
    share_expires_at = DateTime(
        description="When the page ends by itself; null: not before the holder takes it back."
    )
    shares_retention = graphene.Boolean(
        required=True, description="Whether the page tells how well the holder retains it today."
    )
    linked_in_url = graphene.String(
        description="Opens LinkedIn to add it to a profile, filled in; null while it is not shared."
    )
    png_url = graphene.String(
        required=True,
        description="Where to download the badge as PNG with the JSON form baked in; for an hour.",
    )
    svg_url = graphene.String(
        required=True,
        description="Where to download the badge as SVG with the JSON form baked in; for an hour.",
    )
    pdf_url = graphene.String(
        required=True,
        description=(
            "Where to download a certificate to print, with a code to check it and the JSON form "
            "attached (PDF/A-3); good for an hour."
        ),
    )
    bundle_url = graphene.String(
        required=True,
        description=(
            "Where to download credential, token, status list and DID document in one file that "
            "`morsel verify` checks with no network; good for an hour."
        ),
    )


CredentialConnection = connection(Credential, "credentials")


class Check(ContractType, record=contract.Check):
    """One check of a verification."""

    name = graphene.Field(graphene.NonNull(CheckNames), description="What was looked at.")
    outcome = graphene.Field(graphene.NonNull(CheckOutcomes), description="How it went.")
    message = graphene.String(required=True, description="In words that an employer understands.")


class Verification(ContractType, record=contract.Verification):
    """Whether a credential counts, and why."""

    verified = graphene.Boolean(required=True, description="True only when no check failed.")
    checks = many(Check, description="Every check, in the order in which they were made.")
    issuer_name = graphene.String(description="Who awarded it, by its own name.")
    issuer_id = graphene.String(description="Who awarded it, by its identifier, such as a did:web.")
    holder_name = graphene.String(description="Who holds it, where it says so.")
    achievement_name = graphene.String(description="What it is for.")
    skills = many(graphene.String, description="The skills that it names.")
    role_match = graphene.Float(
        description=(
            "The share of the job role's skills that it proves, 0 to 1; 0 unless it is verified. "
            "Null when no job role was named, or the role names no skills."
        )
    )
    role_skills = many(graphene.String, description="Those skills of the job role.")
    credential = JSON(description="The credential as it was read; null when it could not be.")
