"""Taking everything along: the address of the viewer's export."""

from collections.abc import AsyncIterator

import graphene
import msgspec

from gateway.context import Context
from gateway.schema.connection import MAX_FIRST
from gateway.schema.contract_type import ContractType
from gateway.schema.scalars import DateTime
from services.credentials.contract import Credential, TalentView
from services.kit.records import PageArgs
from services.progress import contract

SOME = 25
"""Credentials handed over at once: some ten KB each."""


class DataExport(ContractType, record=contract.DataExport):
    """Where to fetch all that is held of the viewer: a zip, made as it is sent."""

    url = graphene.String(
        required=True,
        description=(
            "Fetch it with GET, without a token: whoever has the address has the file. Inside are "
            "events, profile, enrolments and credentials, and a README that explains them."
        ),
    )
    expires_at = DateTime(required=True, description="An hour from now, or a little more.")


async def export_my_data(context: Context) -> contract.DataExport:
    """Hand over what credentials holds of the viewer, and return where the export is."""
    actor, leaving = context.signed_in, context.clients.leaving
    async for held in _held(context, actor.subject):
        await leaving.keep(actor, tuple(file for each in held for file in _files(each)))
    if views := [view async for view in _views(context, actor.subject)]:
        keepsake = contract.Keepsake(name="talent-views.json", body=msgspec.json.encode(views))
        await leaving.keep(actor, (keepsake,))
    return await leaving.export(actor)


async def _held(context: Context, learner_id: str) -> AsyncIterator[tuple[Credential, ...]]:
    after: str | None = None
    while True:
        page = await context.clients.credentials.held_by(
            learner_id, PageArgs(first=SOME, after=after)
        )
        if page.nodes:
            yield page.nodes
        if not page.has_next:
            return
        after = page.cursors[-1]


async def _views(context: Context, learner_id: str) -> AsyncIterator[TalentView]:
    after: str | None = None
    while True:
        page = await context.clients.talent.talent_views(
            learner_id, PageArgs(first=MAX_FIRST, after=after)
        )
        for view in page.nodes:
            yield view
        if not page.has_next:
            return
        after = page.cursors[-1]


def _files(credential: Credential) -> tuple[contract.Keepsake, contract.Keepsake]:
    name = f"credentials/{credential.id}"
    return (
        contract.Keepsake(name=f"{name}.json", body=credential.json),
        contract.Keepsake(name=f"{name}.jwt", body=credential.jwt.encode()),
    )
