"""Signatures: a set of words in 4 kB, asked whether it holds some of them without reading it all.

A Bloom filter of 32,768 bits; a word sets 16 of them. With 650 words inside, which is usual for a
course (a term counts at each rank that it answers to), one that is not there seems to be in one of
10^9 signatures.
"""

import hashlib
from collections.abc import Iterable
from struct import unpack

from services.content.domain.search import MAX_PREFIX

BYTES = 4096


def signature(terms: Iterable[str], *, size: int = BYTES) -> bytes:
    """Return the signature of ranked terms and facets: a term also counts at each lesser rank."""
    bits = bytearray(size)
    for word in {word for term in terms for word in _words(term)}:
        for position in positions(word, size=size):
            bits[position >> 3] |= 1 << (position & 7)
    return bytes(bits)


def positions(word: str, *, size: int = BYTES) -> tuple[int, ...]:
    """Return the 16 bits of a word in a signature of `size` bytes, a power of two up to BYTES."""
    numbers = unpack("<16H", hashlib.blake2b(word.encode(), digest_size=32).digest())
    return tuple(number & (size * 8 - 1) for number in numbers)


def _words(term: str) -> Iterable[str]:
    """Yield what a term answers to: itself at its rank and below, longer prefixes of its word."""
    if not term[0].isdigit():
        yield term
        return
    word = term[1:]
    for rank in range(int(term[0]) + 1):
        for end in range(min(len(word), MAX_PREFIX + 1), len(word) + 1):
            yield f"{rank}{word[:end]}"
