"""Bringing a package in as the draft of a course."""

import asyncio
from collections.abc import Mapping

from services.content.contract import ImportCourse, ImportFormat, ImportLoss, LossSeverity
from services.content.domain import native
from services.content.domain.course import Course
from services.content.domain.problem import Problem
from services.content.importers import markdown
from services.content.importers.archive import is_zip, read_zip
from services.content.use_cases.ports import MediaStore
from services.content.use_cases.upload_ports import PictureEncoder
from services.content.use_cases.uploading import Uploading
from services.kit.errors import Invalid, LimitReached, Unsupported
from services.kit.records import Actor, Record

MAX_PACKAGE_BYTES = 32 * 1024 * 1024
NOTHING_TO_READ = "No page of the package holds anything to read."


class Brought(Record):
    """What a package holds: a course whose pictures are stored, or why there is none."""

    course: Course | None = None
    losses: tuple[ImportLoss, ...] = ()
    problems: tuple[Problem, ...] = ()


class Importing:
    """Reads packages of each format."""

    def __init__(self, media: MediaStore, encoder: PictureEncoder, uploading: Uploading) -> None:
        """Keep where pictures are stored, who encodes them, and who has what was uploaded."""
        self._media = media
        self._encoder = encoder
        self._uploading = uploading

    async def read(self, actor: Actor, package: ImportCourse) -> Brought:
        """Return the course of a package, or its problems; Unsupported for a format."""
        if package.format is not ImportFormat.MARKDOWN:
            raise Unsupported(f"Import from {package.format} is not built yet.", path=("format",))
        data = package.package
        if package.upload_id is not None:
            data = await self._uploading.package(actor, package.upload_id)
        if len(data) > MAX_PACKAGE_BYTES:
            most = MAX_PACKAGE_BYTES >> 20
            raise LimitReached(f"A package has at most {most} MB.", path=("package",))
        files = await asyncio.to_thread(_files, data)
        if await asyncio.to_thread(native.is_native, files):
            return await self._read_native(files, package.slug)
        return await self._read_book(files, package.slug)

    async def _read_native(self, files: Mapping[str, bytes], slug: str | None) -> Brought:
        """Return the course of a folder that is written for Morsel: any mistake stops it."""
        parsed = await asyncio.to_thread(native.parse, files, slug=slug)
        if parsed.course is None:
            return Brought(problems=parsed.problems)
        unreadable = await self._store_pictures(parsed.pictures, files)
        if unreadable:
            found = (Problem(message=why, path=(path,)) for path, why in unreadable.items())
            return Brought(problems=tuple(found))
        losses = tuple(
            ImportLoss(path=unused.path, severity=LossSeverity.SKIPPED, reason=unused.reason)
            for unused in parsed.unused
        )
        return Brought(course=parsed.course, losses=losses)

    async def _read_book(self, files: Mapping[str, bytes], slug: str | None) -> Brought:
        """Return the course of plain Markdown: what cannot be brought in is named and passed by."""
        book = await asyncio.to_thread(markdown.read_book, files, slug=slug)
        unreadable = await self._store_pictures(book.pictures, files)
        if unreadable:  # their alt texts take their place
            book = await asyncio.to_thread(
                markdown.read_book, files, slug=slug, unreadable=unreadable
            )
        problems = (Problem(message=NOTHING_TO_READ, path=("package",)),)
        return Brought(
            course=book.course,
            losses=book.losses,
            problems=() if book.course is not None else problems,
        )

    async def _store_pictures(
        self, pictures: Mapping[str, str], files: Mapping[str, bytes]
    ) -> Mapping[str, str]:
        """Store pictures that are not there yet; return by path why one is none."""
        known = await self._media.media(set(pictures))
        unreadable: dict[str, str] = {}
        for digest, path in pictures.items():
            if digest in known:
                continue
            try:
                stored, renditions = await self._encoder.encode(files[path], name=path)
            except (Invalid, LimitReached) as error:
                unreadable[path] = error.message
            else:
                await self._media.add_media(stored, renditions, original=files[path])
        return unreadable


def _files(package: bytes) -> Mapping[str, bytes]:
    """Return the files of a zip, or of a package that is a single Markdown file; else Invalid."""
    if is_zip(package):
        return read_zip(package)
    if b"\0" in package:
        raise Invalid("The package is neither a zip nor a Markdown file.", path=("package",))
    return {"course.md": package}
