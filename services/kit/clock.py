"""The clock, as a value that is passed in: so that a test can say what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Returns the present instant in UTC, whole milliseconds."""


def utc_now() -> datetime:
    """Return the present instant in UTC, cut to milliseconds (what BSON and the contract hold)."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def to_rfc3339(instant: datetime) -> str:
    """Return an instant as RFC 3339 in UTC with milliseconds: 2026-11-22T18:03:07.512Z."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_millis(instant: datetime) -> int:
    """Return milliseconds since 1970 of an instant."""
    return round(instant.timestamp() * 1000)


def from_millis(millis: int) -> datetime:
    """Return the instant of milliseconds since 1970."""
    return datetime.fromtimestamp(millis / 1000, UTC)
