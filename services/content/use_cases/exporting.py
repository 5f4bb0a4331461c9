"""Courses as folders in the native format, with their pictures as they were brought in."""

import asyncio
from collections.abc import Mapping

from services.content.domain import native
from services.content.domain.course import Course
from services.content.domain.freezing import thaw
from services.content.domain.pictures import picture_hashes
from services.content.use_cases.access import author_organisation, may_write
from services.content.use_cases.comparing import read_document
from services.content.use_cases.ports import CourseStore, MediaStore, StoredCourse, VersionStore
from services.kit.errors import NotFound
from services.kit.records import Actor, Record

_PAGE = 100


class Exported(Record):
    """A course folder."""

    slug: str
    files: Mapping[str, bytes]
    """Path to content; paths are relative, use `/` and stay inside."""
    lacks: int = 0
    """Pictures whose originals are not stored, and so are not among the files."""


class Exporting:
    """Reads drafts and versions of the actor's organisation into folders."""

    def __init__(self, courses: CourseStore, versions: VersionStore, media: MediaStore) -> None:
        """Keep the stores."""
        self._courses = courses
        self._versions = versions
        self._media = media

    async def slugs(self, actor: Actor) -> tuple[str, ...]:
        """Return the slugs of all courses that an actor may write."""
        organisation, slugs = author_organisation(actor), list[str]()
        after: str | None = None
        while True:
            page, _ = await self._courses.organisation_page(organisation, after=after, limit=_PAGE)
            slugs += [course.slug for course in page]
            if len(page) < _PAGE:
                return tuple(sorted(slugs))
            after = page[-1].id

    async def export(
        self, actor: Actor, slug: str, *, version: int | None = None, draft: bool = False
    ) -> Exported:
        """Return the folder of a course: a version by number, the draft, or what is published.

        A course that was never published is its draft. NotFound for what is not there or another
        organisation's; Invalid for a draft that no folder holds.
        """
        author_organisation(actor)
        course = await self._courses.course_by_slug(slug)
        if course is None or not may_write(actor, course.organisation):
            raise NotFound(f"There is no course {slug!r} that you may write.", path=("slug",))
        document = await self._document(course, version=version, draft=draft)
        pictures = await self._pictures(document)
        files = await asyncio.to_thread(native.write, document, pictures)
        return Exported(
            slug=slug, files=files, lacks=len(picture_hashes(document) - pictures.keys())
        )

    async def _document(self, course: StoredCourse, *, version: int | None, draft: bool) -> Course:
        if draft or (version is None and course.published_hash is None):
            return read_document(course.content)
        if version is None:
            wanted = {str(course.published_hash)}
        else:
            wanted = set((await self._versions.hashes_of({course.id})).get(course.id, ()))
        found = (await self._versions.versions(wanted)).values()
        for stored in found:
            if version in {None, stored.number}:
                return thaw(stored.canonical).course
        raise NotFound(f"{course.slug} has no version {version}.", path=("version",))

    async def _pictures(self, document: Course) -> Mapping[str, bytes]:
        pictures: dict[str, bytes] = {}
        for digest in sorted(picture_hashes(document)):
            original = await self._media.original(digest)
            if original is not None:
                pictures[digest] = original
        return pictures
