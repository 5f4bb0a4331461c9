"""Course documents as they come and as they are kept: JSON both times."""

from collections.abc import Iterable, Sequence
from typing import TypeVar, get_args

import msgspec

from services.content.contract import Translation
from services.content.domain.course import AnyBlock, AnyQuestion, LessonKind, Level, Tone
from services.content.domain.course import Course as Document
from services.content.domain.staleness import translations
from services.kit.errors import Invalid, LimitReached

T = TypeVar("T")
MAX_DOCUMENT_BYTES = 4 * 1024 * 1024
"""Of a draft's JSON; a version keeps it about three times, in one document of 16 MB at most."""


def convert(content: object) -> Document:
    """Return a course document from JSON; Invalid with the path of what does not fit."""
    return read(content, Document, what="course document", at="content")


def read(content: object, kind: type[T], *, what: str, at: str) -> T:
    """Return a record from JSON that stands `at` a field; Invalid with the path within."""
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$")
        steps = where.rstrip("`").replace("[", ".").replace("]", "").strip(".")
        path = tuple(step for step in steps.split(".") if step)
        words = _words(path) if message.startswith("Invalid ") else ()
        allowed = f"; it is one of {', '.join(words)}" if words else ""
        raise Invalid(f"This is no {what}: {message}{allowed}.", path=(at, *path)) from error


def _words(path: Sequence[str]) -> Iterable[str]:
    """Return the words that a field takes, where it takes some words alone."""
    match path:
        case [*_, "question", "type"]:
            return [each.__struct_config__.tag for each in get_args(AnyQuestion)]
        case [*_, "type"]:
            return [each.__struct_config__.tag for each in get_args(AnyBlock)]
        case [*_, ("level" | "kind" | "tone") as name]:
            return {"level": Level, "kind": LessonKind, "tone": Tone}[name]
        case _:
            return ()


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
