"""What the viewer's organisation issued, and what it awards: queries of issuers."""

import graphene

from gateway.context import Context
from gateway.schema.connection import ConnectionView, connect, connection, page_args, paging
from gateway.schema.credentials.types import Achievement, CredentialConnection, CredentialStatuses
from gateway.schema.resolvers import AtRoot
from services.credentials import contract

AchievementConnection = connection(Achievement, "achievements")


async def read_issued(
    context: Context,
    *,
    achievement_id: str | None = None,
    status: contract.CredentialStatus | None = None,
    search: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> ConnectionView[contract.Credential]:
    """Return a page of what the viewer's organisation issued."""
    query = contract.IssuedQuery(
        achievement_id=achievement_id,
        status=status,
        search=search,
        page=page_args(first, after),
    )
    return connect(await context.clients.issued.issued(context.signed_in, query))


async def read_awarded(
    context: Context, *, first: int | None = None, after: str | None = None
) -> ConnectionView[contract.Achievement]:
    """Return a page of what the viewer's organisation awards."""
    return connect(await context.clients.issued.awarded(context.signed_in, page_args(first, after)))


class IssuedQueries(graphene.ObjectType):
    """Queries of issuers."""

    issued_credentials = graphene.Field(
        graphene.NonNull(CredentialConnection),
        achievement_id=graphene.ID(description="Of this achievement alone; null: of all."),
        status=graphene.Argument(
            CredentialStatuses, description="Those that are worth this now; null: whatever."
        ),
        search=graphene.String(
            description=(
                "Words of the holder's name, each from its beginning; case and accents do not "
                "matter. Null: everybody."
            )
        ),
        **paging(),
        resolver=AtRoot(read_issued),
        description="Issuers: what their organisation has issued, the latest awards first.",
    )
    achievements = graphene.Field(
        graphene.NonNull(AchievementConnection),
        **paging(),
        resolver=AtRoot(read_awarded),
        description=(
            "Issuers: what their organisation awards or awarded, the oldest first, each as its "
            "newest course version or pathway says."
        ),
    )
