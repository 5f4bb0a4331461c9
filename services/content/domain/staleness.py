"""Stale translations: those whose source text is another than when they were translated.

Texts are told apart by stable keys, not by their place: a lesson that moves takes its marks along.
A key that was made of a text changes with it; then the unchanged translation says which it was.
A mark is the hash of the source text that a translation was made of, kept while that is not the
source text of now. So a translation is fresh again when it changes, when its author confirms it, or
when the source is what it was; the order of edits to different texts does not matter.
"""

import hashlib
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TypeAlias

import msgspec

from services.content.contract.catalog import Translation
from services.content.domain.course import Course, Lesson, Texts
from services.kit.records import Record

HASH_DIGITS = 32
Path: TypeAlias = tuple[str, ...]
"""JSON path of a text in its document."""
Marks: TypeAlias = Mapping[str, str]
"""Address and language of each stale translation, to the hash of the source it was made of."""


def mark(
    before: Course,
    marks: Marks,
    after: Course,
    *,
    confirmed: AbstractSet[Translation] = frozenset(),
) -> Marks:
    """Return the marks of a document that takes the place of another, which has `marks`.

    Another language of the course makes other texts the source: no mark outlives that.
    """
    if before.language != after.language:
        return {}
    old = {address: texts for _, address, texts in _addressed(before)}
    new = list(_addressed(after))
    renamed = _by_words(old, gone=old.keys() - {address for _, address, _ in new})
    found: dict[str, str] = {}
    for path, address, texts in new:
        for locale in _translated(texts, after.language):
            was = address
            if address not in old:
                was = renamed.get((*_around(address), locale, texts[locale]), ())
            known = old.get(was, {})
            unchanged = known.get(locale) == texts[locale]
            if not unchanged or Translation(path=path, locale=locale) in confirmed:
                continue
            made_of = marks.get(_name(was, locale)) or _hash(known.get(after.language))
            if made_of != _hash(texts.get(after.language)):
                found[_name(address, locale)] = made_of
    return found


def stale_translations(course: Course, marks: Marks) -> tuple[Translation, ...]:
    """Return the translations of a document that its marks say are stale, in its order."""
    return tuple(
        Translation(path=path, locale=locale)
        for path, address, texts in (_addressed(course) if marks else ())
        for locale in sorted(_translated(texts, course.language))
        if _name(address, locale) in marks
    )


def translations(course: Course) -> frozenset[Translation]:
    """Return all translations of a document."""
    return frozenset(
        Translation(path=path, locale=locale)
        for path, _, texts in _addressed(course)
        for locale in _translated(texts, course.language)
    )


def _by_words(old: Mapping[Path, Texts], *, gone: AbstractSet[Path]) -> Mapping[Path, Path]:
    """Return the addresses that are gone, by the words of their translations.

    A key that was made of a text is another when the text is: what is translated word for word the
    same, in the same field of the same lesson, is the same text.
    """
    return {
        (*_around(address), locale, text): address
        for address, texts in old.items()
        if address in gone
        for locale, text in texts.items()
    }


def _around(address: Path) -> Path:
    """Return the lesson that a text is in, or the part of the course, and its field."""
    held = address[:2] if address[0] == "lessons" else address[:1]
    return (*held, address[-1])


def _translated(texts: Texts, language: str) -> AbstractSet[str]:
    return texts.keys() - {language}


def _addressed(
    node: object, path: Path = (), address: Path = ()
) -> Iterator[tuple[Path, Path, Texts]]:
    """Yield every text with its path, and with an address that does not depend on its place."""
    if isinstance(node, Mapping):
        yield path, address, node
    elif isinstance(node, tuple):
        for index, item in enumerate(node):
            key = getattr(item, "key", None)
            # a lesson's key is unique in the course: it may move to another module
            held = ("lessons",) if isinstance(item, Lesson) else address
            at = (*held, str(index) if key is None else f"#{key}")
            yield from _addressed(item, (*path, str(index)), at)
    elif isinstance(node, Record):
        for field in msgspec.structs.fields(type(node)):
            name = field.encode_name
            yield from _addressed(getattr(node, field.name), (*path, name), (*address, name))


def _name(address: Path, locale: str) -> str:
    return "/".join((*address, locale))


def _hash(source: str | None) -> str:
    return hashlib.sha256((source or "").encode()).hexdigest()[:HASH_DIGITS]
