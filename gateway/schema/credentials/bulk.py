"""Mutations that award by hand, many at once, and that hand over what waited for an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.connection import many
from gateway.schema.contract_type import ContractType
from gateway.schema.credentials.types import Credential
from gateway.schema.resolvers import AtRoot, Batched
from gateway.schema.results import Trouble, payload_field, user_errors
from gateway.schema.scalars import UUID
from services.credentials import contract


class IssueRowInput(graphene.InputObjectType):
    """Who is to get it: exactly one of `email` and `learnerId`."""

    email = graphene.String(
        description=(
            "Of whoever has no account yet, or whose id is not known: the credential waits until "
            "an account with this address calls claimCredentials."
        )
    )
    learner_id = graphene.ID(description="Of a learner here.")
    name = graphene.String(
        required=True, description="What the credential calls its holder, 1 to 200 characters."
    )
    score = graphene.Float(
        description=(
            "0 to 1, at least the achievement's passScore; null: completed, nothing was measured."
        )
    )
    narrative = graphene.String(
        description="What the holder did, in Markdown, up to 10,240 characters; it is signed too."
    )


class IssueCredentialsInput(graphene.InputObjectType):
    """An achievement, and who is to get it."""

    achievement_id = graphene.ID(
        required=True, description="Of the viewer's organisation; see `achievements`."
    )
    rows = graphene.List(
        graphene.NonNull(IssueRowInput),
        required=True,
        description=f"1 to {contract.MAX_ROWS:,}; each has its own outcome.",
    )
    idempotency_key = UUID(
        required=True,
        description=(
            "New for each batch. Send the same rows with the same key again after whatever broke "
            "off: nothing is issued twice, and the answer is the same."
        ),
    )


class RowError(ContractType, record=contract.RowError):
    """Why a row got no credential."""

    row = graphene.Int(required=True, description="Its place in `rows`, from 0.")
    message = graphene.String(required=True, description="What is wrong with it.")


@dataclass(frozen=True, slots=True)
class IssueOutcome:
    """What IssueCredentialsPayload shows."""

    report: contract.IssueReport
    user_errors: Sequence[Trouble] = ()

    @property
    def failed(self) -> Sequence[contract.RowError]:
        """Return the rows without a credential."""
        return self.report.failed


async def issued_of(
    outcomes: Sequence[IssueOutcome], context: Context
) -> list[tuple[contract.Credential, ...]]:
    """Return the credentials of each batch."""
    return [await _credentials(outcome.report.issued, context) for outcome in outcomes]


async def _credentials(ids: tuple[str, ...], context: Context) -> tuple[contract.Credential, ...]:
    found = await context.clients.credentials.credentials(context.actor, ids) if ids else ()
    return tuple(credential for credential in found if credential is not None)


class IssueCredentialsPayload(graphene.ObjectType):
    """What became of each row: it is in one of the two lists."""

    issued = many(
        Credential,
        resolver=Batched(issued_of),
        description="In the order of their rows; of a repeat, those that the first call issued.",
    )
    failed = many(RowError, description="Rows without a credential, in their order.")
    user_errors = user_errors()

    @staticmethod
    def refused(trouble: Trouble) -> IssueOutcome:
        """Return the payload of what was not done."""
        return IssueOutcome(contract.IssueReport(), (trouble,))


async def issue_credentials(context: Context, given: Any) -> IssueOutcome:
    """Award by hand."""
    batch = contract.IssueBatch(
        achievement_id=given.achievement_id,
        idempotency_key=str(given.idempotency_key),
        rows=tuple(
            contract.IssueRow(
                name=row.name,
                email=row.get("email"),
                learner_id=row.get("learner_id"),
                score=row.get("score"),
                narrative=row.get("narrative"),
            )
            for row in given.rows
        ),
    )
    return IssueOutcome(await context.clients.bulk.issue_many(context.signed_in, batch))


@dataclass(frozen=True, slots=True)
class Claimed:
    """What ClaimCredentialsPayload shows."""

    credentials: Sequence[contract.Credential]


class ClaimCredentialsPayload(graphene.ObjectType):
    """What waited for the viewer."""

    credentials = many(Credential, description="From now on the viewer's; empty: nothing waited.")


async def claim_credentials(context: Context) -> Claimed:
    """Hand over what waited for the viewer's address."""
    return Claimed(await context.clients.bulk.claim(context.signed_in))


class BulkMutations(graphene.ObjectType):
    """Mutations that award by hand."""

    issue_credentials = payload_field(
        IssueCredentialsPayload,
        IssueCredentialsInput,
        issue_credentials,
        description=(
            "Issuers: award an achievement by hand, for what courses cannot measure. Each row is "
            "issued or says why not. NOT_FOUND for an achievement of others, CONFLICT for a key "
            "that was used for other rows."
        ),
    )
    claim_credentials = graphene.Field(
        graphene.NonNull(ClaimCredentialsPayload),
        resolver=AtRoot(claim_credentials),
        description=(
            "Take over what was issued to the viewer's e-mail address before they had an account. "
            "Call it after signing in; a repeat finds nothing. Empty without an address that the "
            "identity provider vouches for."
        ),
    )
