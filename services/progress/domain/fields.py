"""Reading the fields of an event: each reader returns the value or says what is allowed."""

import re
from datetime import datetime
from uuid import UUID

import rfc8785

from services.kit.clock import to_millis
from services.kit.errors import Code
from services.kit.records import Json

MAX_DEPTH = 32
MAX_SEQ = 2**31 - 1
MAX_OFFSET_MS = 10 * 366 * 86_400_000
MAX_NAME = 64
UUID_LENGTH = 36
INSTANT_LENGTHS = range(20, 41)
EPOCH_YEAR, LAST_YEAR = 1970, 9000

SERVER_TYPES = (
    "enrolment.",
    "grade.",
    "attempt.released",
    "completion.waived",
    "assignment.",
    "credential.",
    "log.",
    "profile.",
)
"""Types (or their beginnings) that only the server makes."""

_TYPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+\Z")
_HASH = re.compile(r"[0-9a-f]{64}\Z")


class Bad(Exception):
    """A rule that an event breaks, in words that name the field and what is allowed."""

    def __init__(self, message: str, code: Code = Code.INVALID) -> None:
        """Keep the sentence and the code."""
        super().__init__(message)
        self.message = message
        self.code = code


def read_canonical(raw: Json) -> bytes:
    """Return the RFC 8785 bytes of an event."""
    if _too_deep(raw):
        raise Bad(f"The event nests deeper than {MAX_DEPTH}.")
    try:
        return rfc8785.dumps(raw)
    except (rfc8785.CanonicalizationError, UnicodeError, TypeError) as error:
        raise Bad(
            "The event has no canonical JSON (RFC 8785): numbers must be finite, "
            "integers below 2^53, and text whole Unicode."
        ) from error


def _too_deep(raw: Json) -> bool:
    """Walk without recursion, so that depth costs no stack."""
    level = [raw]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return True


def read_uuid(value: Json, field: str) -> str:
    """Return a UUID in lower case with hyphens."""
    if isinstance(value, str) and len(value) == UUID_LENGTH:
        try:
            return str(UUID(value))
        except ValueError:
            pass
    raise Bad(f"{field} must be a UUID with hyphens.")


def read_type(value: Json) -> str:
    """Return the type of an event that a phone may send."""
    if not isinstance(value, str) or len(value) > MAX_NAME or not _TYPE.match(value):
        raise Bad("type must be a dotted name in lower case, such as lesson.started.")
    if value.startswith(SERVER_TYPES):
        raise Bad(f"Events of type {value} are made by the server only.", Code.FORBIDDEN)
    return value


def read_whole(value: Json, field: str, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`; 42.0 is whole."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Bad(f"{field} must be a whole number from {low} to {high}.")
    return value


def read_offset(value: Json) -> int | None:
    """Return the offset of the phone clock in ms, or None."""
    if value is None:
        return None
    return read_whole(value, "offset", -MAX_OFFSET_MS, MAX_OFFSET_MS)


def read_instant(value: Json) -> int:
    """Return milliseconds since 1970 of an RFC 3339 instant."""
    if isinstance(value, str) and len(value) in INSTANT_LENGTHS:
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            instant = None
        if (
            instant is not None
            and instant.tzinfo is not None
            and EPOCH_YEAR <= instant.year <= LAST_YEAR
        ):
            return to_millis(instant)
    raise Bad("at must be an RFC 3339 instant such as 2026-11-22T18:03:07.512Z.")


def read_object(value: Json, field: str) -> dict[str, Json]:
    """Return an object; null is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Bad(f"{field} must be an object.")
    return value


def read_text(value: Json, field: str) -> str | None:
    """Return the text of an id, or None."""
    if value is None:
        return None
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_NAME:
        raise Bad(f"{field} must be the id that the server gave.")
    return value


def read_version(value: Json) -> str | None:
    """Return the hash of a version, or None."""
    if value is None:
        return None
    if not isinstance(value, str) or not _HASH.match(value):
        raise Bad(
            "ref.version must be the hash of the course version: 64 hex digits in lower case."
        )
    return value
