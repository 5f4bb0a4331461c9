"""Documents that read every public field of every type, made from the schema itself."""

from collections import deque
from collections.abc import Iterator, Mapping
from uuid import UUID

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)

GOAL = "Question"
FAMILY_ROOT = "Block"
MAX_STEPS = 4
"""From a course to its blocks; the gateway refuses documents that nest much deeper."""
UNKNOWN = {
    "ID!": '"ver_AAAA"',
    "[ID!]!": "[]",
    "UUID!": f'"{UUID(int=0)}"',
    "String!": '"x"',
    "Date!": '"2026-11-22"',
    "VerifyCredentialInput!": "{json: {}}",
    "[VerifyCredentialInput!]!": "[{json: {}}]",
}
"""What is given where an argument is needed and nobody says which."""


class Reader:
    """Writes the documents; `arguments` are literals by name, `roots` those of root fields."""

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        arguments: Mapping[str, str],
        roots: Mapping[str, tuple[Mapping[str, str], ...]],
    ) -> None:
        self._schema = schema
        self._arguments = arguments
        self._roots = roots
        self.read: set[str] = set()
        """`Type.field` of all that the documents select."""

    def documents(self) -> Iterator[str]:
        """Yield a document for each field of each type that leads on, by the shortest way to it."""
        query = self._schema.query_type
        assert query is not None
        ways: dict[str, list[str]] = {}
        waiting: deque[tuple[GraphQLNamedType, list[str]]] = deque()
        for name, field in query.fields.items():
            for given in self._roots.get(name, ({},)):
                opening = self._call(name, field, given)
                target = get_named_type(field.type)
                yield from self._written([opening], target)
                waiting.append((target, [opening]))
        while waiting:
            type_, way = waiting.popleft()
            for concrete, opened in self._concrete(type_, way):
                if concrete.name in ways:
                    continue
                ways[concrete.name] = opened
                for name, field in concrete.fields.items():
                    target = get_named_type(field.type)
                    if not is_leaf_type(target):
                        self.read.add(f"{concrete.name}.{name}")
                        step = [*opened, self._call(name, field, {})]
                        yield from self._written(step, target)
                        waiting.append((target, step))

    def reachable(self) -> set[str]:
        """Return `Type.field` of every object type that a query may reach."""
        query = self._schema.query_type
        assert query is not None
        found: set[str] = set()
        waiting: list[GraphQLNamedType] = [get_named_type(f.type) for f in query.fields.values()]
        seen = set()
        while waiting:
            for type_, _ in self._concrete(waiting.pop(), []):
                if type_.name not in seen:
                    seen.add(type_.name)
                    found |= {f"{type_.name}.{name}" for name in type_.fields}
                    waiting += [get_named_type(field.type) for field in type_.fields.values()]
        return found

    def _written(self, way: list[str], target: GraphQLNamedType) -> Iterator[str]:
        if is_leaf_type(target):
            yield " { ".join(["query", *way]) + " }" * len(way)
            return
        for concrete, opened in self._concrete(target, way):
            yield (
                " { ".join(["query", *opened, self._selection(concrete)])
                + " }" * len(opened)
                + " }"
            )

    def _concrete(
        self, type_: GraphQLNamedType, way: list[str]
    ) -> Iterator[tuple[GraphQLObjectType, list[str]]]:
        """Yield the object types that a type stands for, with the way on."""
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            for each in self._schema.get_possible_types(type_):
                yield each, [*way, f"... on {each.name}"]
        elif isinstance(type_, GraphQLObjectType):
            yield type_, way

    def _selection(self, type_: GraphQLObjectType) -> str:
        """Return all leaves of a type, and the shortest way from it to questions."""
        told = [self._leaves(type_)]
        hop = self._towards(type_)
        if hop is not None:
            field = type_.fields[hop]
            target = get_named_type(field.type)
            self.read.add(f"{type_.name}.{hop}")
            inner = " ".join(
                f"... on {each.name} {{ {self._family(each)} }}"
                if is_abstract_type(target)
                else self._selection(each)
                for each, _ in self._concrete(target, [])
            )
            told.append(f"{self._call(hop, field, {})} {{ {inner} }}")
        return " ".join(told)

    def _family(self, type_: GraphQLObjectType, above: tuple[str, ...] = ()) -> str:
        """Return all of a block or question, whatever is in it."""
        told = [self._leaves(type_)]
        for name, field in type_.fields.items():
            target = get_named_type(field.type)
            if is_leaf_type(target) or target.name in above:
                continue
            self.read.add(f"{type_.name}.{name}")
            inner = " ".join(
                f"... on {each.name} {{ {self._family(each, (*above, type_.name))} }}"
                if is_abstract_type(target)
                else self._family(each, (*above, type_.name))
                for each, _ in self._concrete(target, [])
            )
            told.append(f"{self._alias(name, type_)}{self._call(name, field, {})} {{ {inner} }}")
        return " ".join(told)

    def _leaves(self, type_: GraphQLObjectType) -> str:
        told = ["__typename"]
        for name, field in type_.fields.items():
            if is_leaf_type(get_named_type(field.type)):
                self.read.add(f"{type_.name}.{name}")
                told.append(self._alias(name, type_) + self._call(name, field, {}))
        return " ".join(told)

    def _alias(self, name: str, type_: GraphQLObjectType) -> str:
        """Return an alias where types of one interface have a field in different shapes."""
        own = str(type_.fields[name].type)
        for interface in type_.interfaces:
            for other in self._schema.get_possible_types(interface):
                if name in other.fields and str(other.fields[name].type) != own:
                    return f"{name}{type_.name}: "
        return ""

    def _call(self, name: str, field: GraphQLField, given: Mapping[str, str]) -> str:
        told = {
            arg: given.get(arg) or self._arguments.get(arg) or UNKNOWN.get(str(said.type))
            for arg, said in field.args.items()
            if arg in given or arg in self._arguments or is_required_argument(said)
        }
        missing = [arg for arg, value in told.items() if value is None]
        assert not missing, f"no value is known for {missing} of {name}"
        listed = ", ".join(f"{arg}: {value}" for arg, value in told.items())
        return f"{name}({listed})" if listed else name

    def _towards(self, type_: GraphQLObjectType) -> str | None:
        """Return the first field of the shortest way to a block, None where that is long."""
        waiting: deque[tuple[GraphQLNamedType, str | None, int]] = deque([(type_, None, 0)])
        seen = {type_.name}
        while waiting:
            current, first, steps = waiting.popleft()
            if isinstance(current, GraphQLInterfaceType) and current.name in {FAMILY_ROOT, GOAL}:
                return first
            for each, _ in self._concrete(current, []):
                for name, field in each.fields.items():
                    target = get_named_type(field.type)
                    if not is_leaf_type(target) and target.name not in seen:
                        seen.add(target.name)
                        if steps < MAX_STEPS:
                            waiting.append((target, first or name, steps + 1))
        return None
