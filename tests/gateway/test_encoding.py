"""A response's body: whatever a phone has sent can be sent back."""

import json

import pytest

from gateway.execution.encoding import encode
from gateway.schema.scalars import RawJson

SIGNED = b'{"b": 1.50, "a": "\\u00e9"}'


def test_signed_json_is_written_byte_for_byte() -> None:
    """A signature over other bytes than were signed does not verify."""
    assert encode({"json": RawJson(SIGNED)}) == b'{"json":' + SIGNED + b"}"


@pytest.mark.parametrize("odd", [2**70, "\ud800", "\0", "é"], ids=ascii)
def test_odd_values_beside_it_are_written_too(odd: object) -> None:
    """One odd name would fail the whole answer."""
    body = {"json": RawJson(SIGNED), "odd": odd}

    assert json.loads(encode(body)) == {"json": json.loads(SIGNED), "odd": odd}


def test_what_is_no_json_is_a_fault() -> None:
    """It would be written as some text that nobody promised."""
    with pytest.raises(TypeError):
        encode({"value": object()})
