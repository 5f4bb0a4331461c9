"""Course documents as they come and as they are kept: JSON both times."""

from collections.abc import Sequence

import msgspec

from services.content.contract import Translation
from services.content.domain.course import Course as Document
from services.content.domain.staleness import translations
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


def check_confirmed(confirmed: Sequence[Translation], document: Document) -> frozenset[Translation]:
    """Return what an author confirms; Invalid, with its place, for what is no translation."""
    known = translations(document) if confirmed else frozenset()
    for index, each in enumerate(confirmed):
        if each not in known:
            message = (
                f"There is no translation to {each.locale} at {'.'.join(each.path)[:200]!r}: name "
                "a text of the content as CourseDraft.staleTranslations does."
            )
            raise Invalid(message, path=("confirmTranslations", str(index)))
    return frozenset(confirmed)


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
