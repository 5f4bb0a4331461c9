"""Canonical forms of documents that differ in a few texts only, each kind of them worked out once.

The credentials for one achievement are alike but for who, when and how well. So JSON-LD runs once,
over a document with a mark in place of each text that differs. For every other one the lines with
marks are filled in, the nameless nodes are named anew, and the lines sorted. RDFC-1.0 names a
nameless node by the hash of its own lines (4.6.3) while no two nodes have the same hash (4.4.3,
step 4); only hashes of lines with marks change. Whatever is not so plain takes the whole way.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

import msgspec

from services.credentials.domain import proofs, rdf
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.signing import Signer
from services.kit.records import Json, Record

Slots: TypeAlias = "Mapping[str, Slots | None]"

SLOTS: Slots = {
    "id": None,
    "validFrom": None,
    "validUntil": None,
    "awardedDate": None,
    "created": None,  # of a proof's options
    "credentialSubject": {
        "id": None,
        "narrative": None,
        "identifier": {"identityHash": None, "salt": None},
        "result": {"value": None},
    },
    "credentialStatus": {"id": None, "statusListIndex": None, "statusListCredential": None},
    "evidence": {"narrative": None},
    "refreshService": {"id": None},
}
"""Where texts stand that differ, in whichever of these a document has."""
MAX_TEMPLATES = 256
"""Of each kind; the one that was not used for longest goes first."""

_MARK = "https://slot.invalid/"
_TERM = re.compile(rf'<{_MARK}(\d+)/>|"{_MARK}(\d+)/"(.*)', re.DOTALL)
_JSON_MARK = re.compile(rf'"{_MARK}(\d+)/"'.encode())
_LINE = re.compile(
    r"(?P<subject>_:\w+|<[^>]*>) (?P<predicate><[^>]*>) "
    r'(?P<object>_:\w+|<[^>]*>|"(?:[^"\\]|\\.)*"(?:\^\^<[^>]*>|@[\w-]+)?)'
    r"(?: (?P<graph>_:\w+|<[^>]*>))? \.\n"
)
_PLAIN_IRI = re.compile(r"https?://[A-Za-z0-9.:%-]+(?:/[A-Za-z0-9_~:%-]+)*(?:#[A-Za-z0-9_~-]+)?")
"""Addresses that JSON-LD leaves as they are."""
_RARE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class Templates:
    """Canonical forms of whole documents: RDFC-1.0's and RFC 8785's, equal to those of `rdf`."""

    def __init__(self, contexts: Contexts) -> None:
        """Keep the contexts that documents may use."""
        self._contexts = contexts
        self._quads = lru_cache(MAX_TEMPLATES)(self._compile)
        self._json = lru_cache(MAX_TEMPLATES)(_pieces)

    def secure(
        self, document: Mapping[str, Json], *, signer: Signer, created: str
    ) -> dict[str, Json]:
        """Return the document with a proof of each suite, both of the instant `created`."""
        return proofs.secure(
            document, signer=signer, created=created, canonicalise=self.quads, as_json=self.jcs
        )

    def quads(self, document: Mapping[str, Json]) -> bytes:
        """Return the canonical N-Quads of a document; Invalid when they would lack part of it."""
        skeleton, values = _split(document)
        key = msgspec.json.encode(skeleton)
        if _is_marked(key, values):
            template = self._quads(key)
            filled = None if template is None else fill(template, values)
            if filled is not None:
                return filled
        return rdf.canonical(document, self._contexts)

    def jcs(self, document: Mapping[str, Json]) -> bytes:
        """Return the canonical JSON of a document; Invalid for a number that has none."""
        skeleton, values = _split(document)
        key = msgspec.json.encode(skeleton)
        if not _is_marked(key, values) or any(map(_RARE.search, values)):
            return proofs.jcs(document)
        pieces = self._json(key)
        filled = [
            msgspec.json.encode(values[piece]) if isinstance(piece, int) else piece
            for piece in pieces
        ]
        return b"".join(filled)

    def _compile(self, key: bytes) -> "Template | None":
        return compile_quads(rdf.canonical(msgspec.json.decode(key), self._contexts).decode())


class SlotTerm(Record):
    """A term of RDF that holds a text that differs."""

    slot: int
    suffix: str | None
    """Of a literal: its datatype or language. None: an address."""


class Line(Record):
    """A statement; its terms are places in a list of terms."""

    subject: int
    predicate: str
    object: int
    graph: int | None = None


class Node(Record):
    """A nameless node, and the statements that name it."""

    term: int
    lines: tuple[Line, ...]
    hash: str | None
    """Hex; None where it has to be worked out each time."""


class Template(Record):
    """The statements of a kind of document."""

    terms: tuple[str, ...]
    """By place; those of slots and nodes are filled in."""
    slots: tuple[tuple[int, SlotTerm], ...]
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]


def compile_quads(quads: str) -> Template | None:
    """Return the template that canonical N-Quads with marks make; None where marks were changed."""
    places: dict[str, int] = {}
    lines = [
        Line(
            subject=places.setdefault(found["subject"], len(places)),
            predicate=found["predicate"],
            object=places.setdefault(found["object"], len(places)),
            graph=None
            if found["graph"] is None
            else places.setdefault(found["graph"], len(places)),
        )
        for found in _LINE.finditer(quads)
    ]
    slots = [(place, found) for term, place in places.items() if (found := _slot_term(term))]
    if quads.count("\n") != len(lines) or quads.count(_MARK) != _uses(lines, slots):
        return None
    varying = {place for place, _ in slots}
    terms = ["_:z" if term.startswith("_:") else term for term in places]
    nodes = [
        _node(place, lines, terms=terms, varying=varying)
        for term, place in places.items()
        if term.startswith("_:")
    ]
    return Template(terms=tuple(terms), slots=tuple(slots), nodes=tuple(nodes), lines=tuple(lines))


def fill(template: Template, values: Sequence[str]) -> bytes | None:
    """Return canonical N-Quads with these texts; None where the whole way has to be taken."""
    terms = list(template.terms)
    for place, slot in template.slots:
        value = values[slot.slot]
        if slot.suffix is None:
            if _PLAIN_IRI.fullmatch(value) is None:
                return None
            terms[place] = f"<{value}>"
        elif _RARE.search(value):
            return None
        else:
            terms[place] = f'"{value.translate(_ESCAPES)}"{slot.suffix}'
    hashes = {
        node.hash or _hash(node.term, node.lines, terms): node.term for node in template.nodes
    }
    if len(hashes) != len(template.nodes):
        return None
    for number, found in enumerate(sorted(hashes)):
        terms[hashes[found]] = f"_:c14n{number}"
    return "".join(sorted(set(_written(template.lines, terms)))).encode()


def _slot_term(term: str) -> SlotTerm | None:
    found = _TERM.fullmatch(term)
    if found is None:
        return None
    address, text, suffix = found.groups()
    return SlotTerm(slot=int(address or text), suffix=suffix)


def _uses(lines: Sequence[Line], slots: Sequence[tuple[int, SlotTerm]]) -> int:
    """Return how often slots stand in lines: where that is not how often marks do, one changed."""
    varying = {place for place, _ in slots}
    return sum(place in varying for line in lines for place in (line.subject, line.object))


def _node(place: int, lines: Sequence[Line], *, terms: list[str], varying: set[int]) -> Node:
    own = tuple(line for line in lines if place in (line.subject, line.object, line.graph))
    is_fixed = not any({line.subject, line.object} & varying for line in own)
    return Node(term=place, lines=own, hash=_hash(place, own, terms) if is_fixed else None)


def _hash(place: int, lines: Sequence[Line], terms: list[str]) -> str:
    """Return the first degree hash of a node (RDFC-1.0, 4.6.3); all terms of nodes are `_:z`."""
    terms[place] = "_:a"
    written = "".join(sorted(set(_written(lines, terms))))
    terms[place] = "_:z"
    return hashlib.sha256(written.encode()).hexdigest()


def _written(lines: Sequence[Line], terms: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if line.graph is None:
            yield f"{terms[line.subject]} {line.predicate} {terms[line.object]} .\n"
        else:
            yield (
                f"{terms[line.subject]} {line.predicate} {terms[line.object]}"
                f" {terms[line.graph]} .\n"
            )


def _split(document: Mapping[str, Json]) -> tuple[Json, list[str]]:
    """Return a document with marks in place of the texts that differ, and those texts."""
    values: list[str] = []
    return _marked(document, SLOTS, values), values


def _marked(value: Json, slots: Slots, values: list[str]) -> Json:
    if isinstance(value, list):
        return [_marked(item, slots, values) for item in value]
    if not isinstance(value, Mapping):
        return value
    marked = dict(value)
    for name, inner in slots.items():
        found = marked.get(name)
        if inner is not None:
            if found is not None:
                marked[name] = _marked(found, inner, values)
        elif isinstance(found, str):
            marked[name] = f"{_MARK}{len(values)}/"
            values.append(found)
    return marked


def _is_marked(key: bytes, values: Sequence[str]) -> bool:
    """Return whether the marks are all ours: a text may look like one."""
    return key.count(_MARK.encode()) == len(values)


def _pieces(key: bytes) -> tuple[bytes | int, ...]:
    """Return canonical JSON cut at its marks: bytes, and numbers of slots between them."""
    cut = _JSON_MARK.split(proofs.jcs(msgspec.json.decode(key)))
    return tuple(int(piece) if odd % 2 else piece for odd, piece in enumerate(cut))
