"""W3C Bitstring Status List 1.0: one bit a credential, published as a credential of its own."""

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from services.credentials.domain.contexts import CREDENTIALS_V2
from services.credentials.domain.instants import format_instant
from services.credentials.domain.multikey import base64url, base64url_decode
from services.kit.errors import Invalid
from services.kit.records import Json

SIZE = 131_072
"""Entries of a list: the least that the specification allows, for one to hide among many."""
MAX_BYTES = 2 * 1024 * 1024
"""Raw bytes that a foreign list may unpack to."""
TTL_SECONDS = 1
"""How long a copy may be held: a revocation is seen within two seconds."""
VALIDITY = timedelta(days=7)
"""How long a signed list counts."""
RENEWAL = timedelta(days=1)
"""After which it is signed anew though no bit changed: signing may fail for six days unnoticed."""
MAX_DIGITS = 9
"""Of an index: more would be outside any list that is read."""


class Purpose(StrEnum):
    """What a bit that is set says."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


_HALF_BITS = 9
_MASK = (1 << _HALF_BITS) - 1
_ROUNDS = 6


def empty() -> bytes:
    """Return the bits of a list in which nothing is set."""
    return bytes(SIZE // 8)


def is_set(bits: bytes, index: int) -> bool:
    """Return the bit at an index, 0 being the left-most; Invalid outside the list."""
    if not 0 <= index < len(bits) * 8:
        raise Invalid(f"The list has no entry {index}.")
    return bool(bits[index >> 3] & 0x80 >> (index & 7))


def with_changes(bits: bytes, changes: Iterable[tuple[int, bool]]) -> bytes:
    """Return the bits with those at some indexes set or cleared, in this order."""
    changed = bytearray(bits)
    for index, value in changes:
        mask = 0x80 >> (index & 7)
        changed[index >> 3] = changed[index >> 3] | mask if value else changed[index >> 3] & ~mask
    return bytes(changed)


def encode(bits: bytes) -> str:
    """Return an encodedList: `u` and base64url of the gzipped bits; equal bits, equal text."""
    return "u" + base64url(gzip.compress(bits, mtime=0))


def decode(text: Json) -> bytes:
    """Return the bits of an encodedList; Invalid when malformed, too short or too large."""
    if not isinstance(text, str) or not text.startswith("u"):
        raise Invalid("The status list is not in multibase base64url.")
    unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        bits = unzip.decompress(base64url_decode(text[1:]), MAX_BYTES)
    except (Invalid, zlib.error) as error:
        raise Invalid("The status list is not gzip in base64url.") from error
    if not unzip.eof or len(bits) * 8 < SIZE:
        raise Invalid(f"The status list has not between {SIZE} and {MAX_BYTES * 8} entries.")
    return bits


def position(counter: int, *, key: bytes) -> int:
    """Return where the counter-th credential of a list stands: a permutation that `key` tells.

    A Feistel network over 18 bits, walked until it falls inside the list: each counter has a place
    of its own.
    """
    if not 0 <= counter < SIZE:
        raise Invalid(f"A status list has {SIZE} entries.")
    place = _permute(counter, key)
    while place >= SIZE:
        place = _permute(place, key)
    return place


def _permute(value: int, key: bytes) -> int:
    left, right = value >> _HALF_BITS, value & _MASK
    for step in range(_ROUNDS):
        mixed = hashlib.blake2b(bytes([step, right >> 8, right & 0xFF]), key=key, digest_size=2)
        left, right = right, left ^ int.from_bytes(mixed.digest()) & _MASK
    return left << _HALF_BITS | right


def entry(list_url: str, index: int, *, purpose: Purpose) -> dict[str, Json]:
    """Return the credentialStatus of one entry."""
    return {
        "id": f"{list_url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": str(purpose),
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def credential(
    list_url: str, *, issuer: str, purpose: Purpose, bits: bytes, valid_from: datetime
) -> dict[str, Json]:
    """Return the list as an unsigned credential; its issuer is that of the credentials in it."""
    return {
        "@context": [CREDENTIALS_V2],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": format_instant(valid_from),
        "validUntil": format_instant(valid_from + VALIDITY),
        "credentialSubject": {
            "id": f"{list_url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": str(purpose),
            "encodedList": encode(bits),
            "ttl": TTL_SECONDS * 1000,
        },
    }


def read(listed: Mapping[str, Json]) -> tuple[tuple[str, ...], bytes]:
    """Return what a list credential is for, and its bits; Invalid when it is no status list."""
    subject = listed.get("credentialSubject")
    if not isinstance(subject, dict) or subject.get("type") != "BitstringStatusList":
        raise Invalid("What stands at the list's address is no status list.")
    purposes = subject.get("statusPurpose")
    named = purposes if isinstance(purposes, list) else [purposes]
    return tuple(str(purpose) for purpose in named), decode(subject.get("encodedList"))


def place(entry: Mapping[str, Json]) -> int:
    """Return where in its list a credentialStatus says that the credential stands; Invalid."""
    index = entry.get("statusListIndex")
    if (
        not isinstance(index, str)
        or not index.isascii()
        or not index.isdigit()
        or len(index) > MAX_DIGITS
    ):
        raise Invalid("Its place in the status list is no whole number.")
    return int(index)
