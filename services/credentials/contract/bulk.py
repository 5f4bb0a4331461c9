"""Issuing by hand, many at once: for what courses cannot measure."""

from typing import Protocol

from services.credentials.contract.credential import Credential
from services.kit.records import Actor, Record

MAX_ROWS = 1_000
"""Of one batch."""


class IssueRow(Record):
    """Who is to get a credential: a learner here, or whoever proves to own an e-mail address."""

    name: str
    """What the credential calls its holder."""
    email: str | None = None
    learner_id: str | None = None
    score: float | None = None
    """0 to 1, at least what the achievement asks for; None: nothing was measured."""
    narrative: str | None = None
    """What the holder did, in Markdown; stands in the credential."""


class IssueBatch(Record):
    """An achievement for up to MAX_ROWS people; a repeat with the same key changes nothing."""

    achievement_id: str
    rows: tuple[IssueRow, ...]
    idempotency_key: str
    """A UUID of the caller's."""


class RowError(Record):
    """Why a row got no credential."""

    row: int
    """Its place among the rows, from 0."""
    message: str


class IssueReport(Record):
    """What became of a batch, row for row: issued or failed."""

    issued: tuple[str, ...] = ()
    """Ids of credentials, in the order of their rows."""
    failed: tuple[RowError, ...] = ()
    """In the order of rows."""


class BulkApi(Protocol):
    """Writes of issuers, and of who was issued something before they had an account."""

    async def issue_many(self, actor: Actor, batch: IssueBatch) -> IssueReport:
        """Issue an achievement of the actor's organisation; Forbidden unless ISSUER of one.

        Each row stands for itself: what fails says why, all else is issued. It may be repeated
        after whatever broke off; the outcome of a row does not change. NotFound for an achievement
        of others, LimitReached beyond MAX_ROWS, Conflict for the key of another batch.
        """

    async def claim(self, actor: Actor) -> tuple[Credential, ...]:
        """Hand what was issued to the actor's e-mail address to the actor; a repeat finds none.

        An actor without an address, a guest for one, gets nothing.
        """
