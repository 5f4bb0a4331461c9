"""Instants as credentials write them: RFC 3339 with a zone, whole seconds in what we issue."""

import re
from datetime import UTC, datetime

from services.kit.errors import Invalid
from services.kit.records import Json

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")


def parse_instant(text: Json) -> datetime:
    """Return the instant of an RFC 3339 text; Invalid for anything else, so without a zone."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise Invalid(f"{str(text)[:40]!r} is no date and time with a zone.")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid(f"{text!r} is no date and time that exists.") from error


def whole_seconds(instant: datetime) -> datetime:
    """Return an instant cut to the second: a JWT holds no more, and must agree."""
    return instant.replace(microsecond=0)


def format_instant(instant: datetime) -> str:
    """Return an instant as 2026-11-22T18:03:07Z."""
    return whole_seconds(instant).astimezone(UTC).isoformat().replace("+00:00", "Z")
