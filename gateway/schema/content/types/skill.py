"""Skills and job roles, by the identifiers of public frameworks."""

import graphene

from gateway.schema.contract_type import ContractType
from gateway.schema.node import Node
from services.content import contract


class Skill(ContractType, record=contract.Skill, interfaces=(Node,)):
    """A skill that lessons teach and questions exercise."""

    name = graphene.String(required=True, description="Short name, in English.")
    description = graphene.String(description="What somebody who has it can do.")
    framework = graphene.String(
        description="The public framework that it comes from, such as ESCO or O*NET."
    )
    code = graphene.String(description="Its code in that framework.")
    url = graphene.String(description="Its public page or concept URI.")


class JobRole(ContractType, record=contract.JobRole):
    """A job role that a course prepares for."""

    id = graphene.ID(required=True, description="Global, opaque, at most 48 characters.")
    name = graphene.String(required=True, description="Short name, in English.")
    description = graphene.String(description="What people in this role do.")
    framework = graphene.String(
        description="The public framework that it comes from, such as ESCO or O*NET."
    )
    code = graphene.String(description="Its code in that framework.")
    url = graphene.String(description="Its public page or concept URI.")
