"""The rules of events as one JSON Schema (2020-12): what `graphql/events.schema.json` holds."""

from collections.abc import Sequence

from services.kit.records import Json
from services.progress.domain.event_types import EVENT_TYPES
from services.progress.domain.event_types.shape import EVENT, REF, EventType, Field
from services.progress.domain.fields import MAX_DEPTH

_ABOUT = (
    "One learning event as a phone sends it. What is valid here is read by the server, with what "
    f"JSON Schema cannot say: an event nests {MAX_DEPTH} deep at most, has canonical JSON (RFC "
    "8785: whole Unicode, integers below 2^53), and its day exists. Once read, an event is refused "
    "only for what it refers to: the version, and the lesson, block and question of that version."
)


def event_schema() -> dict[str, Json]:
    """Return the schema of an event that a phone may send."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Learning event",
        "description": _ABOUT,
        **_object(EVENT),
        "allOf": [
            {"if": _is_of(kind), "then": {"$ref": f"#/$defs/{kind.name}"}}
            for kind in EVENT_TYPES.values()
        ],
        "$defs": {"ref": _ref((), ()), **{kind.name: _type(kind) for kind in EVENT_TYPES.values()}},
    }


def _object(fields: tuple[Field, ...]) -> dict[str, Json]:
    properties = {field.name: _described(field) for field in fields}
    if "ref" in properties:
        properties["ref"] = {
            "description": properties["ref"]["description"],
            "anyOf": [{"$ref": "#/$defs/ref"}, {"type": "null"}],
        }
    required = [field.name for field in fields if field.required]
    return {"type": "object", "properties": properties, **_if_any("required", required)}


def _described(field: Field) -> dict[str, Json]:
    """Return the schema of a field; null stands for one that may be left out."""
    schema = {"description": field.about, **field.rule.schema()}
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return schema if field.required else {**schema, "type": [*types, "null"]}


def _is_of(kind: EventType) -> dict[str, Json]:
    return {"properties": {"type": {"const": kind.name}}, "required": ["type"]}


def _type(kind: EventType) -> dict[str, Json]:
    """Return what a type needs besides the fields of every event."""
    needs = [*(["ref"] if kind.ref else []), *(["body"] if _needs_body(kind) else [])]
    properties: dict[str, Json] = {}
    if kind.ref:
        properties["ref"] = _ref(kind.ref, kind.one_ref)
    if kind.body or kind.one_of:
        properties["body"] = _body(kind)
    described = {"title": kind.name, "description": kind.about}
    return {**described, **_if_any("properties", properties), **_if_any("required", needs)}


def _ref(needed: tuple[str, ...], one_of: tuple[str, ...]) -> dict[str, Json]:
    fields = tuple(
        Field(name=field.name, rule=field.rule, about=field.about, required=field.name in needed)
        for field in REF
    )
    return _exactly_one(_object(fields), [field for field in REF if field.name in one_of])


def _needs_body(kind: EventType) -> bool:
    return bool(kind.one_of) or any(field.required for field in kind.body)


def _body(kind: EventType) -> dict[str, Json]:
    schema = _exactly_one(_object((*kind.body, *kind.one_of)), kind.one_of)
    return schema if _needs_body(kind) else {**schema, "type": ["object", "null"]}


def _exactly_one(schema: dict[str, Json], fields: Sequence[Field]) -> dict[str, Json]:
    """Return the schema of an object that holds exactly one of these fields, null aside."""
    branches = [
        {"required": [field.name], "properties": {field.name: field.rule.schema()}}
        for field in fields
    ]
    return schema | _if_any("oneOf", branches)


def _if_any(name: str, value: object) -> dict[str, Json]:
    return {name: value} if value else {}
