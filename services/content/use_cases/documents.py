"""Course documents as they come and as they are kept: JSON both times."""

import msgspec

from services.content.domain.course import Course as Document
from services.kit.errors import Invalid, LimitReached

MAX_DOCUMENT_BYTES = 4 * 1024 * 1024
"""Of a draft's JSON; a version keeps it about three times, in one document of 16 MB at most."""


def convert(content: object) -> Document:
    """Return a course document from JSON; Invalid with the path of what does not fit."""
    try:
        return msgspec.convert(content, Document)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$")
        steps = where.rstrip("`").replace("[", ".").replace("]", "").strip(".")
        path = tuple(step for step in steps.split(".") if step)
        raise Invalid(f"This is no course document: {message}.", path=("content", *path)) from error


def encode(document: Document) -> bytes:
    """Return a document in JSON; Invalid for broken text, LimitReached above the limit."""
    try:
        content = msgspec.json.encode(document)
    except UnicodeEncodeError as error:
        raise Invalid(
            "A text holds half a character (a lone surrogate).", path=("content",)
        ) from error
    if len(content) > MAX_DOCUMENT_BYTES:
        most = MAX_DOCUMENT_BYTES >> 20
        raise LimitReached(f"A course document has at most {most} MB.", path=("content",))
    return content
