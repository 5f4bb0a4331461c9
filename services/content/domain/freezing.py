"""Freezing a course: its canonical JSON, the hash that names it, and the salt that guards it.

The canonical form (RFC 8785) is `{"course": ..., "courseId": ..., "salt": ...}`. The hash is
public, and the answers in a course are few enough to try them all; the salt, 16 secret bytes,
stands in the way. It follows from the course's own secret and the content, so equal content is an
equal version.

The order in which an assessment shows its choices follows from the secret alone: a change elsewhere
in the course leaves it as it is, so that a phone need not fetch the lesson again.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
import rfc8785

from services.content.domain.course import Course
from services.kit.errors import Invalid
from services.kit.records import Record

SALT_BYTES = 16


class Frozen(Record):
    """A course as it is kept for ever."""

    course_id: str
    course: Course
    salt: bytes
    canonical: bytes
    hash: str
    """SHA-256 in hex of the canonical form."""
    order_key: bytes = b""
    """Orders choices; known while publishing only, for what is published keeps its order."""


class _Canonical(Record, rename="camel"):
    course: Course
    course_id: str
    salt: str


def freeze(course: Course, *, course_id: str, secret: bytes) -> Frozen:
    """Return a course frozen; `secret` is the course's own, 32 bytes. Invalid for huge numbers."""
    content = _canonical(course)
    salt = hmac.digest(secret, content, hashlib.sha256)[:SALT_BYTES]
    whole = _Canonical(course=course, course_id=course_id, salt=urlsafe_b64encode(salt).decode())
    canonical = _canonical(whole)
    return Frozen(
        course_id=course_id,
        course=course,
        salt=salt,
        canonical=canonical,
        hash=hashlib.sha256(canonical).hexdigest(),
        order_key=_order_key(secret),
    )


def freeze_preview(course: Course, *, course_id: str, secret: bytes) -> Frozen:
    """Return a course frozen as nobody publishes it: its hash, and all its ids, are of no version.

    Choices stand as they will once it is published. Invalid for huge numbers.
    """
    apart = hmac.digest(secret, b"previews", hashlib.sha256)
    frozen = freeze(course, course_id=course_id, secret=apart)
    return msgspec.structs.replace(frozen, order_key=_order_key(secret))


def _order_key(secret: bytes) -> bytes:
    return hmac.digest(secret, b"order of choices", hashlib.sha256)


def _canonical(record: Record) -> bytes:
    try:
        return bytes(rfc8785.dumps(msgspec.to_builtins(settle(record))))
    except rfc8785.CanonicalizationError as error:
        raise Invalid("A number in the course is larger than JSON holds exactly.") from error


def settle(node: object) -> object:
    """Return a record in which what equals its default is the default itself: JSON omits it.

    `omit_defaults` asks for the very object: a pass score that was written out would be another
    version than the same one that was left out.
    """
    if isinstance(node, tuple):
        return tuple(map(settle, node))
    if not isinstance(node, Record):
        return node
    changed = {}
    for field in msgspec.structs.fields(type(node)):
        value = getattr(node, field.name)
        settled = field.default if value == field.default else settle(value)
        if settled is not value:
            changed[field.name] = settled
    return msgspec.structs.replace(node, **changed) if changed else node


def thaw(canonical: bytes) -> Frozen:
    """Return the course that a canonical form holds."""
    whole = msgspec.json.decode(canonical, type=_Canonical)
    return Frozen(
        course_id=whole.course_id,
        course=whole.course,
        salt=urlsafe_b64decode(whole.salt),
        canonical=canonical,
        hash=hashlib.sha256(canonical).hexdigest(),
    )
