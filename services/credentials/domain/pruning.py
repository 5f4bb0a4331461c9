"""Contexts cut down to what a document can use: most of the time of JSON-LD goes into the rest.

A definition stays when its term is a word of the document, when a definition that stays refers to
it, or when the document's contexts define it more than once: these may contradict each other, and
then the document has no meaning. What is cut away cannot have been looked up.
"""

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from services.kit.records import Json

KEPT = 512
"""Cut contexts that are held; badges of one kind share theirs."""


class Pruner:
    """Cuts contexts; each cut is made once for all documents that use the same terms."""

    def __init__(self, contexts: Mapping[str, Json]) -> None:
        """Keep definitions by the context's address, and which terms refer to which."""
        self._contexts = contexts
        self._references = _references(contexts.values())
        self._contested: dict[frozenset[str], frozenset[str]] = {}
        self._cuts: OrderedDict[tuple[str, frozenset[str]], msgspec.Raw] = OrderedDict()

    def terms(self, document: Json) -> frozenset[str]:
        """Return the terms that a document uses, and those that their definitions need."""
        words = frozenset(_words(document))
        found = {word for word in words if word in self._references}
        found |= self._contested_in(frozenset(self._contexts.keys() & words))
        left = list(found)
        while left:
            new = self._references[left.pop()] - found
            found |= new
            left.extend(new)
        return frozenset(found)

    def _contested_in(self, addresses: frozenset[str]) -> frozenset[str]:
        """Return the terms that some contexts define in several places."""
        known = self._contested.get(addresses)
        if known is None:
            counts = Counter(term for name in addresses for term in _defined(self._contexts[name]))
            known = frozenset(term for term, count in counts.items() if count > 1)
            self._contested[addresses] = known
        return known

    def cut(self, address: str, terms: frozenset[str]) -> msgspec.Raw:
        """Return a context with the definitions of some terms only, encoded."""
        key = address, terms
        made = self._cuts.get(key)
        if made is None:
            made = msgspec.Raw(msgspec.json.encode(_cut(self._contexts[address], terms)))
            self._cuts[key] = made
            while len(self._cuts) > KEPT:
                self._cuts.popitem(last=False)
        return made


def _words(value: Json) -> Iterator[str]:
    """Yield every name and text in a JSON value, and what stands before its first colon."""
    if isinstance(value, str):
        yield value
        if ":" in value:
            yield value.partition(":")[0]
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _words(name)
            yield from _words(item)


def _references(contexts: Iterable[Json]) -> dict[str, frozenset[str]]:
    """Return, for every term that any context defines at any depth, the terms it may refer to."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for context in contexts:
        _collect(context, found)
    return {
        term: frozenset(word for word in words if word in found and word != term)
        for term, words in found.items()
    }


def _collect(context: Json, found: defaultdict[str, set[str]]) -> None:
    for part in context if isinstance(context, list) else [context]:
        for term, definition in part.items() if isinstance(part, dict) else ():
            if term.startswith("@"):
                continue
            plain, scoped = _split(definition)
            found[term].update(_words(plain), _words(term))
            if scoped is not None:
                _collect(scoped, found)


def _defined(context: Json) -> Iterator[str]:
    """Yield the terms that a context defines at any depth, as often as it does."""
    for part in context if isinstance(context, list) else [context]:
        for term, definition in part.items() if isinstance(part, dict) else ():
            if not term.startswith("@"):
                yield term
                yield from _defined(_split(definition)[1])


def _split(definition: Json) -> tuple[Json, Json]:
    """Return a definition without its own context, and that context, None when it has none."""
    if not isinstance(definition, dict):
        return definition, None
    plain = {name: value for name, value in definition.items() if name != "@context"}
    return plain, definition.get("@context")


def _cut(context: Json, terms: frozenset[str]) -> Json:
    if isinstance(context, list):
        return [_cut(part, terms) for part in context]
    if not isinstance(context, dict):
        return context
    return {
        term: _cut_definition(definition, terms)
        for term, definition in context.items()
        if term.startswith("@") or term in terms
    }


def _cut_definition(definition: Json, terms: frozenset[str]) -> Json:
    plain, scoped = _split(definition)
    return plain if scoped is None else {**plain, "@context": _cut(scoped, terms)}
