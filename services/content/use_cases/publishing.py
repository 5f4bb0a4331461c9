"""Publishing: a draft without problems becomes a version, and the course's pointer moves to it."""

from collections.abc import Callable, Collection, Mapping

import msgspec

from services.content.contract import CourseVersion
from services.content.domain.course import Course as Document
from services.content.domain.freezing import Frozen, freeze
from services.content.domain.pictures import picture_hashes
from services.content.domain.problem import Problem
from services.content.domain.validation import find_problems
from services.content.use_cases.cataloguing import Cataloguing
from services.content.use_cases.comparing import Comparing, read_document
from services.content.use_cases.packing import Packing
from services.content.use_cases.ports import (
    CourseStore,
    MediaStore,
    Published,
    StoredCourse,
    StoredVersion,
    VersionStore,
)
from services.content.use_cases.projection import Release, project, summarise
from services.kit.clock import Clock
from services.kit.errors import Conflict, Invalid, StaleRevision
from services.kit.ids import version_id
from services.kit.records import OutboxEntry

CONSUMERS = ("progress", "credentials")
"""Who hears of content.published."""
TRIES = 10
"""Publishes of one course at the same moment that are let through."""


class Publishing:
    """Publishes drafts; publishing the same content again changes nothing."""

    def __init__(  # noqa: PLR0913 - the parts that a publish goes through, each once
        self,
        courses: CourseStore,
        versions: VersionStore,
        media: MediaStore,
        comparing: Comparing,
        packing: Packing,
        *,
        catalogue: Cataloguing,
        wake: Callable[[], None],
        clock: Clock,
    ) -> None:
        """Keep the parts and the clock; `wake` is called when there is something to hear of."""
        self._courses = courses
        self._versions = versions
        self._media = media
        self._comparing = comparing
        self._packing = packing
        self._catalogue = catalogue
        self._wake = wake
        self._clock = clock

    async def problems(self, document: Document) -> tuple[Problem, ...]:
        """Return what stands in the way of publishing a document."""
        stored = await self._media.media(picture_hashes(document))
        return find_problems(document, pictures=stored.keys())

    async def publish(
        self,
        course: StoredCourse,
        *,
        base_revision: int,
        notes: str | None,
        reworded: Collection[str] = (),
    ) -> StoredCourse:
        """Publish a draft; Invalid with the first problem, StaleRevision when it moved on.

        `reworded` are questions of which the author says that only their words changed.
        """
        if course.revision != base_revision:
            raise stale(course.revision)
        document = read_document(course.content)
        problems = await self.problems(document)
        if problems:
            first, more = problems[0], len(problems) - 1
            rest = f" ({more} more problems: see draft.problems)" if more else ""
            raise Invalid(f"{first.message}{rest}", path=("draft", *first.path))
        frozen = freeze(document, course_id=course.id, secret=course.secret)
        if course.published_hash == frozen.hash:
            await self._catalogue.renew(course.id)
            return course
        kept = await self._comparing.kept(course, document, reworded=reworded)
        version = await self._keep(frozen, course, notes, kept)
        await self._packing.ensure(version)  # all files are there before anybody is told of them
        return await self._point(frozen, course)

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
            await self._versions.add_skills(public.skills)
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

    async def _point(self, frozen: Frozen, course: StoredCourse) -> StoredCourse:
        """Move the pointer; who published the same content meanwhile has done it already."""
        stored = await self._media.media(picture_hashes(frozen.course))
        card = summarise(
            frozen.course,
            course_id=course.id,
            organisation=course.organisation,
            media=stored,
            version=version_id(frozen.hash),
        )
        card_bytes = msgspec.msgpack.encode(card)
        published = Published(hash=frozen.hash, at=self._clock(), card=card_bytes)
        moved = await self._courses.move_pointer(
            course, published, _announcement(course, frozen), to=CONSUMERS
        )
        if moved is not None:
            self._wake()
            await self._catalogue.renew(course.id)
            return moved
        current = (await self._courses.courses({course.id})).get(course.id)
        if current is None or current.published_hash != frozen.hash:
            raise stale(course.revision if current is None else current.revision)
        return current


def stale(revision: int) -> StaleRevision:
    """Return the error that says which revision the draft is at."""
    return StaleRevision(
        f"The draft moved on: it is at revision {revision}. Read it again and repeat your change.",
        path=("baseRevision",),
    )


def _announcement(course: StoredCourse, frozen: Frozen) -> OutboxEntry:
    """Return the outbox entry of the next move of the pointer."""
    return OutboxEntry(
        id=f"content.published:{course.id}:{course.published_count + 1}",
        type="content.published",
        data={"courseId": course.id, "versionId": version_id(frozen.hash)},
    )
