"""Rows of a batch: what each may hold, and the ids that make a repeat the same."""

import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID

import msgspec

from services.credentials.contract import MAX_ROWS, IssueBatch, IssueRow
from services.credentials.domain.text import checked, email_address, person_name
from services.kit.errors import Invalid, LimitReached
from services.kit.ids import Kind, global_id, kind_of

MAX_NAME = 200
MAX_EMAIL = 254
MAX_NARRATIVE = 10_240
"""Characters."""


def check_batch(batch: IssueBatch) -> None:
    """Refuse what cannot be done for any row."""
    if not batch.rows:
        raise Invalid("rows must have at least one row.", path=("rows",))
    if len(batch.rows) > MAX_ROWS:
        raise LimitReached(f"Issue at most {MAX_ROWS:,} at once.", path=("rows",))
    try:
        UUID(batch.idempotency_key)
    except ValueError as error:
        raise Invalid("idempotencyKey must be a UUID.", path=("idempotencyKey",)) from error


def objection(row: IssueRow, *, pass_score: float) -> str | None:
    """Return in words what is wrong with a row by itself, None when nothing is."""
    if (row.email is None) == (row.learner_id is None):
        return "Give either email or learnerId."
    if row.email is not None and (len(row.email) > MAX_EMAIL or not email_address(row.email)):
        return f"{row.email[:60]!r} is no e-mail address."
    if row.learner_id is not None and kind_of(row.learner_id) is not Kind.LEARNER:
        return f"{row.learner_id[:60]!r} is no learner id."
    if not 1 <= len(person_name(row.name) or "") <= MAX_NAME:
        return f"name must have 1 to {MAX_NAME} characters."
    if row.score is not None and not pass_score <= row.score <= 1:
        return f"score must be from {pass_score:g}, which the achievement asks for, to 1."
    if row.narrative is not None and not 1 <= len(row.narrative.strip()) <= MAX_NARRATIVE:
        return f"narrative must have 1 to {MAX_NARRATIVE:,} characters."
    try:
        checked(row.narrative or "")
    except Invalid as error:
        return error.message
    return None


def digest(batch: IssueBatch) -> str:
    """Return what tells a batch from another one with the same key, in hex."""
    return hashlib.sha256(msgspec.json.encode(batch)).hexdigest()


def holder_of(row: IssueRow, *, key: bytes) -> str:
    """Return the learner id of a row; of an address one that its owner's account takes over.

    Keyed, so that nobody can tell the address from the id.
    """
    return row.learner_id or waiting_holder(row.email or "", key=key)


def waiting_holder(email: str, *, key: bytes) -> str:
    """Return the learner id under which credentials wait for the owner of an address."""
    return global_id(Kind.LEARNER, _keyed(key, "holder", email_address(email) or ""))


def credential_ids(organisation: str, batch: IssueBatch, *, key: bytes) -> list[str]:
    """Return the id of the credential that each row makes: the same whenever it is repeated."""
    return [
        global_id(
            Kind.CREDENTIAL, _keyed(key, "row", organisation, batch.idempotency_key, str(row))
        )
        for row in range(len(batch.rows))
    ]


def repeated(holders: Sequence[str]) -> dict[int, int]:
    """Return the places of holders who stand there before, with the place of the first."""
    first: dict[str, int] = {}
    return {
        place: first[holder]
        for place, holder in enumerate(holders)
        if first.setdefault(holder, place) != place
    }


def _keyed(key: bytes, *parts: str) -> bytes:
    return hmac.digest(key, "\0".join(("bulk", *parts)).encode(), "sha256")[:16]
