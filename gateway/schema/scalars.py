"""Scalars beyond GraphQL's own; each refuses what it is not, and says what is allowed."""

import re
import uuid
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import graphene
from graphql import GraphQLError, ValueNode, print_ast, value_from_ast_untyped
from graphql.language import StringValueNode

from services.kit.clock import to_rfc3339

TAG = re.compile(
    r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|\d{3}))?((?:-[A-Za-z0-9]{4,8})*)"
)
MAX_TAG = 35
"""Characters, as RFC 5646 (4.4.1) asks an implementation to take."""
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")


class RawJson:
    """JSON that is written into the response byte for byte, since it is signed."""

    __slots__ = ("content",)

    def __init__(self, content: bytes) -> None:
        """Take UTF-8 JSON."""
        self.content = content


class TextScalar(graphene.Scalar):
    """Base of scalars that are a string on the wire."""

    class Meta:
        """No scalar of the schema itself."""

        abstract = True

    @classmethod
    def parse_literal(cls, node: ValueNode, _variables: dict[str, Any] | None = None) -> Any:
        """Read a literal of a document."""
        if not isinstance(node, StringValueNode):
            raise GraphQLError(f"{cls._meta.name} is written as a string.", node)
        try:
            return cls.parse_value(node.value)
        except GraphQLError as error:
            raise GraphQLError(f"{error.message} Found {print_ast(node)}.", node) from error


class DateTime(TextScalar):
    """RFC 3339 instant in UTC, millisecond precision."""

    @staticmethod
    def serialize(value: datetime) -> str:
        """Write in UTC with milliseconds."""
        return to_rfc3339(value)

    @staticmethod
    def parse_value(value: Any) -> datetime:
        """Read an instant with its zone; it is cut to milliseconds."""
        if not isinstance(value, str) or not INSTANT.fullmatch(value):
            raise GraphQLError("A DateTime is RFC 3339 with a zone, like 2026-11-22T18:03:07.512Z.")
        try:
            instant = datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise GraphQLError(f"There is no such instant: {error}.") from error
        return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


class Date(TextScalar):
    """ISO 8601 calendar date."""

    @staticmethod
    def serialize(value: date) -> str:
        """Write as 2026-11-22."""
        return value.isoformat()

    @staticmethod
    def parse_value(value: Any) -> date:
        """Read a day of the calendar."""
        if isinstance(value, str) and DAY.fullmatch(value):
            with suppress(ValueError):
                return date.fromisoformat(value)
        raise GraphQLError("A Date is a day of the calendar, like 2026-11-22.")


class Locale(TextScalar):
    """BCP 47 language tag, e.g. en or pt-BR."""

    @staticmethod
    def serialize(value: str) -> str:
        """Write as stored."""
        return value

    @staticmethod
    def parse_value(value: Any) -> str:
        """Read a tag in any case; the answer is in the usual case of each part."""
        found = TAG.fullmatch(value) if isinstance(value, str) and len(value) <= MAX_TAG else None
        if found is None:
            raise GraphQLError("A Locale is a BCP 47 tag, like en or pt-BR.")
        language, script, region, variants = found.groups()
        parts = (language.lower(), (script or "").title(), (region or "").upper())
        return "-".join(part for part in parts if part) + variants.lower()


class UUID(TextScalar):
    """UUID; version 7 where a phone makes it."""

    @staticmethod
    def serialize(value: str) -> str:
        """Write as stored."""
        return value

    @staticmethod
    def parse_value(value: Any) -> str:
        """Read 8-4-4-4-12 hex digits; the answer is in lower case."""
        try:
            if isinstance(value, str) and str(uuid.UUID(value)) == value.lower():
                return value.lower()
        except ValueError:
            pass
        raise GraphQLError("A UUID is written like 01948f0e-6f2a-7c31-9d0e-5b7c1a2f3e4d.")


class Cursor(TextScalar):
    """Opaque, signed position in a learner's change feed. Compare only for equality."""

    @staticmethod
    def serialize(value: str) -> str:
        """Write as made."""
        return value

    @staticmethod
    def parse_value(value: Any) -> str:
        """Read any string; progress tells whether it made it."""
        if not isinstance(value, str):
            raise GraphQLError("A Cursor is a string that a sync has given.")
        return value


class AnyJson(graphene.Scalar):
    """Base of scalars that take any JSON value as it is."""

    class Meta:
        """No scalar of the schema itself."""

        abstract = True

    @staticmethod
    def serialize(value: Any) -> Any:
        """Write as it is."""
        return value

    @staticmethod
    def parse_value(value: Any) -> Any:
        """Read as it is."""
        return value

    @staticmethod
    def parse_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        """Read a literal of a document, variables inside it too."""
        return value_from_ast_untyped(node, _as_sent(variables))


def _as_sent(value: Any) -> Any:
    """Return coerced variables as JSON again, for one that stands inside a JSON literal."""
    if isinstance(value, datetime):
        return to_rfc3339(value)
    if isinstance(value, dict):
        return {key: _as_sent(each) for key, each in value.items()}
    return [_as_sent(each) for each in value] if isinstance(value, list) else value


class JSON(AnyJson):
    """Any JSON value."""


class LearningEvent(AnyJson):
    """One learning event as a JSON object: graphql/events.schema.json describes every type.

    A scalar that takes any JSON value, on purpose: a malformed event is refused alone and never the
    batch it came in.
    """
