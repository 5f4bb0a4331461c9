"""Publishing: a draft without problems becomes a version, and the course's pointer moves to it."""

from collections.abc import Mapping

import msgspec

from services.content.contract import CourseVersion
from services.content.domain.course import Course as Document
from services.content.domain.files import file_hashes, media_hashes
from services.content.domain.freezing import Frozen, freeze, thaw
from services.content.domain.pictures import picture_hashes
from services.content.domain.problem import Problem
from services.content.domain.validation import find_problems
from services.content.use_cases.comparing import Comparing, read_document
from services.content.use_cases.packing import Packing
from services.content.use_cases.pointers import TRIES, Pointers, Terms, stale
from services.content.use_cases.ports import (
    MediaStore,
    Published,
    Remarks,
    StoredCourse,
    StoredVersion,
    VersionStore,
)
from services.content.use_cases.projection import Release, project, summarise
from services.kit.clock import Clock
from services.kit.errors import Conflict, Invalid, NotFound
from services.kit.ids import version_id


class Publishing:
    """Publishes drafts; publishing the same content again changes nothing."""

    def __init__(
        self,
        versions: VersionStore,
        media: MediaStore,
        comparing: Comparing,
        packing: Packing,
        pointers: Pointers,
        *,
        clock: Clock,
    ) -> None:
        """Keep the parts and the clock."""
        self._versions = versions
        self._media = media
        self._comparing = comparing
        self._packing = packing
        self._pointers = pointers
        self._clock = clock

    async def problems(self, document: Document) -> tuple[Problem, ...]:
        """Return what stands in the way of publishing a document."""
        pictures = await self._media.media(picture_hashes(document))
        played = (await self._media.files(file_hashes(document))).values()
        files = {address for file in played for address in file.addresses}
        return find_problems(document, pictures=pictures.keys(), files=files)

    async def check(
        self, course: StoredCourse, content: bytes, remarks: Remarks
    ) -> tuple[Document, Mapping[str, str]]:
        """Return the document of a draft, and what it keeps of the questions before it.

        Invalid with every problem while it has any.
        """
        document = read_document(content)
        await self._media.keep(media_hashes(document))  # before the look: a sweep may be at work
        problems = await self.problems(document)
        if problems:
            raise _refusal(problems)
        return document, await self._comparing.kept(course, document, reworded=remarks.reworded)

    async def publish(
        self, course: StoredCourse, *, base_revision: int, remarks: Remarks
    ) -> StoredCourse:
        """Publish a draft; Invalid with all its problems, StaleRevision when it moved on."""
        if course.revision != base_revision:
            raise stale(course.revision)
        terms = Terms(revision=base_revision)
        return await self._publish(course, course.content, remarks, terms)

    async def publish_scheduled(
        self, course: StoredCourse, content: bytes, remarks: Remarks, *, lease: str
    ) -> StoredCourse:
        """Publish what was scheduled, unless somebody else has taken it since."""
        return await self._publish(course, content, remarks, Terms(lease=lease))

    async def roll_back(self, course: StoredCourse, number: int) -> StoredCourse:
        """Move the pointer to the version of that number; NotFound when there is none."""
        version = await self._versions.numbered(course.id, number)
        if version is None:
            last = await self._versions.next_number(course.id) - 1
            there = f"its versions are 1 to {last}" if last else "it has none"
            raise NotFound(f"The course has no version {number}: {there}.", path=("versionNumber",))
        published = await self._state(thaw(version.canonical), course)
        return await self._pointers.move(course, published, Terms(keeps_schedule=True))

    async def archive(self, course: StoredCourse) -> StoredCourse:
        """Take a course out of the catalogue."""
        return await self._pointers.move(course, None, Terms())

    async def _publish(
        self, course: StoredCourse, content: bytes, remarks: Remarks, terms: Terms
    ) -> StoredCourse:
        document, kept = await self.check(course, content, remarks)
        frozen = freeze(document, course_id=course.id, secret=course.secret)
        if course.published_hash != frozen.hash:
            version = await self._keep(frozen, course, remarks.notes, kept)
            await self._packing.ensure(version)  # all files are there before anybody hears of them
        return await self._pointers.move(course, await self._state(frozen, course), terms)

    async def _keep(
        self, frozen: Frozen, course: StoredCourse, notes: str | None, kept: Mapping[str, str]
    ) -> CourseVersion:
        """Return the version as it is stored; a new one gets the next number."""
        stored = await self._media.media(picture_hashes(frozen.course))
        for _ in range(TRIES):
            known = await self._versions.versions({frozen.hash})
            if frozen.hash in known:
                return msgspec.msgpack.decode(known[frozen.hash].public, type=CourseVersion)
            release = Release(
                organisation=course.organisation,
                number=await self._versions.next_number(course.id),
                published_at=self._clock(),
                notes=notes,
            )
            public = project(frozen, release, media=stored)
            version = StoredVersion(
                hash=frozen.hash,
                course_id=course.id,
                number=release.number,
                published_at=release.published_at,
                notes=notes,
                canonical=frozen.canonical,
                public=msgspec.msgpack.encode(public),
                kept=kept,
            )
            if await self._versions.add_version(version):
                return public
        raise Conflict("Others are publishing this course at the same time: try again.")

    async def _state(self, frozen: Frozen, course: StoredCourse) -> Published:
        """Return what the pointer holds when it stands at a version."""
        card = summarise(
            frozen.course,
            course_id=course.id,
            organisation=course.organisation,
            media=await self._media.media(picture_hashes(frozen.course)),
            version=version_id(frozen.hash),
        )
        return Published(hash=frozen.hash, at=self._clock(), card=msgspec.msgpack.encode(card))


def _refusal(problems: tuple[Problem, ...]) -> Invalid:
    """Return the error that tells of every problem of a draft."""
    (first, path), *others = ((each.message, ("draft", *each.path)) for each in problems)
    return Invalid(first, path=path, others=tuple(others))
