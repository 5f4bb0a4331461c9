"""The GraphQL schema: what mobile apps code against."""

from functools import cache

import graphene

from gateway.schema.content.impact import ImpactMutations
from gateway.schema.content.mutations import ContentMutations
from gateway.schema.content.pathways import PathwayMutations
from gateway.schema.content.queries import ContentQueries
from gateway.schema.content.subscriptions import ContentSubscriptions
from gateway.schema.content.types.block import BLOCK_TYPES
from gateway.schema.content.types.question import QUESTION_TYPES
from gateway.schema.content.types.skill import Skill
from gateway.schema.content.uploads import UploadMutations
from gateway.schema.credentials.bulk import BulkMutations
from gateway.schema.credentials.issued import IssuedQueries
from gateway.schema.credentials.issuer_mutations import IssuerMutations
from gateway.schema.credentials.queries import CredentialQueries
from gateway.schema.credentials.sharing import SharingMutations
from gateway.schema.credentials.status_mutations import StatusMutations
from gateway.schema.credentials.talent import TalentQueries
from gateway.schema.nodes import READERS, NodeQueries
from gateway.schema.progress.mutations import ProgressMutations
from gateway.schema.progress.mutations.cohorts import CohortMutations
from gateway.schema.progress.queries import ProgressQueries
from gateway.schema.progress.subscriptions import ProgressSubscriptions
from gateway.schema.rules import guard


class Query(
    NodeQueries,
    ContentQueries,
    ProgressQueries,
    CredentialQueries,
    IssuedQueries,
    TalentQueries,
):
    """Reads. They change nothing, so a phone may repeat them."""


class Mutation(
    ProgressMutations,
    CohortMutations,
    ImpactMutations,
    ContentMutations,
    PathwayMutations,
    UploadMutations,
    SharingMutations,
    BulkMutations,
    StatusMutations,
    IssuerMutations,
):
    """Writes. Every one may be repeated: the outcome is the same."""


class Subscription(ProgressSubscriptions, ContentSubscriptions):
    """Events, over a WebSocket. Each has a cursor, so that a client that was away misses none."""


@cache
def build_schema() -> graphene.Schema:
    """Return the schema, made once, with a rule before every operation.

    Its `graphql_schema` is what is executed.
    """
    schema = graphene.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[*BLOCK_TYPES, *QUESTION_TYPES, Skill],
    )
    guard(schema.graphql_schema, kinds=READERS)
    return schema
