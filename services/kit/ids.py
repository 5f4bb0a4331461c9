"""Identifiers: UUIDv7, and the global ids that clients see.

A global id is a three-letter kind, an underscore and up to 32 bytes in unpadded base64url:
at most 47 characters. It is opaque to clients; services read it through this module alone.
"""

import hashlib
import os
import time
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from enum import StrEnum

from services.kit.errors import NotFound

HALF = 16
"""Bytes of the version in the id of an item, and of the item itself."""


class Kind(StrEnum):
    """The kinds of thing that have a global id."""

    COURSE = "crs"
    VERSION = "ver"
    MODULE = "mod"
    LESSON = "les"
    BLOCK = "blk"
    QUESTION = "qst"
    CHOICE = "cho"
    GAP = "gap"
    CARD = "crd"
    IMAGE = "img"
    UPLOAD = "upl"
    SKILL = "skl"
    JOB_ROLE = "job"
    LEARNER = "lrn"
    ENROLMENT = "enr"
    ACHIEVEMENT = "ach"
    PATHWAY = "pth"
    ISSUER = "iss"
    CREDENTIAL = "cre"
    ENDORSEMENT = "end"
    REVIEW = "rev"
    BOOKMARK = "bkm"
    COHORT = "coh"
    ASSIGNMENT = "asg"
    LEARNER_ASSIGNMENT = "las"


ITEMS = frozenset(
    (Kind.MODULE, Kind.LESSON, Kind.BLOCK, Kind.QUESTION, Kind.CHOICE, Kind.GAP, Kind.CARD)
)
"""The kinds of what stands in a version; their ids are bound to it."""


def uuid7(*, at_ms: int | None = None) -> uuid.UUID:
    """Return a time-ordered UUID (RFC 9562, 5.7): 48 bits of Unix milliseconds, then random."""
    millis = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    value = (millis & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def global_id(kind: Kind, raw: bytes) -> str:
    """Return the global id of `raw`, 1 to 32 bytes."""
    return f"{kind}_{urlsafe_b64encode(raw).rstrip(b'=').decode()}"


def read_id(kind: Kind, text: str) -> bytes:
    """Return the bytes of a global id; NotFound when it is malformed or of another kind."""
    prefix, _, body = text.partition("_")
    try:
        raw = urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except (Base64Error, ValueError):
        raw = b""
    if prefix != kind or not raw or global_id(kind, raw) != text:
        raise NotFound(f"No {kind.name.lower().replace('_', ' ')} has the id {text[:48]!r}.")
    return raw


def kind_of(text: str) -> Kind | None:
    """Return the kind that a global id claims to be, or None."""
    prefix, _, _ = text.partition("_")
    return Kind(prefix) if prefix in list(Kind) else None


def new_id(kind: Kind) -> str:
    """Return a fresh global id: a UUIDv7 of that kind."""
    return global_id(kind, uuid7().bytes)


def version_id(version_hash: str) -> str:
    """Return the id of a course version from its SHA-256 in hex."""
    return global_id(Kind.VERSION, bytes.fromhex(version_hash))


def version_hash(text: str) -> str:
    """Return the SHA-256 in hex that a version's id holds; NotFound when it is malformed."""
    return read_id(Kind.VERSION, text).hex()


def item_id(kind: Kind, version_hash: str, path: str) -> str:
    """Return the id of an item of a version: half of the version's hash, then half of its path's.

    `path` is the item's stable address in the course: `lesson`, `lesson/block`,
    `lesson/block/choice`.
    """
    address = hashlib.sha256(path.encode()).digest()[:HALF]
    return global_id(kind, bytes.fromhex(version_hash)[:HALF] + address)


def loose_id(text: str) -> str:
    """Return the id of an item without its version: the same in every version, as packs have it.

    Any other id is returned as it is.
    """
    kind = kind_of(text)
    return global_id(kind, read_id(kind, text)[-HALF:]) if kind in ITEMS else text


def bound_id(version_hash: str, loose: str) -> str:
    """Return the id that an item has in a version: half of its hash, then the loose id's bytes."""
    kind = kind_of(loose)
    if kind not in ITEMS:
        raise NotFound(f"No item of a version has the id {loose[:48]!r}.")
    return global_id(kind, bytes.fromhex(version_hash)[:HALF] + read_id(kind, loose))


def item_version(kind: Kind, text: str) -> str:
    """Return the first 32 hex digits of the hash of the version that an item id is bound to."""
    return read_id(kind, text)[:HALF].hex()
