"""What an ad-hoc document may cost, judged before it is validated.

Validation itself is quadratic in repeated fields, so that 1.5 KB can cost half a second: such a
document is refused by counting. Registered documents are exempt.
"""

from collections import Counter
from dataclasses import dataclass, field

from graphql import DocumentNode, GraphQLSyntaxError, parse
from graphql.language import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    visit,
)

MAX_SOURCE = 10_240
MAX_TOKENS = 1_000
MAX_COMMENTS = 100
MAX_DEPTH = 12
MAX_ALIASES = 30
MAX_SAME_FIELD = 50
MAX_SPREADS = 50
MAX_DIRECTIVES = 20
MAX_FIELDS = 2_000
"""Fields once every fragment is written out where it is spread."""
INTROSPECTION = frozenset({"__schema", "__type"})


class OverLimit(Exception):
    """A document asks for more than an ad-hoc document may; the message says of what."""


def parse_ad_hoc(source: str) -> DocumentNode:
    """Return the document of a source; OverLimit when it is too long, else GraphQLSyntaxError."""
    if len(source) > MAX_SOURCE:
        raise OverLimit(f"A document may have {MAX_SOURCE} characters.")
    try:
        return parse(source, max_lexical_tokens=MAX_TOKENS, max_comments=MAX_COMMENTS)
    except GraphQLSyntaxError as error:
        if "limit" in error.message or "more than" in error.message:
            raise OverLimit(f"A document may have {MAX_TOKENS} tokens.") from error
        raise


def check(document: DocumentNode) -> None:
    """Raise OverLimit when a document repeats, nests or spreads too much; cycles are safe."""
    counts = _Counts()
    visit(document, counts)
    counts.check()
    measure = _Measure(document)
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            measure.check(operation)


class _Counts(Visitor):
    """Counts what stands in a document as it is written."""

    def __init__(self) -> None:
        super().__init__()
        self.aliases = self.spreads = self.directives = 0
        self.fields: Counter[str] = Counter()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.aliases += node.alias is not None
        self.fields[node.name.value] += 1

    def enter_fragment_spread(self, *_: object) -> None:
        self.spreads += 1

    def enter_directive(self, _node: DirectiveNode, *_: object) -> None:
        self.directives += 1

    def check(self) -> None:
        """Raise OverLimit for the first count that is over."""
        same = max(self.fields.values(), default=0)
        for what, count, most in (
            ("aliases", self.aliases, MAX_ALIASES),
            ("mentions of one field", same, MAX_SAME_FIELD),
            ("fragment spreads", self.spreads, MAX_SPREADS),
            ("directives", self.directives, MAX_DIRECTIVES),
        ):
            if count > most:
                raise OverLimit(f"A document may have {most} {what}; this one has {count}.")


@dataclass(slots=True)
class _Size:
    depth: int = 0
    fields: int = 0


@dataclass(slots=True)
class _Measure:
    """Measures operations with their fragments written out; each fragment is measured once."""

    document: DocumentNode
    fragments: dict[str, FragmentDefinitionNode] = field(init=False)
    known: dict[str, _Size] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fragments = {
            node.name.value: node
            for node in self.document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }

    def check(self, operation: OperationDefinitionNode) -> None:
        """Raise OverLimit when the operation is too deep or too wide."""
        size = self._selections(operation.selection_set)
        if size.depth > MAX_DEPTH:
            raise OverLimit(f"Fields may nest {MAX_DEPTH} deep; these nest {size.depth} deep.")
        if size.fields > MAX_FIELDS:
            raise OverLimit(
                f"A document may come to {MAX_FIELDS} fields; this one to {size.fields}."
            )

    def _selections(self, selections: SelectionSetNode | None) -> _Size:
        total = _Size()
        for node in selections.selections if selections else ():
            size = self._selection(node)
            total.depth = max(total.depth, size.depth)
            total.fields += size.fields
        return total

    def _selection(self, node: Node) -> _Size:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        size = self._selections(getattr(node, "selection_set", None))
        if not isinstance(node, FieldNode):
            return size
        # introspection nests by its nature, and is allowed or refused as a whole
        depth = 0 if node.name.value in INTROSPECTION else size.depth
        return _Size(depth + 1, size.fields + 1)

    def _fragment(self, name: str) -> _Size:
        if name not in self.known:
            self.known[name] = _Size()  # a cycle adds nothing; validation refuses it
            fragment = self.fragments.get(name)
            self.known[name] = self._selections(fragment.selection_set if fragment else None)
        return self.known[name]
