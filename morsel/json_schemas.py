"""The JSON Schemas (2020-12) of the contract with the phone.

Each is made from the records or rules that the services themselves read and write by.
"""

import json
from collections.abc import Mapping

import msgspec

from morsel.field_docs import describe
from services.content.domain import course
from services.content.domain.pack import document
from services.kit.records import Json
from services.progress.contract import ChangeKind, Tombstone
from services.progress.domain.event_schema import event_schema
from services.progress.use_cases import change_records
from services.progress.use_cases.change_records import RECORDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_CHANGE = {
    "kind": {"description": "What sort of record.", "$ref": "#/$defs/ChangeKind"},
    "id": {"description": "Unique within the kind.", "type": "string"},
    "version": {
        "description": "Grows with each change; ignore what is older than yours.",
        "type": "integer",
    },
    "tombstone": {
        "description": "Why it is gone; null while it is there.",
        "anyOf": [{"$ref": "#/$defs/Tombstone"}, {"type": "null"}],
    },
    "record": {
        "description": "The whole record of its kind; null with a tombstone.",
        "type": ["object", "null"],
    },
}


def print_events() -> str:
    """Return the schema of a learning event that a phone may send."""
    return _printed(event_schema())


def print_changes() -> str:
    """Return the schema of a change that sync returns, with the record of each kind."""
    return _printed(change_schema())


def print_course() -> str:
    """Return the schema of the course document that `updateDraft` takes."""
    return _printed(course_schema())


def print_pack() -> str:
    """Return the schema of the JSON files of an offline pack."""
    return _printed(pack_schema())


def pack_schema() -> dict[str, Json]:
    """Return the schema of what a file of kind LESSON or INDEX holds."""
    types = (document.Lesson, document.PackIndex)
    refs, records = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    describe(records, _records(vars(document), records))
    return {
        "$schema": DIALECT,
        "title": "File of an offline pack",
        "description": "A lesson in one language, or the index of a version. Later servers may "
        "send more fields, blocks and questions: pass over them.",
        "oneOf": list(refs),
        "$defs": records,
    }


def course_schema() -> dict[str, Json]:
    """Return the schema of the course document; Draft.problems names what it cannot say."""
    schema = msgspec.json.schema(course.Course)
    describe(schema["$defs"], _records(vars(course), schema["$defs"]))
    return {"$schema": DIALECT, "title": "Course document", **schema}


def change_schema() -> dict[str, Json]:
    """Return the schema of a change; a kind without a record is not sent yet."""
    types = (*RECORDS.values(), ChangeKind, Tombstone)
    _, records = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    describe(records, _records(vars(change_records), records))
    return {
        "$schema": DIALECT,
        "title": "Change",
        "description": "One record that changed: put it in place of what the phone has of that "
        "kind and id. Later servers may send more kinds and more fields: pass over them.",
        "type": "object",
        "properties": _CHANGE,
        "required": [*_CHANGE],
        "oneOf": [_gone(), *(_there(kind, record) for kind, record in RECORDS.items())],
        "$defs": records,
    }


def _there(kind: ChangeKind, record: type[msgspec.Struct]) -> dict[str, Json]:
    fields = {
        "kind": {"const": kind.value},
        "tombstone": {"type": "null"},
        "record": {"$ref": f"#/$defs/{record.__name__}"},
    }
    return {"properties": fields}


def _gone() -> dict[str, Json]:
    fields = {"tombstone": {"$ref": "#/$defs/Tombstone"}, "record": {"type": "null"}}
    return {"properties": fields}


def _records(
    names: Mapping[str, object], schemas: Mapping[str, Json]
) -> dict[str, type[msgspec.Struct]]:
    """Return the records among the names of a module whose schemas are given."""
    return {
        name: each
        for name, each in names.items()
        if name in schemas and isinstance(each, type) and issubclass(each, msgspec.Struct)
    }


def _printed(schema: Mapping[str, Json]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
