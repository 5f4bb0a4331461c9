"""What the explorer shows of the schema: every type with its descriptions, every operation."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationDefinitionNode,
    Undefined,
    ast_from_value,
    parse,
    print_ast,
)

KINDS: Mapping[type[GraphQLNamedType], str] = {
    GraphQLObjectType: "type",
    GraphQLInterfaceType: "interface",
    GraphQLUnionType: "union",
    GraphQLEnumType: "enum",
    GraphQLInputObjectType: "input",
    GraphQLScalarType: "scalar",
}


def list_operations(registered: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the registered operations by name: id, kind, text and what its first comment says."""
    found = [_operation(id_, text) for id_, text in registered.items()]
    return sorted(found, key=lambda each: str(each["name"]))


def list_types(schema: GraphQLSchema) -> list[dict[str, Any]]:
    """Return every type of the schema but those of introspection, by name."""
    types = sorted(schema.type_map.values(), key=lambda each: each.name)
    return [_type(each, schema) for each in types if not each.name.startswith("__")]


def _operation(id_: str, text: str) -> dict[str, Any]:
    operations = (
        node for node in parse(text).definitions if isinstance(node, OperationDefinitionNode)
    )
    operation = next(operations)
    first = text.partition("\n")[0]
    return {
        "id": id_,
        "name": operation.name.value if operation.name else id_[:8],
        "kind": operation.operation.value,
        "text": text,
        "description": first.removeprefix("#").strip() if first.startswith("#") else "",
    }


def _type(of: GraphQLNamedType, schema: GraphQLSchema) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": of.name,
        "kind": next(kind for each, kind in KINDS.items() if isinstance(of, each)),
        "description": of.description or "",
    }
    if isinstance(of, GraphQLObjectType | GraphQLInterfaceType):
        shown["interfaces"] = [each.name for each in of.interfaces]
        shown["fields"] = [_field(name, each) for name, each in of.fields.items()]
    if isinstance(of, GraphQLInputObjectType):
        shown["fields"] = [_input(name, each) for name, each in of.fields.items()]
    if isinstance(of, GraphQLInterfaceType | GraphQLUnionType):
        shown["members"] = sorted(each.name for each in schema.get_possible_types(of))
    if isinstance(of, GraphQLEnumType):
        shown["values"] = [
            {"name": name, "description": value.description or ""}
            for name, value in of.values.items()
        ]
    return shown


def _field(name: str, field: GraphQLField) -> dict[str, Any]:
    return {
        "name": name,
        "type": str(field.type),
        "description": field.description or "",
        "deprecated": field.deprecation_reason,
        "arguments": [_input(each, argument) for each, argument in field.args.items()],
    }


def _input(name: str, given: GraphQLArgument | GraphQLInputField) -> dict[str, Any]:
    default = None
    if given.default_value is not Undefined:
        node = ast_from_value(given.default_value, given.type)
        default = print_ast(node) if node else None
    return {
        "name": name,
        "type": str(given.type),
        "description": given.description or "",
        "default": default,
    }
