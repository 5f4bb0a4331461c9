"""Closing a log for good: for the account that claimed a guest, or because of an erasure."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from services.kit.errors import Conflict, Forbidden
from services.kit.records import OutboxEntry
from services.progress.domain.event import Event, server_event

CLOSED = "log.closed"
"""The last event of a log; `body.to` is the account that took it over, absent at an erasure."""


class Erased(Forbidden):
    """The learner was erased: nothing of theirs is taken in again."""

    def __init__(self) -> None:
        """Say so in words that an app can show."""
        super().__init__(
            "This learner was erased: nothing can be stored for them any more. "
            "The app removes what it holds of them."
        )


class Claimed(Conflict):
    """An account has claimed the guest: what was asked is to be done with the account."""

    def __init__(self, what: str) -> None:
        """Say where to do it instead; `what` ends the sentence, like "export it"."""
        super().__init__(
            f"An account has claimed this guest: sign in with that account, and {what} there."
        )


def claimed_event(guest_id: str, account_id: str, *, at: datetime) -> Event:
    """Return what closes a guest's log for the account that claims it."""
    return server_event(_id("log.closed", guest_id), CLOSED, at=at, body={"to": account_id})


def erased_event(learner_id: str, *, at: datetime) -> Event:
    """Return what closes a log for an erasure: all that is left of it."""
    return server_event(_id("log.erased", learner_id), CLOSED, at=at)


def is_tombstone(events: Iterable[Event]) -> bool:
    """Return whether the events close a log for an erasure."""
    return any(event.type == CLOSED and "to" not in event.body for event in events)


def erased_entry(learner_id: str) -> OutboxEntry:
    """Return what tells other services to erase a learner."""
    return OutboxEntry(
        id=f"erased:{learner_id}", type="learner.erased", data={"learnerId": learner_id}
    )


def _id(name: str, learner_id: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name}:{learner_id}"))
