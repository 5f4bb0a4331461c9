"""Rules of fields: each reads a value or says what is allowed, and states the same as JSON Schema.

One object does both, so that what is printed for app developers and what is accepted cannot differ.
"""

import re
from datetime import date, datetime
from functools import cache
from typing import Any, Protocol

from services.kit.clock import to_millis
from services.kit.errors import Code
from services.kit.records import Json, Record


class Bad(Exception):
    """A rule that an event breaks, in words that name the field and what is allowed."""

    def __init__(self, message: str, code: Code = Code.INVALID) -> None:
        """Keep the sentence and the code."""
        super().__init__(message)
        self.message = message
        self.code = code


class Rule(Protocol):
    """What a field may hold."""

    def read(self, value: Json, field: str) -> Any:
        """Return the value as the server keeps it; Bad where it is not allowed."""

    def schema(self) -> dict[str, Json]:
        """Return the same rule as JSON Schema (2020-12)."""


class Form(Record):
    """A text that matches a pattern as a whole; Python and ECMA 262 read the pattern alike."""

    pattern: str
    longest: int
    allowed: str
    """What is allowed, for a person: the field must be ..."""
    lower: bool = False
    """Kept in lower case."""

    def read(self, value: Json, field: str) -> str:
        """Return the text."""
        fits = isinstance(value, str) and len(value) <= self.longest
        if not fits or _compiled(self.pattern).fullmatch(value) is None:
            raise Bad(f"{field} must be {self.allowed}.")
        return str(value.lower()) if self.lower else str(value)

    def schema(self) -> dict[str, Json]:
        """Return the pattern between anchors."""
        return {"type": "string", "maxLength": self.longest, "pattern": f"^{self.pattern}$"}


class Instant(Record):
    """An RFC 3339 instant, kept as milliseconds since 1970."""

    form: Form

    def read(self, value: Json, field: str) -> int:
        """Return milliseconds; the pattern lets February 30 pass, the calendar does not."""
        text = self.form.read(value, field)
        try:
            return to_millis(datetime.fromisoformat(text))
        except ValueError as error:
            raise Bad(f"{field} must be {self.form.allowed}.") from error

    def schema(self) -> dict[str, Json]:
        """Return the form, and its name."""
        return {**self.form.schema(), "format": "date-time"}


class Day(Record):
    """A calendar date."""

    form: Form

    def read(self, value: Json, field: str) -> str:
        """Return the date; the pattern lets February 30 pass, the calendar does not."""
        text = self.form.read(value, field)
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise Bad(f"{field} must be {self.form.allowed}.") from error

    def schema(self) -> dict[str, Json]:
        """Return the form, and its name."""
        return {**self.form.schema(), "format": "date"}


class Flag(Record):
    """Yes or no."""

    def read(self, value: Json, field: str) -> bool:
        """Return the flag."""
        if not isinstance(value, bool):
            raise Bad(f"{field} must be true or false.")
        return value

    def schema(self) -> dict[str, Json]:
        """Return the type."""
        return {"type": "boolean"}


class OneOf(Record):
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, value: Json, field: str) -> str:
        """Return the word."""
        if not isinstance(value, str) or value not in self.words:
            raise Bad(f"{field} must be one of {', '.join(self.words)}.")
        return value

    def schema(self) -> dict[str, Json]:
        """Return the words as a pattern, so that null may stand beside it where it is optional."""
        return {"type": "string", "pattern": f"^(?:{'|'.join(self.words)})$"}


class Scalar(Record):
    """A text, a number or a flag: nothing that nests."""

    longest: int

    def read(self, value: Json, field: str) -> str | float | bool:
        """Return the value."""
        if not isinstance(value, str | int | float) or (
            isinstance(value, str) and len(value) > self.longest
        ):
            raise Bad(
                f"{field} must be a text of at most {self.longest} characters, a number, "
                "true, false or null."
            )
        return value

    def schema(self) -> dict[str, Json]:
        """Return the types."""
        return {"type": ["string", "number", "boolean"], "maxLength": self.longest}


class TypeName(Record):
    """The type of an event that a phone may send: a dotted name without the server's own."""

    form: Form
    reserved: tuple[str, ...]
    """Names, or their beginnings, that only the server uses."""

    def read(self, value: Json, field: str) -> str:
        """Return the name; FORBIDDEN for the server's own."""
        name = self.form.read(value, field)
        if name.startswith(self.reserved):
            raise Bad(f"Events of type {name} are made by the server only.", Code.FORBIDDEN)
        return name

    def schema(self) -> dict[str, Json]:
        """Return the form, and what it may not begin with."""
        names = "|".join(map(re.escape, self.reserved))
        return {**self.form.schema(), "not": {"pattern": f"^(?:{names})"}}


class Whole(Record):
    """A whole number within bounds; 42.0 is whole."""

    low: int
    high: int

    def read(self, value: Json, field: str) -> int:
        """Return the number."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not self.low <= value <= self.high:
            raise Bad(f"{field} must be a whole number from {self.low} to {self.high}.")
        return int(value)

    def schema(self) -> dict[str, Json]:
        """Return the bounds."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


class Number(Record):
    """A number, within bounds where they are given."""

    low: float | None = None
    high: float | None = None

    def read(self, value: Json, field: str) -> float:
        """Return the number as it is."""
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and self.low is not None and self.high is not None:
            number = self.low <= value <= self.high
        if not number:
            bounds = "" if self.low is None else f" from {self.low:.15g} to {self.high:.15g}"
            raise Bad(f"{field} must be a number{bounds}.")
        return value  # type: ignore[no-any-return]  # a JSON value that was just seen to be a number

    def schema(self) -> dict[str, Json]:
        """Return the bounds."""
        limits = {"minimum": self.low, "maximum": self.high}
        return {"type": "number", **{k: v for k, v in limits.items() if v is not None}}


class Text(Record):
    """A text of 1 to so many characters."""

    longest: int
    allowed: str

    def read(self, value: Json, field: str) -> str:
        """Return the text."""
        if not isinstance(value, str) or not 1 <= len(value) <= self.longest:
            raise Bad(f"{field} must be {self.allowed}.")
        return value

    def schema(self) -> dict[str, Json]:
        """Return the lengths."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest}


class AnyObject(Record):
    """A JSON object, whatever it holds."""

    def read(self, value: Json, field: str) -> dict[str, Json]:
        """Return the object."""
        if not isinstance(value, dict):
            raise Bad(f"{field} must be an object.")
        return value

    def schema(self) -> dict[str, Json]:
        """Return the type."""
        return {"type": "object"}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
