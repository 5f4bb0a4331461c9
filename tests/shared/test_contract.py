"""The printed schema against the contract that app developers were promised."""

import sys
from pathlib import Path

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
    Undefined,
    build_schema,
)

from morsel.schema import print_schema

CONTRACT = Path(__file__).parents[3] / "shared" / "design" / "contract.graphql"
Fielded = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType
Typed = GraphQLField | GraphQLInputField | GraphQLArgument


def test_what_exists_agrees_with_the_contract() -> None:
    """An app coded against the contract would not find a field, or find another type of it."""
    promised = build_schema(CONTRACT.read_text(encoding="utf-8"), assume_valid=True).type_map
    built = build_schema(print_schema()).type_map
    shared = sorted(promised.keys() & built.keys())

    problems = [line for name in shared for line in disagreements(promised[name], built[name])]

    sys.stdout.write("\n".join(["not built yet:", *missing(promised, built), ""]))
    assert problems == []
    assert len(shared) > 60


def disagreements(promised: GraphQLNamedType, built: GraphQLNamedType) -> list[str]:
    """Return in words where one type is not as promised."""
    name = promised.name
    if type(promised) is not type(built):
        return [f"{name} is of another kind"]
    if isinstance(promised, GraphQLEnumType):
        assert isinstance(built, GraphQLEnumType)
        return [f"{name} lacks {each}" for each in promised.values.keys() - built.values.keys()]
    if isinstance(promised, GraphQLScalarType):
        return []
    assert isinstance(promised, Fielded)
    assert isinstance(built, Fielded)
    found = []
    for key in promised.fields.keys() & built.fields.keys():
        found += unlike(f"{name}.{key}", promised.fields[key], built.fields[key])
    return found + interfaces(promised, built)


def unlike(where: str, promised: Typed, built: Typed) -> list[str]:
    """Return in words where one field or argument is not as promised."""
    if str(promised.type) != str(built.type):
        return [f"{where}: {built.type}, promised {promised.type}"]
    found = []
    if isinstance(promised, GraphQLField) and isinstance(built, GraphQLField):
        found += [f"{where} lacks {key}" for key in promised.args.keys() - built.args.keys()]
        for key in promised.args.keys() & built.args.keys():
            found += unlike(f"{where}({key})", promised.args[key], built.args[key])
        more = built.args.keys() - promised.args.keys()
        found += [f"{where} insists on {key}" for key in more if needed(built.args[key])]
    elif default_of(promised) != default_of(built):
        found.append(f"{where} defaults to {default_of(built)}")
    return found


def default_of(what: Typed) -> object:
    """Return the default value of an argument or an input field."""
    return None if isinstance(what, GraphQLField) else what.default_value


def needed(argument: GraphQLArgument) -> bool:
    """Tell whether a caller must give the argument."""
    return str(argument.type).endswith("!") and argument.default_value is Undefined


def interfaces(promised: Fielded, built: Fielded) -> list[str]:
    """Return in words which interfaces a type has that were not promised."""
    if isinstance(promised, GraphQLInputObjectType) or isinstance(built, GraphQLInputObjectType):
        return []
    known = {each.name for each in promised.interfaces}
    return [
        f"{built.name} is no {each.name}" for each in built.interfaces if each.name not in known
    ]


def missing(promised: dict[str, GraphQLNamedType], built: dict[str, GraphQLNamedType]) -> list[str]:
    """Return what later issues bring."""
    names = sorted(promised.keys() - built.keys())
    for name in sorted(promised.keys() & built.keys()):
        theirs, ours = promised[name], built[name]
        if isinstance(theirs, Fielded) and isinstance(ours, Fielded):
            names += [f"{name}.{key}" for key in sorted(theirs.fields.keys() - ours.fields.keys())]
    return names
