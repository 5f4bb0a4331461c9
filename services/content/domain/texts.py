"""Localised texts: tags, fallback, every text of a record, and complete languages."""

import re
from collections.abc import Iterator, Mapping

import msgspec

from services.content.domain.course import Course, Texts
from services.kit.records import Record

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that no text holds: badges are XML, which has no way to write them."""
NO_CONTROL = "A text holds no control characters besides tabs and line ends, nor halves of others."
LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
"""BCP 47 as far as courses need it: language, script, region."""


def fallbacks(locale: str) -> tuple[str, ...]:
    """Return the tags to try for a locale, best first: pt-BR gives pt-BR, pt."""
    parts = locale.split("-")
    return tuple("-".join(parts[:end]) for end in range(len(parts), 0, -1))


def all_texts(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Texts]]:
    """Yield every localised text of a record with its JSON path, in the order of the document."""
    if isinstance(node, Mapping):
        yield path, node
    elif isinstance(node, tuple):
        for index, item in enumerate(node):
            yield from all_texts(item, (*path, str(index)))
    elif isinstance(node, Record):
        for field in msgspec.structs.fields(type(node)):
            value = getattr(node, field.name)
            yield from all_texts(value, (*path, field.encode_name))


def complete_locales(course: Course) -> tuple[str, ...]:
    """Return the course's language, then every language that all of its texts have, sorted."""
    texts = [text for _, text in all_texts(course)]
    found = {tag for text in texts for tag in text}
    complete = {tag for tag in found if all(tag in text for text in texts)}
    return (course.language, *sorted(complete - {course.language}))


def missing_texts(course: Course) -> dict[str, list[tuple[str, ...]]]:
    """Return, for each language that only some texts have, the paths of those that lack it."""
    texts = list(all_texts(course))
    found = {tag for _, text in texts for tag in text} - {course.language}
    gaps = {tag: [path for path, text in texts if tag not in text] for tag in sorted(found)}
    return {tag: paths for tag, paths in gaps.items() if paths}
