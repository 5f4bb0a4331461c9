"""Previewing: what a draft looks like to learners, and what publishing it would change."""

import asyncio
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from services.content import contract
from services.content.domain.course import AnyBlock, QuestionBlock
from services.content.domain.course import Course as Document
from services.content.domain.freezing import freeze_preview
from services.content.domain.outline import compare
from services.content.domain.pictures import StoredPicture, picture_hashes
from services.content.domain.problem import Problem
from services.content.domain.validation import find_advice
from services.content.use_cases.comparing import Comparing, Edition, read_document
from services.content.use_cases.library import Library
from services.content.use_cases.packing import Packing
from services.content.use_cases.ports import MediaStore, StoredCourse
from services.content.use_cases.projection import Release, project
from services.kit.errors import Code, Invalid
from services.kit.ids import version_id

IMAGE_WIDTH = 720
"""Of the pictures whose bytes are counted: what a phone asks for unless it says otherwise."""


class Previewing:
    """Shows drafts, and tells what publishing would change; changes nothing."""

    def __init__(
        self, comparing: Comparing, library: Library, packing: Packing, media: MediaStore
    ) -> None:
        """Keep who compares, and who knows the files of packs."""
        self._comparing = comparing
        self._library = library
        self._packing = packing
        self._media = media

    async def show(
        self, course: StoredCourse, problems: Sequence[Problem]
    ) -> contract.CourseVersion | None:
        """Return the draft of a course as learners would see it; nothing is stored.

        What cannot be shown is left out: pictures that are not stored, and partial credit that has
        problems. None where the content has no canonical form, so that nobody could publish it.
        """
        document = _without_faulty_credit(read_document(course.content), problems)
        media = await self._media.media(picture_hashes(document))
        return await asyncio.to_thread(_project, course, document, media)

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
            problems=_told(problems),
            advice=_told(find_advice(draft.frozen.course)),
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
        return await self._packing.bytes_to_fetch(
            None if held is None else held.public,
            project(draft.frozen, _release(course), media=media),
            image_width=IMAGE_WIDTH,
        )


def _told(problems: Sequence[Problem]) -> tuple[contract.Problem, ...]:
    return tuple(
        contract.Problem(code=Code.INVALID, message=each.message, path=each.path)
        for each in problems
    )


def _project(
    course: StoredCourse, document: Document, media: Mapping[str, StoredPicture]
) -> contract.CourseVersion | None:
    try:
        frozen = freeze_preview(document, course_id=course.id, secret=course.secret)
    except Invalid:
        return None
    return project(frozen, _release(course), media=media)


def _release(course: StoredCourse) -> Release:
    """Return what stands in the place of a publication; no version has the number 0."""
    return Release(organisation=course.organisation, number=0, published_at=course.updated_at)


def _without_faulty_credit(document: Document, problems: Sequence[Problem]) -> Document:
    """Return the document without the partial credit of questions in which it is wrong."""
    faulty = {each.path[:6] for each in problems if each.path[6:8] == ("question", "mapping")}
    if not faulty:
        return document

    def mend(path: tuple[str, ...], block: AnyBlock) -> AnyBlock:
        if path not in faulty or not isinstance(block, QuestionBlock):
            return block
        return replace(block, question=replace(block.question, mapping=None))

    modules = []
    for at, module in enumerate(document.modules):
        lessons = []
        for index, lesson in enumerate(module.lessons):
            path = ("modules", str(at), "lessons", str(index), "blocks")
            blocks = (mend((*path, str(n)), block) for n, block in enumerate(lesson.blocks))
            lessons.append(replace(lesson, blocks=tuple(blocks)))
        modules.append(replace(module, lessons=tuple(lessons)))
    return replace(document, modules=tuple(modules))
