"""The printed schema of events and the parser accept and refuse the same.

What the parser minds beyond JSON Schema is named in its description: whole Unicode, integers below
2^53, days that exist (`beyond_the_schema` finds these), and depth, which no event here has.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import event as note
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from services.progress.domain.event import Event
from services.progress.domain.event_schema import event_schema
from services.progress.domain.event_types import EVENT_TYPES
from services.progress.domain.event_types.shape import SERVER_TYPES
from services.progress.domain.parsing import parse

SCHEMA = event_schema()


def ecma_pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    """Search as JSON Schema says: in ECMA 262 `$` is the end of the text, no line break before."""
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


Ecma = extend(Draft202012Validator, {"pattern": ecma_pattern})  # type: ignore[no-untyped-call]  # jsonschema has no hints here
VALIDATOR = Ecma(SCHEMA)


def beyond_the_schema(event: Any) -> bool:
    """Return whether an event breaks a rule that JSON Schema cannot say."""
    try:
        rfc8785.dumps(event)
    except (rfc8785.CanonicalizationError, UnicodeError):
        return True
    try:
        datetime.fromisoformat(event["at"])
        date.fromisoformat((event.get("body") or {}).get("day") or "2026-11-22")
    except ValueError:
        return True
    return False


def valid(event: Any) -> bool:
    return bool(VALIDATOR.is_valid(event))


# ---------------------------------------------------------------- events from the schema itself


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return values that a schema of one field allows."""
    if "anyOf" in schema:
        return st.one_of([values(each) for each in schema["anyOf"]])
    if "$ref" in schema:
        return objects(SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[-1]])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([of_type(kind, schema) for kind in kinds])


def of_type(kind: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    low, high = schema.get("minimum"), schema.get("maximum")
    match kind:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(low, high)
        case "number":
            bounds = (-1000 if low is None else low, 1000 if high is None else high)
            whole = st.integers(*bounds)
            return whole | st.floats(low, high, allow_nan=False, allow_infinity=False)
        case "array":
            sizes = schema.get("minItems", 0), min(schema["maxItems"], 5)
            return st.lists(values(schema["items"]), min_size=sizes[0], max_size=sizes[1])
        case "object":
            return objects(schema)
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].strip("^$"), fullmatch=True).filter(
            lambda text: len(text) <= schema.get("maxLength", len(text))
        )
    return st.text(min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 20))


def objects(schema: dict[str, Any], *, fixed: Any = None) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects with all that a schema requires, and some of the rest."""
    fields = {name: values(each) for name, each in schema.get("properties", {}).items()}
    fields |= {name: st.just(value) for name, value in (fixed or {}).items()}
    required = {*schema.get("required", ()), *(fixed or {})}
    optional = {name: each for name, each in fields.items() if name not in required}
    return st.fixed_dictionaries({name: fields[name] for name in required}, optional=optional)


@cache
def fields_of(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return the fields of every event, of this type; a strategy is made once."""
    return objects(SCHEMA, fixed={"type": name})


@cache
def part_of(name: str, part: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return `ref` or `body` as a type needs it; a strategy is made once."""
    return objects(SCHEMA["$defs"][name]["properties"][part])


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    """Return an event that is put together from the schema of its type."""
    name = draw(st.sampled_from([*EVENT_TYPES, "garden.watered"]))
    own = SCHEMA["$defs"].get(name, {})
    event = draw(fields_of(name))
    for part, schema in own.get("properties", {}).items():
        if part in own.get("required", ()) or draw(st.booleans()):
            event[part] = draw(part_of(name, part))
            if branches := schema.get("oneOf"):
                branch = draw(st.sampled_from(branches))
                for other in branches:
                    event[part].pop(other["required"][0], None)
                event[part] |= draw(objects(branch))
        else:
            event.pop(part, None)
    return event


NUMBERS = (0, 1, -1, 1.5, 42.0, 2**31, 2**53, 1e300, 86_400, 86_400.5)
TYPES = ("a.b", "A.b", "log.closed", "attempt.released2", "grade.", "gradex.a")
INSTANTS = (
    "2026-02-30T00:00:00Z",
    "2026-11-22T18:03:07Z\n",
    "20261122T180307+0000",
    "1969-12-31",
    "2026-11-22T18:03:07.512+23:59",
    "2026-11-22 18:03:07.512Z",
    "9000-01-01T00:00:00Z",
)
TEXTS = ("", "x", "x" * 64, "x" * 65, "é" * 64, "\ud800", "ab" * 32, "AB" * 32, "٣" * 20)
IDS = ("01948f0e6f2a7c31-9d0e-5b7c1a2f3e4d--", "{1948f0e6-f2a7-c319-d0e5-b7c1a2f3e4d}")
LISTS: tuple[Any, ...] = ([], ["a"], [["a", "b"]], [["a", "b", "c"]], [["a", 1]], [1], ["a"] * 201)
OBJECTS: tuple[Any, ...] = ({}, {"a": [{}]})
ODD = st.sampled_from([None, True, *NUMBERS, *TYPES, *INSTANTS, *TEXTS, *IDS, *LISTS, *OBJECTS])


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """Return an event with one to three fields put to something odd, or taken away."""
    event = draw(events())
    for _ in range(draw(st.integers(1, 3))):
        parts = [event, *(one for one in event.values() if isinstance(one, dict))]
        part = draw(st.sampled_from(parts))
        known = ["version", "lesson", "block", "attempt", "seconds", "texts", "number", "more"]
        name = draw(st.sampled_from([*part, *known]))
        if draw(st.booleans()):
            part[name] = draw(ODD | st.text() | st.integers() | st.floats())
        else:
            part.pop(name, None)
    return event


# ---------------------------------------------------------------- the properties


def test_the_schema_is_one() -> None:
    """Tools that read it would refuse it."""
    Draft202012Validator.check_schema(SCHEMA)


PATIENT = settings(suppress_health_check=[HealthCheck.too_slow])  # drawing is most of the work


@PATIENT
@given(events())
def test_what_the_schema_allows_the_parser_reads(event: dict[str, Any]) -> None:
    """An app that validates before it sends would still be refused."""
    assert valid(event)
    assert isinstance(parse(event), Event) or beyond_the_schema(event)


@PATIENT
@given(mutated())
def test_what_one_refuses_the_other_refuses(event: dict[str, Any]) -> None:
    """The rules would be stricter, or laxer, than what is printed of them."""
    accepted = isinstance(parse(event), Event)
    note("accepted" if accepted else "refused")
    assert valid(event) if accepted else not valid(event) or beyond_the_schema(event)


@pytest.mark.parametrize("prefix", SERVER_TYPES)
def test_the_servers_own_types_are_no_valid_events(prefix: str) -> None:
    """A phone would only learn from a refusal that it may not send them."""
    event = {
        "id": "01948f0e-6f2a-7c31-9d0e-5b7c1a2f3e4d",
        "type": f"{prefix}x",
        "v": 1,
        "device": "01948f0e-6f2a-7c31-9d0e-5b7c1a2f3e4e",
        "seq": 1,
        "at": "2026-11-22T18:03:07.512Z",
    }
    assert not valid(event)
    assert valid({**event, "type": "garden.watered"})
