"""The GraphQL schema: what mobile apps code against."""

from functools import cache

import graphene

from gateway.schema.content.mutations import ContentMutations
from gateway.schema.content.queries import ContentQueries
from gateway.schema.content.types.block import BLOCK_TYPES
from gateway.schema.content.types.question import QUESTION_TYPES
from gateway.schema.content.types.skill import Skill
from gateway.schema.credentials.queries import CredentialQueries
from gateway.schema.nodes import NodeQueries
from gateway.schema.progress.mutations import ProgressMutations
from gateway.schema.progress.queries import ProgressQueries


class Query(NodeQueries, ContentQueries, ProgressQueries, CredentialQueries):
    """Reads. They change nothing, so a phone may repeat them."""


class Mutation(ProgressMutations, ContentMutations):
    """Writes. Every one may be repeated: the outcome is the same."""


@cache
def build_schema() -> graphene.Schema:
    """Return the schema, made once; its `graphql_schema` is what is executed."""
    return graphene.Schema(
        query=Query, mutation=Mutation, types=[*BLOCK_TYPES, *QUESTION_TYPES, Skill]
    )
