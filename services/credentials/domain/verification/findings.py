"""What a verification knows of the world, and how a check ends."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from services.credentials.contract import Check, CheckName, CheckOutcome
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.fetched import Unresolved
from services.kit.errors import ServiceError
from services.kit.records import Json, Record

Outcome: TypeAlias = tuple[CheckOutcome, str]

PASSED, FAILED, SKIPPED = CheckOutcome.PASSED, CheckOutcome.FAILED, CheckOutcome.SKIPPED


class StatusList(Record):
    """A status list whose signature, issuer and time were checked."""

    issuer: str
    purposes: tuple[str, ...]
    bits: bytes
    ttl: float | None = None
    """Seconds for which a copy of it may be held, where it says so."""


class Findings(Record):
    """What the world says: the instant, documents of issuers and keys, status lists by address."""

    now: datetime
    contexts: Contexts
    documents: Mapping[str, Json | Unresolved] = {}
    """By DID, or by address without what follows `#`."""
    lists: Mapping[str, StatusList | Json | Unresolved] = {}
    """A list that is not a StatusList yet is checked when it is needed."""
    own: frozenset[str] = frozenset()
    """DIDs of this system's issuers."""
    suspended: frozenset[str] = frozenset()
    """Ids of credentials of theirs that are off for now only, whatever their list calls it."""


def run(name: CheckName, check: Callable[[], Outcome]) -> Check:
    """Return how a check ends; an error that it raises is why it failed."""
    try:
        outcome, message = check()
    except ServiceError as error:
        outcome, message = FAILED, error.message
    return Check(name=name, outcome=outcome, message=message)


def day(instant: datetime) -> str:
    """Return the day of an instant, such as 5 March 2026."""
    return f"{instant.day} {instant:%B %Y}"
