"""Records as documents of MongoDB, and insertions that a unique index may stop."""

from collections.abc import Awaitable
from datetime import datetime
from typing import TypeVar

import msgspec
from pymongo.errors import DuplicateKeyError

from services.kit.mongo import Document
from services.kit.records import Record

_NATIVE = (bytes, datetime)
R = TypeVar("R", bound=Record)


def to_document(record: Record, key: str) -> Document:
    """Return a record as a document, with its field `key` as `_id`."""
    document: Document = msgspec.to_builtins(record, builtin_types=_NATIVE)
    document["_id"] = document.pop(key)
    return document


def to_record(document: Document, kind: type[R], key: str) -> R:
    """Return the record of a document, with `_id` as its field `key`."""
    values = {**document, key: document["_id"]}
    return msgspec.convert(values, kind, builtin_types=_NATIVE)


async def inserted(insertion: Awaitable[None]) -> bool:
    """Return whether an insertion went through; False where a unique index has it already."""
    try:
        await insertion
    except DuplicateKeyError:
        return False
    return True
