"""The sentences under the fields of records, as descriptions in JSON Schema.

A record describes its fields where they stand, each by a docstring below it; Python keeps none of
these, so they are read from the source.
"""

import ast
import inspect
import textwrap
from collections.abc import Mapping

import msgspec

from services.kit.records import Json


def field_docs(record: type[msgspec.Struct]) -> dict[str, str]:
    """Return the docstring of each field of a record by its name in JSON, inherited ones too."""
    docs: dict[str, str] = {}
    for each in reversed(record.__mro__):
        if issubclass(each, msgspec.Struct) and each is not msgspec.Struct:
            docs |= _own_docs(each)
    names = zip(record.__struct_fields__, record.__struct_encode_fields__, strict=True)
    return {shown: docs[name] for name, shown in names if name in docs}


def describe(schemas: Mapping[str, Json], records: Mapping[str, type[msgspec.Struct]]) -> None:
    """Add the docstrings of fields to schemas that msgspec made, both by the record's name."""
    for name, record in records.items():
        properties = schemas[name]["properties"]
        tag = record.__struct_config__.tag_field
        if tag is not None:
            properties[tag]["description"] = "Which of the kinds it is."
        for field, text in field_docs(record).items():
            properties[field] = {"description": text, **properties[field]}


def _own_docs(record: type) -> dict[str, str]:
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(record))).body
    assert isinstance(found, ast.ClassDef)
    docs = {}
    for field, below in zip(found.body, found.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            text = _text(below)
            if text is not None:
                docs[field.target.id] = text
    return docs


def _text(statement: ast.stmt) -> str | None:
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
        return None
    value = statement.value.value
    return " ".join(value.split()) if isinstance(value, str) else None
