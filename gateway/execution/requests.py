"""What a client asks for, read from JSON: the same for every transport."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

LONGEST_INTEGER = 4_000
"""Digits; what is longer is read as a float, which is infinite, which whoever stores it refuses."""


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """A document by text, by id, or by both, and one operation of it."""

    query: str | None = None
    document_id: str | None = None
    persisted_hash: str | None = None
    operation_name: str | None = None
    variables: Mapping[str, Any] | None = None
    since: str | None = None
    """Cursor of the last event that a client which subscribes again has seen."""


def decode(text: bytes | str) -> Any:
    """Return a JSON value; ValueError, also for what JSON does not know (NaN, Infinity)."""
    try:
        return json.loads(
            text.decode() if isinstance(text, bytes) else text,
            parse_constant=_no_constant,
            parse_int=lambda digits: (int if len(digits) <= LONGEST_INTEGER else float)(digits),
        )
    except RecursionError as error:
        raise ValueError("it nests too deep") from error


def read_operation(body: Mapping[str, Any]) -> OperationRequest:
    """Return the request that a JSON object holds; ValueError says which member is wrong."""
    extensions = _take(body, "extensions", dict) or {}
    persisted = _take(extensions, "persistedQuery", dict) or {}
    return OperationRequest(
        query=_take(body, "query", str),
        document_id=_take(body, "documentId", str),
        persisted_hash=_take(persisted, "sha256Hash", str),
        operation_name=_take(body, "operationName", str) or None,
        variables=_take(body, "variables", dict),
        since=_take(extensions, "since", str),
    )


def _take(body: Mapping[str, Any], name: str, kind: type) -> Any:
    value = body.get(name)
    if value is not None and not isinstance(value, kind):
        raise ValueError(f"{name} must be {'a string' if kind is str else 'an object'}.")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"JSON has no {name}")
