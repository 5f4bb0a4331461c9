"""Skills and job roles, by the identifiers of public frameworks."""

from collections.abc import Sequence
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.connection import many
from gateway.schema.content.resolvers import role_gaps
from gateway.schema.contract_type import ContractType
from gateway.schema.node import Node
from gateway.schema.resolvers import Batched, Projected
from services.content import contract

NAME = (
    "Short name: in the first language of Accept-Language that it has, else in English, else as "
    "its framework or the course has it."
)


def _name(named: Any, context: Context) -> str:
    return str(_first(named.names, context) or named.name)


def _description(named: Any, context: Context) -> str | None:
    return _first(named.descriptions, context) or named.description


def _first(text: contract.LocalText, context: Context) -> str | None:
    return next((text[tag] for tag in (*context.languages, "en") if tag in text), None)


async def _skills(
    roles: Sequence[contract.JobRole], context: Context
) -> Sequence[Sequence[contract.Skill]]:
    """Return what each job role needs."""
    return await context.loaders.job_role_skills.load_many([role.id for role in roles])


class Skill(ContractType, record=contract.Skill, interfaces=(Node,)):
    """A skill that lessons teach and questions exercise."""

    name = graphene.String(required=True, resolver=Projected(_name), description=NAME)
    description = graphene.String(
        resolver=Projected(_description), description="What somebody who has it can do."
    )
    framework = graphene.String(
        description="The public framework that it comes from, such as ESCO or O*NET."
    )
    framework_version = graphene.String(description="The release that it was imported from last.")
    code = graphene.String(description="Its code in that framework.")
    url = graphene.String(description="Its public page or concept URI.")
    retired = graphene.Boolean(
        required=True, description="Its framework no longer has it; courses may still name it."
    )


class JobRole(ContractType, record=contract.JobRole, interfaces=(Node,)):
    """A job role that a course prepares for."""

    name = graphene.String(required=True, resolver=Projected(_name), description=NAME)
    description = graphene.String(
        resolver=Projected(_description), description="What people in this role do."
    )
    framework = graphene.String(
        description="The public framework that it comes from, such as ESCO or O*NET."
    )
    framework_version = graphene.String(description="The release that it was imported from last.")
    code = graphene.String(description="Its code in that framework.")
    url = graphene.String(description="Its public page or concept URI.")
    retired = graphene.Boolean(
        required=True, description="Its framework no longer has it; courses may still name it."
    )
    skills = many(
        Skill,
        resolver=Batched(_skills),
        description="What it needs, essential skills first; empty where no framework says.",
    )
    gap = graphene.Field(
        "gateway.schema.progress.advice_types.RoleGap",
        resolver=Batched(role_gaps),
        description="What the viewer lacks for it and the shortest way there; null when signed out "
        "and where no framework says what it needs.",
    )
