"""A response's body as JSON: fast where it can be, and whole whatever a phone has sent."""

import json
from typing import Any

import orjson

from gateway.schema.scalars import RawJson


def encode(body: Any) -> bytes:
    """Return UTF-8 JSON; integers beyond 64 bits and lone surrogates are written too, escaped."""
    try:
        return orjson.dumps(body, default=_splice)
    except orjson.JSONEncodeError:
        return json.dumps(body, default=_parse, separators=(",", ":")).encode()


def _splice(value: Any) -> orjson.Fragment:
    if isinstance(value, RawJson):
        return orjson.Fragment(value.content)
    raise TypeError(type(value).__name__)


def _parse(value: Any) -> Any:
    if isinstance(value, RawJson):
        return json.loads(value.content)
    raise TypeError(type(value).__name__)
