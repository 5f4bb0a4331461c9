"""Sync: learning events in, changes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphene
import msgspec

from gateway.context import Context
from gateway.schema.connection import many
from gateway.schema.contract_type import ContractType, contract_enum
from gateway.schema.languages import pick
from gateway.schema.resolvers import Projected
from gateway.schema.results import Trouble, UserErrorCode, UserErrorCodes, user_code, user_errors
from gateway.schema.scalars import JSON, UUID, Cursor, DateTime, LearningEvent
from services.content.contract import Mark as MarkRecord
from services.kit.errors import LimitReached
from services.kit.records import Untrusted
from services.progress import contract

ReceiptStatuses = contract_enum(
    contract.ReceiptStatus,
    {
        "ACCEPTED": "Stored.",
        "DUPLICATE": "Was stored before, the same to the byte.",
        "CONFLICT": "Another event with this id was stored before; that one counts.",
        "REJECTED": "Cannot be stored, now or ever; code and message say why.",
        "DEFERRED": "Not stored for now: keep it and send it again.",
    },
)
ChangeKinds = contract_enum(
    contract.ChangeKind,
    {
        "PROFILE": "The viewer's own settings.",
        "ENROLMENT": "An enrolment.",
        "LESSON_PROGRESS": "Progress in one lesson.",
        "REVIEW": "A card of spaced repetition.",
        "STREAK": "The viewer's streak.",
        "GOAL": "The viewer's daily goal.",
        "SKILL_STANDING": "How well one skill is known.",
        "CREDENTIAL": "A credential that the viewer holds.",
        "ASSIGNMENT": "A course that the viewer was given to do.",
        "BOOKMARK": "A bookmarked lesson.",
    },
)
Tombstones = contract_enum(
    contract.Tombstone,
    {
        "DELETED": "It is gone.",
        "LEFT_SCOPE": "It is still there, but no longer for this viewer.",
    },
)


class SyncInput(graphene.InputObjectType):
    """What a phone sends, and where it reads on from."""

    device_id = UUID(required=True, description="The id that the phone made at installation.")
    device_time = DateTime(required=True, description="The phone's clock as it sends.")
    events = graphene.List(
        LearningEvent,
        required=True,
        description="At most 200, or 256 KiB; more is LIMIT_REACHED and nothing is stored.",
    )
    since = Cursor(
        description="Return what changed after here; null reads all of the viewer's records."
    )
    limit = graphene.Int(default_value=500, description="Changes in one answer, at most.")


def _feedback(mark: MarkRecord, context: Context) -> str | None:
    return pick(mark.feedback, context.languages) if mark.feedback else None


def _code(receipt: contract.Receipt, _: Context) -> UserErrorCode | None:
    return user_code(receipt.code)


class Mark(ContractType, record=MarkRecord):
    """The server's own marking of one answer."""

    correct = graphene.Boolean(required=True, description="Wholly right.")
    score = graphene.Float(required=True, description="Between the question's two bounds.")
    max_score = graphene.Float(required=True, description="The most it could be.")
    feedback = graphene.String(
        resolver=Projected(_feedback), description="What to tell the learner."
    )


class Receipt(ContractType, record=contract.Receipt):
    """The answer to one event. id is null when the event had none; match by position.

    mark: the server's own marking, for practice answers at once, for assessments when the attempt
    is released.
    """

    id = UUID(description="The event's id.")
    status = graphene.Field(graphene.NonNull(ReceiptStatuses), description="What became of it.")
    code = graphene.Field(
        UserErrorCodes, resolver=Projected(_code), description="Why, where it was not stored."
    )
    message = graphene.String(description="Why, in a sentence.")
    mark = graphene.Field(Mark, description="Null for what is not marked, or not yet.")


class Change(ContractType, record=contract.Change):
    """One record that changed: put it in place of what the phone has of that kind and id."""

    kind = graphene.Field(graphene.NonNull(ChangeKinds), description="What sort of record.")
    id = graphene.ID(required=True, description="Unique within the kind.")
    version = graphene.Int(
        required=True, description="Grows with each change; ignore what is older than yours."
    )
    tombstone = graphene.Field(Tombstones, description="Why it is gone; null while it is there.")
    record = JSON(description="The whole record as a phone stores it; null with a tombstone.")


class SyncPayload(ContractType, record=contract.SyncResult, wrapped=True):
    """Receipts for what was pushed, and what changed since the cursor."""

    server_time = DateTime(required=True, description="The server's clock as it answers.")
    receipts = many(
        Receipt,
        description=(
            "One per event, in the order given. A phone drops an event from its queue on all but "
            "DEFERRED."
        ),
    )
    missing = many(
        graphene.Int,
        description=(
            "Sequence numbers of this device never received (refused ones count as received): "
            "send these again. At most 1,000 are listed."
        ),
    )
    changes = many(Change, description="What changed, oldest first; apply them in this order.")
    cursor = Cursor(required=True, description="Send it as `since` next time.")
    has_more = graphene.Boolean(required=True, description="True: ask again at once.")
    resync = graphene.Boolean(
        required=True,
        description=(
            "The cursor was too old or from another epoch: changes start over from a snapshot; "
            "the queue of unsent events is kept."
        ),
    )
    digest = graphene.String(
        required=True,
        description=(
            "Order-free digest of all stored events of this device: 32 hex digits; "
            "the phone computes the same over what it sent."
        ),
    )
    user_errors = user_errors()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What SyncPayload shows."""

    record: contract.SyncResult
    user_errors: Sequence[Trouble] = ()


async def sync(context: Context, given: Any) -> Outcome:
    """Push events and pull changes; a push that is too large stores nothing and still pulls."""
    actor = context.signed_in
    push = contract.Push(
        device_id=given.device_id,
        device_time=given.device_time,
        events=Untrusted(given.events),
        since=given.since,
        limit=500 if given.limit is None else given.limit,
    )
    try:
        return Outcome(await context.clients.tracking.sync(actor, push))
    except LimitReached as error:
        pull = msgspec.structs.replace(push, events=Untrusted([]))
        trouble = Trouble(UserErrorCode.LIMIT_REACHED, error.message, ("input", "events"))
        return Outcome(await context.clients.tracking.sync(actor, pull), (trouble,))
