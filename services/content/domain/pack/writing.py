"""Writing the files of a version: each lesson in each language, and an index in each.

A file is made from what everybody may see, so it tells of an assessment what the API tells. Ids
lose their version at the end, wherever they stand in the bytes: the 126 bits that mark them as this
version's own occur in no text by chance.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args, get_type_hints

import msgspec

from services.content import contract
from services.content.contract import LocalText, PackFileKind
from services.content.domain.pack import document
from services.content.domain.pack.encodings import file_hash
from services.content.domain.pack.manifest import (
    WEBP,
    FileFacts,
    ImageRendition,
    LessonFiles,
    Manifest,
)
from services.content.domain.texts import fallbacks
from services.kit.ids import ITEMS, loose_id
from services.kit.records import Record

Renditions = Mapping[str, tuple[ImageRendition, ...]]
"""The renditions of each picture by the hash of its original, narrowest first."""
_SOURCES = {"skill_ids": "skills"}
"""Fields of files that the contract has under another name."""
_MARK = 21
"""Characters of an item's id that all of its version share, behind the kind."""


class Written(Record):
    """The files of a version."""

    manifest: Manifest
    texts: Mapping[str, bytes]
    """Lessons and indexes by hash; pictures are where they were."""


def write_files(version: contract.CourseVersion, renditions: Renditions) -> Written:
    """Return all files of a version; takes a while, so not on the event loop."""
    loosen, shelf = _loosener(version), _Shelf()
    lessons = [lesson for module in version.modules for lesson in module.lessons]
    texts: dict[str, dict[str, str]] = {lesson.id: {} for lesson in lessons}
    indexes: dict[str, str] = {}
    for locale in _languages(version):
        writer = _Writer(renditions, (*fallbacks(locale), version.language))
        sizes: dict[str, tuple[str, int]] = {}
        for lesson in lessons:
            data = loosen(writer.show(lesson))
            digest = shelf.put(data, PackFileKind.LESSON, locale)
            texts[lesson.id][locale], sizes[lesson.id] = digest, (digest, len(data))
        index = loosen(writer.index(version, locale, sizes))
        indexes[locale] = shelf.put(index, PackFileKind.INDEX, locale)
    found = [_lesson_files(lesson, texts[lesson.id], renditions) for lesson in lessons]
    pictures = {each for lesson in found for picture in lesson.pictures for each in picture}
    manifest = Manifest(
        version_hash=version.hash,
        language=version.language,
        files=shelf.facts | {each.hash: _facts(each) for each in pictures},
        indexes=indexes,
        lessons=tuple(found),
    )
    return Written(manifest=manifest, texts=shelf.texts)


class _Shelf:
    """Files by hash: languages whose texts are equal share one."""

    def __init__(self) -> None:
        self.texts: dict[str, bytes] = {}
        self.facts: dict[str, FileFacts] = {}

    def put(self, data: bytes, kind: PackFileKind, locale: str) -> str:
        """Keep a file that serves a language, and return its hash."""
        digest = file_hash(data)
        self.texts[digest] = data
        known = self.facts.get(digest)
        locales = (*known.locales, locale) if known else (locale,)
        self.facts[digest] = FileFacts(kind=kind, bytes=len(data), locales=locales)
        return digest


def _facts(picture: ImageRendition) -> FileFacts:
    return FileFacts(kind=PackFileKind.IMAGE, bytes=picture.bytes)


def picture_hashes(version: contract.CourseVersion) -> frozenset[str]:
    """Return the hashes of the pictures that its lessons show."""
    return frozenset(image.hash for image in _images(version.modules))


class _Writer:
    """Shows records of the contract as records of the files, in one language."""

    def __init__(self, renditions: Renditions, chain: tuple[str, ...]) -> None:
        self._renditions = renditions
        self._chain = chain

    def index(
        self, version: contract.CourseVersion, locale: str, files: Mapping[str, tuple[str, int]]
    ) -> document.PackIndex:
        """Return the index; `files` has hash and size of each lesson's file by the lesson's id."""
        return document.PackIndex(
            course_id=version.course_id,
            slug=version.slug,
            version=version.hash,
            number=version.number,
            locale=locale,
            title=self._pick(version.title),
            summary=self._pick(version.summary),
            minutes=version.minutes,
            skills=tuple(
                document.Skill(id=each.id, name=self._pick(each.names, each.name))
                for each in version.skills
            ),
            modules=tuple(
                document.IndexedModule(
                    id=module.id,
                    key=module.key,
                    title=self._pick(module.title),
                    lessons=tuple(self._indexed(each, files[each.id]) for each in module.lessons),
                )
                for module in version.modules
            ),
        )

    def _indexed(self, lesson: contract.Lesson, file: tuple[str, int]) -> document.IndexedLesson:
        digest, size = file
        return document.IndexedLesson(
            id=lesson.id,
            key=lesson.key,
            title=self._pick(lesson.title),
            minutes=lesson.minutes,
            kind=lesson.kind,
            hash=digest,
            url=f"{contract.PACKS_PATH}{digest}",
            bytes=size,
        )

    def show(self, value: Any) -> Any:
        """Return a record, or a tuple of them, for a file; all else as it is."""
        if isinstance(value, contract.Image):
            return self._image(value)
        if isinstance(value, Record):
            shown = getattr(document, type(value).__name__)
            return shown(**{name: self._field(value, name) for name in shown.__struct_fields__})
        return tuple(map(self.show, value)) if isinstance(value, tuple) else value

    def _field(self, record: Record, name: str) -> Any:
        name = _SOURCES.get(name, name)
        value = getattr(record, name)
        if name in _text_fields(type(record)):
            return None if value is None else self._pick(value)
        return self.show(value)

    def _image(self, image: contract.Image) -> document.Image:
        return document.Image(
            id=image.id,
            alt=self._pick(image.alt),
            width=image.width,
            height=image.height,
            renditions=tuple(
                document.ImageFile(
                    hash=each.hash,
                    url=f"{contract.PACKS_PATH}{each.hash}",
                    media_type=WEBP,
                    width=each.width,
                    bytes=each.bytes,
                )
                for each in self._renditions.get(image.hash, ())
            ),
        )

    def _pick(self, text: LocalText, otherwise: str | None = None) -> str:
        """Return the text in the first language of the chain that it has, else `otherwise`.

        Where that is not given, the text in any language.
        """
        found = (text[tag] for tag in self._chain if tag in text)
        return next(found, next(iter(text.values()), "") if otherwise is None else otherwise)


def _lesson_files(
    lesson: contract.Lesson, texts: Mapping[str, str], renditions: Renditions
) -> LessonFiles:
    shown = dict.fromkeys(image.hash for image in _images(lesson.blocks))
    pictures = tuple(renditions[each] for each in shown if renditions.get(each))
    return LessonFiles(id=lesson.id, texts=texts, pictures=pictures)


def _loosener(version: contract.CourseVersion) -> Any:
    """Return a function from a record of a file to its bytes, whose ids name no version."""
    mark = version.modules[0].id[4 : 4 + _MARK] if version.modules else ""
    kinds = "|".join(sorted(ITEMS))
    own = re.compile(rf"(?:{kinds})_{re.escape(mark)}[A-Za-z0-9_-]{{22}}".encode())

    def loosen(record: document.Entry) -> bytes:
        return own.sub(lambda id_: loose_id(id_[0].decode()).encode(), msgspec.json.encode(record))

    return loosen


@cache
def _text_fields(record: type[Record]) -> frozenset[str]:
    """Return the names of a record's fields that are texts in several languages."""
    hints = get_type_hints(record)
    return frozenset(name for name, hint in hints.items() if LocalText in (hint, *get_args(hint)))


def _languages(version: contract.CourseVersion) -> tuple[str, ...]:
    """Return the course's language, then all others that any of its texts has, sorted."""
    found = {tag for text in (version.title, version.summary) for tag in text}
    found |= set(_tags(version.modules))
    return (version.language, *sorted(found - {version.language}))


def _tags(value: object) -> Iterator[str]:
    if isinstance(value, tuple):
        for each in value:
            yield from _tags(each)
    elif isinstance(value, Record):
        texts = _text_fields(type(value))
        for name in type(value).__struct_fields__:
            field = getattr(value, name)
            yield from (field or ()) if name in texts else _tags(field)


def _images(value: object) -> Iterator[contract.Image]:
    """Yield the pictures in a record, in order."""
    if isinstance(value, contract.Image):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _images(each)
    elif isinstance(value, Record):
        for name in type(value).__struct_fields__:
            yield from _images(getattr(value, name))
