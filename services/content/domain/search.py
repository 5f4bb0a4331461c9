"""Words of the catalogue's search: case and accents folded, prefixes, CJK in pairs."""

import re
import unicodedata
from collections.abc import Iterable

MAX_PREFIX = 11
MIN_PREFIX = 2
MAX_QUERY_TERMS = 16
MAX_TERMS = 4000
"""Of one course; a multikey index pays for each."""
_WORD = re.compile(r"[^\W_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")


def index_terms(texts: Iterable[str]) -> list[str]:
    """Return the terms under which texts are found, sorted: words, prefixes, CJK pairs."""
    terms: set[str] = set()
    for word in _words(" ".join(texts)):
        if _CJK.match(word):
            terms.update(word)
            terms.update(_pairs(word))
        else:
            terms.add(word)
            terms.update(word[:end] for end in range(MIN_PREFIX, min(len(word), MAX_PREFIX) + 1))
        if len(terms) > MAX_TERMS:
            break
    return sorted(terms)


def query_terms(query: str) -> tuple[str, ...]:
    """Return the terms that a query asks for; a course is found when it has them all."""
    terms: dict[str, None] = {}
    for word in _words(query):
        terms |= dict.fromkeys(_pairs(word) if _CJK.match(word) and len(word) > 1 else [word])
    return tuple(terms)[:MAX_QUERY_TERMS]


def fold(text: str) -> str:
    """Return a text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _words(text: str) -> list[str]:
    """Return the folded words of a text; a run of CJK letters is a word of its own."""
    spaced = _CJK.sub(lambda match: f" {match[0]} ", unicodedata.normalize("NFC", fold(text)))
    return _WORD.findall(spaced)


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)]
