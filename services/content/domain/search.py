"""Words of search: folded, prefixes, scripts without spaces in pairs, and how well each matches.

What is searched has keys: a term behind the digit of its rank (`2adding` stands in a title), and
facets such as `tag:maths`. A query term of up to MAX_PREFIX letters is found by its key; a longer
one by the key of its first MAX_PREFIX letters, and then in the list of all words.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from services.kit.records import Record

MAX_PREFIX = 11
MIN_PREFIX = 2
MAX_WORD = 40
MAX_QUERY_TERMS = 16
MAX_TERMS = 500
"""Of one course; a multikey index pays for each. Titles and skills come first with what finds them
by their beginnings, then whole words of the summary and the body, then prefixes of the summary."""
MAX_BODY_TERMS = 300
"""Whole words of a body, or pairs of letters: those it uses most, of equals the earlier ones."""
MAX_NAME_TERMS = 300
"""Of one skill or job role, whose names come in many languages."""
TITLE, SKILL, BODY = RANKS = (2, 1, 0)
"""Where a term stands, best first."""

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\U00020000-\U0003ffff]+"
)
"""Thai, Lao, Burmese, Khmer, kana, Han and Hangul: no spaces between words, or endings on them."""
_MARKS = "".join(chr(code) for code in range(0x10000) if unicodedata.category(chr(code))[0] == "M")
_WORD = re.compile(f"(?:[^\\W_]|[{_MARKS}])+")
_ALIKE = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ـ": "",
    }
)
_HEBREW_AND_ARABIC = range(10, 37)
_ACCENTS = range(200, 256)
"""Combining classes that are dropped; the others are letters to who reads them: か is not が."""


class SearchText(Record):
    """What of a thing is searched, by rank."""

    title: tuple[str, ...]
    skill: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    """Ranks as the body does; its words are found by their beginnings too."""
    body: tuple[str, ...] = ()


def search_terms(text: SearchText, *, most: int = MAX_TERMS) -> tuple[str, ...]:
    """Return the terms of a text, each once behind its best rank, at most `most`."""
    title, skill, summary = map(_words, (text.title, text.skill, text.summary))
    ranked: dict[str, int] = {}
    for rank, terms in (
        (TITLE, _all(_whole, title)),
        (SKILL, _all(_whole, skill)),
        (TITLE, _all(_parts, title)),
        (SKILL, _all(_parts, skill)),
        (BODY, _all(_whole, summary)),
        (BODY, islice(_by_use(text.body), MAX_BODY_TERMS)),
        (BODY, _all(_parts, summary)),
    ):
        for term in terms:
            ranked[term] = max(rank, ranked.get(term, rank))
    return tuple(f"{rank}{term}" for term, rank in islice(ranked.items(), most))


def index_keys(terms: Iterable[str]) -> tuple[str, ...]:
    """Return those terms that an index finds; longer ones have a prefix among them."""
    return tuple(term for term in terms if len(term) <= MAX_PREFIX + 1)


def query_terms(query: str) -> tuple[str, ...]:
    """Return the terms that a query asks for; a thing is found when it has them all."""
    words = _words([query])
    found = dict.fromkeys(
        term
        for word in words
        for term in (_pairs(word) if _UNSPACED.match(word) and len(word) > 1 else [word])
    )
    return tuple(found)[:MAX_QUERY_TERMS]


FOLDED = ("tag", "framework")


def facet(kind: str, value: str) -> str:
    """Return the key of a facet's value, whatever stands in it."""
    plain = value.encode(errors="ignore").decode().replace("\0", " ")
    return f"{kind}:{' '.join((fold(plain) if kind in FOLDED else plain).split())}"


def fold(text: str) -> str:
    """Return a text without case, accents and invisible characters."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_ALIKE))
    return unicodedata.normalize("NFC", decomposed.translate(_KEPT))


class _Kept(dict[int, int | None]):
    """What becomes of each character, for `str.translate`; looked up once."""

    def __missing__(self, code: int) -> int | None:
        self[code] = code if _is_kept(chr(code)) else None
        return self[code]


_KEPT = _Kept()


def _is_kept(letter: str) -> bool:
    combining = unicodedata.combining(letter)
    if combining in _ACCENTS or combining in _HEBREW_AND_ARABIC:
        return False
    return letter.isascii() or unicodedata.category(letter) != "Cf"


def _words(texts: Sequence[str]) -> list[str]:
    """Return the folded words of texts; a run of letters without spaces is a word of its own."""
    spaced = _UNSPACED.sub(lambda match: f" {match[0]} ", fold("\n".join(texts)))
    return [word if _UNSPACED.match(word) else word[:MAX_WORD] for word in _WORD.findall(spaced)]


def _by_use(texts: Sequence[str]) -> Iterator[str]:
    """Yield what stands for whole words, the most used first, each once."""
    used = Counter(_words(texts)).most_common()
    yield from dict.fromkeys(_all(_whole, (word for word, _ in used)))


def _all(cut: Callable[[str], list[str]], words: Iterable[str]) -> Iterator[str]:
    return (term for word in words for term in cut(word))


def _whole(word: str) -> list[str]:
    """Return what stands for a word: itself, with the prefix that finds it; or its pairs."""
    if _UNSPACED.match(word):
        return _pairs(word) if len(word) > 1 else [word]
    return [word, word[:MAX_PREFIX]] if len(word) > MAX_PREFIX else [word]


def _parts(word: str) -> list[str]:
    """Return what else finds a word: its prefixes, or its single letters."""
    if _UNSPACED.match(word):
        return list(word)
    return [word[:end] for end in range(MIN_PREFIX, min(len(word), MAX_PREFIX))]


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)]
