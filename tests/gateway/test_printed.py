"""The printed contract: equal to the code, and described to the last field."""

import json
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    OperationDefinitionNode,
    parse,
)

from gateway.documents import digest
from gateway.schema import build_schema
from morsel.schema import FOLDER, main, print_documents, printed, stale

Fielded = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType


def test_the_printed_files_equal_the_code() -> None:
    """App developers would generate code for another schema than the one that runs."""
    assert stale() == []
    assert main(check=True) == 0


def test_a_file_that_differs_is_told(tmp_path: Path) -> None:
    """A change of the contract would slip through the review."""
    (tmp_path / "operations").mkdir()

    assert main(check=False, folder=tmp_path) == 0
    assert main(check=True, folder=tmp_path) == 0
    for path in printed(tmp_path):
        text = path.read_text(encoding="utf-8")
        path.write_text(f"{text} ", encoding="utf-8")
        assert stale(tmp_path) == [path]
        assert main(check=True, folder=tmp_path) == 1
        path.write_text(text, encoding="utf-8")


def test_an_operation_that_the_schema_refuses_is_not_printed(tmp_path: Path) -> None:
    """A gateway that reads it would not start."""
    (tmp_path / "operations").mkdir()
    (tmp_path / "operations" / "Wrong.graphql").write_text("query Wrong { nothing }")

    with pytest.raises(ValueError, match=r"Wrong\.graphql: Cannot query field 'nothing'"):
        print_documents(tmp_path)


def test_registered_operations_stand_under_the_hash_of_their_text() -> None:
    """A client that hashes the file would ask for an operation that is not there."""
    documents = json.loads(print_documents())

    for path in (FOLDER / "operations").glob("*.graphql"):
        text = path.read_text()
        definitions = parse(text).definitions
        names = [
            node.name.value
            for node in definitions
            if isinstance(node, OperationDefinitionNode) and node.name
        ]
        assert documents[digest(text)] == text
        assert names == [path.stem]


def test_every_type_field_argument_and_value_is_described() -> None:
    """The schema is the reference that app developers read."""
    types = build_schema().graphql_schema.type_map.values()

    assert [gap for each in types if not each.name.startswith("__") for gap in gaps(each)] == []


def gaps(of: GraphQLNamedType) -> list[str]:
    """Return what of a type has no description."""
    found = [] if of.description else [of.name]
    if isinstance(of, GraphQLEnumType):
        found += [f"{of.name}.{key}" for key, value in of.values.items() if not value.description]
    if isinstance(of, Fielded):
        for key, field in of.fields.items():
            found += [] if field.description else [f"{of.name}.{key}"]
            arguments = getattr(field, "args", {})
            found += [
                f"{of.name}.{key}({name})"
                for name, argument in arguments.items()
                if not argument.description
            ]
    return found
