"""The subscription of the viewer."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import graphene

from gateway.broadcast import Subscription
from gateway.context import Context
from gateway.schema.connection import many
from gateway.schema.contract_type import ContractType
from gateway.schema.progress.mutations.syncing import ChangeKinds
from gateway.schema.resolvers import Event, Projected, Streamed
from services.kit.errors import Invalid
from services.progress import contract

MAX_CURSOR = 15
"""Digits of a log number, at most."""


class ChangeNotice(ContractType, record=contract.Notice):
    """That something of the viewer's changed: sync from the cursor you hold."""

    kinds = many(ChangeKinds, description="The kinds of record that may have changed.")


async def follow_viewer(context: Context) -> AsyncIterator[Event]:
    """Return a notice for each submission that stores something; Unauthenticated, Unavailable."""
    learner, since = context.signed_in.subject, _place(context.since)
    return _events(await context.surroundings.broadcast.subscribe(learner, since=since))


async def _events(notices: Subscription) -> AsyncIterator[Event]:
    async with aclosing(notices):
        async for notice in notices:
            yield Event(notice, str(notice.n))


def _place(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= MAX_CURSOR):
        raise Invalid("since must be the cursor of an event of this subscription.")
    return int(cursor)


class ProgressSubscriptions(graphene.ObjectType):
    """The subscription of the viewer."""

    viewer_changed = graphene.Field(
        graphene.NonNull(ChangeNotice),
        resolver=Projected(lambda event, _: event.value),
        description=(
            "Something of the viewer's changed, by any of their devices (the sender hears it too) "
            "or by the server: sync from the cursor you hold. One sync gives one notice."
        ),
    )
    subscribe_viewer_changed = Streamed(follow_viewer)
