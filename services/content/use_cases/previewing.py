"""Previewing: what publishing a draft would change of the course."""

from services.content import contract
from services.content.domain.outline import compare
from services.content.domain.pictures import picture_hashes
from services.content.domain.problem import Problem
from services.content.use_cases.comparing import Comparing, Edition
from services.content.use_cases.library import Library
from services.content.use_cases.packing import Packing
from services.content.use_cases.ports import MediaStore, StoredCourse
from services.content.use_cases.projection import Release, project
from services.kit.errors import Code
from services.kit.ids import version_id

IMAGE_WIDTH = 720
"""Of the pictures whose bytes are counted: what a phone asks for unless it says otherwise."""


class Previewing:
    """Tells what publishing would change; changes nothing."""

    def __init__(
        self, comparing: Comparing, library: Library, packing: Packing, media: MediaStore
    ) -> None:
        """Keep who compares, and who knows the files of packs."""
        self._comparing = comparing
        self._library = library
        self._packing = packing
        self._media = media

    async def preview(
        self, course: StoredCourse, problems: tuple[Problem, ...]
    ) -> contract.PublishPreview:
        """Return what publishing the draft of a course would change; `problems` stand in its way.

        Files are made of whole courses alone: while there are problems, the bytes are those of the
        lessons' JSON, uncompressed and without media.
        """
        draft = await self._comparing.draft(course)
        difference = compare(await self._comparing.published(course), draft.outline)
        fetched = difference.lesson_bytes if problems else await self._bytes_to_fetch(course, draft)
        return contract.PublishPreview(
            target=contract.Target(course_id=course.id, version_id=version_id(draft.frozen.hash)),
            difference=difference,
            bytes_to_fetch=fetched,
            problems=tuple(
                contract.Problem(code=Code.INVALID, message=each.message, path=each.path)
                for each in problems
            ),
        )

    async def _bytes_to_fetch(self, course: StoredCourse, draft: Edition) -> int:
        """Return what a phone that has the published version downloads for the draft."""
        digest = course.published_hash
        if digest == draft.frozen.hash:
            return 0
        held = None
        if digest is not None:
            held = (await self._library.versions({digest})).get(digest)
        media = await self._media.media(picture_hashes(draft.frozen.course))
        release = Release(
            organisation=course.organisation, number=0, published_at=course.updated_at
        )
        return await self._packing.bytes_to_fetch(
            None if held is None else held.public,
            project(draft.frozen, release, media=media),
            image_width=IMAGE_WIDTH,
        )
