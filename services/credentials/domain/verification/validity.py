"""The check VALIDITY: whether now is between its first and its last moment."""

from collections.abc import Mapping
from datetime import datetime

from services.credentials.domain.instants import parse_instant
from services.credentials.domain.verification.findings import FAILED, PASSED, Outcome, day
from services.kit.records import Json


def check_validity(document: Mapping[str, Json], now: datetime) -> Outcome:
    """Return whether a document is valid at an instant."""
    start = parse_instant(document.get("validFrom"))
    if now < start:
        return FAILED, f"It is not valid before {day(start)}."
    if "validUntil" not in document:
        return PASSED, f"It is valid since {day(start)} and does not expire."
    end = parse_instant(document["validUntil"])
    if end <= now:
        return FAILED, f"It expired on {day(end)}."
    return PASSED, f"It is valid from {day(start)} to {day(end)}."
