"""The RDF side of a document: JSON-LD 1.1 to canonical N-Quads (RDFC-1.0), with nothing lost.

JSON-LD drops silently what no context declares, and what is dropped is not signed. So undeclared
terms are given a mark of our own, relative addresses a base of our own, and a document in which
either shows is refused.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Quad,
    RdfFormat,
    parse,
    serialize,
)

from services.credentials.domain.contexts import Contexts
from services.kit.errors import Invalid
from services.kit.records import Json

Canonicalise: TypeAlias = Callable[[Mapping[str, Json]], bytes]
"""Returns the canonical N-Quads of a document: `canonical`, or a faster equal."""

MAX_QUADS = 20_000
MAX_CONTEXTS = 16
MAX_AGREEING = 1_000
"""Orders of contexts that are remembered to agree."""
MAX_LOOKALIKES = 7
"""Nameless nodes that look alike, at most: canonicalising n of them may take n! steps."""

_IRI = re.compile(r'([A-Za-z][A-Za-z0-9+.-]*|_):[^\x00-\x20<>"{}|^`\\]+')
_UNDECLARED = "urn:undeclared:"
_RELATIVE = "https://relative.invalid/"
_MARK = msgspec.Raw(msgspec.json.encode({"@vocab": _UNDECLARED}))


def canonical(document: Mapping[str, Json], contexts: Contexts) -> bytes:
    """Return the canonical N-Quads of a document; Invalid when they would lack part of it."""
    _check_ids(document)
    named = contexts.named(document.get("@context"))
    _check_together(named, contexts)
    quads = _parsed(_inlined(document, contexts))
    _check_cost(quads)
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = serialize(dataset, format=RdfFormat.N_QUADS)
    assert lines is not None
    _check_complete(lines)
    return b"".join(sorted(lines.splitlines(keepends=True)))


def _parsed(document: Json) -> list[Quad]:
    encoded = msgspec.json.encode(document)
    try:
        return list(parse(encoded, format=RdfFormat.JSON_LD, base_iri=_RELATIVE))
    except (SyntaxError, ValueError) as error:
        raise Invalid(f"It is no JSON-LD: {error}.") from error


def _check_together(named: tuple[str, ...], contexts: Contexts) -> None:
    """Refuse contexts that contradict each other, be it in a term that a document does not use."""
    if named in contexts.agreeing:
        return
    if len(named) > MAX_CONTEXTS:
        raise Invalid(f"It names {len(named)} vocabularies (@context); at most {MAX_CONTEXTS} may.")
    _parsed({"@context": [_MARK, *(contexts.encoded[address] for address in named)]})
    if len(contexts.agreeing) < MAX_AGREEING:
        contexts.agreeing.add(named)


def _inlined(document: Mapping[str, Json], contexts: Contexts) -> dict[str, Json]:
    """Return the document with each context's definition in place of its address, ours first."""
    terms = contexts.pruner.terms(document)
    return {
        **{name: _inlined_within(value, contexts, terms) for name, value in document.items()},
        "@context": [_MARK, *contexts.inline(document.get("@context"), terms)],
    }


def _inlined_within(value: Json, contexts: Contexts, terms: frozenset[str]) -> Json:
    """Return a value with the contexts of documents embedded in it inlined."""
    if isinstance(value, list):
        return [_inlined_within(item, contexts, terms) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _inlined_within(item, contexts, terms) for name, item in value.items()}
    if "@context" in value:
        inner["@context"] = contexts.inline(value["@context"], terms)
    return inner


def _check_ids(value: Json) -> None:
    """Refuse an id that is no absolute IRI: JSON-LD drops it with all that hangs on it."""
    if isinstance(value, list):
        for item in value:
            _check_ids(item)
    if isinstance(value, dict):
        for name, item in value.items():
            if name in {"id", "@id"} and not (isinstance(item, str) and _IRI.fullmatch(item)):
                raise Invalid(
                    f"The id {str(item)[:60]!r} is no absolute address,"
                    " so a signature does not cover it."
                )
            _check_ids(item)


def _check_complete(lines: bytes) -> None:
    for mark, what in (
        (_UNDECLARED, "a term that no vocabulary declares"),
        (_RELATIVE, "a relative id"),
    ):
        _, found, rest = lines.partition(b"<" + mark.encode())
        if found:
            name = rest.partition(b">")[0].decode()
            raise Invalid(f"It holds {what}, which a signature does not cover: {name[:60]!r}.")


def _check_cost(quads: list[Quad]) -> None:
    """Refuse what was made to be dear: RDFC-1.0 tries every order of nodes that look alike."""
    if len(quads) > MAX_QUADS:
        raise Invalid(f"It makes {len(quads)} statements; at most {MAX_QUADS} are looked at.")
    seen = Counter(_looks(quads).values())
    if sum(count for count in seen.values() if count > 1) > MAX_LOOKALIKES:
        raise Invalid(f"More than {MAX_LOOKALIKES} of its unnamed parts cannot be told apart.")


def _looks(quads: list[Quad]) -> dict[str, frozenset[str]]:
    """Return the quads of each blank node, itself as `_:a`, others as `_:z` (RDFC-1.0, 4.6)."""
    looks: defaultdict[str, set[str]] = defaultdict(set)
    for quad in quads:
        nodes = {term.value for term in quad if isinstance(term, BlankNode)}
        for node in nodes:
            looks[node].add(" ".join(_shown(term, node) for term in quad))
    return {node: frozenset(lines) for node, lines in looks.items()}


def _shown(term: object, node: str) -> str:
    if isinstance(term, BlankNode):
        return "_:a" if term.value == node else "_:z"
    return str(term)
