"""Courses out of the service as folders, and in again."""

import msgspec
import pytest

from services.content.app import Content
from services.content.contract import CreateCourse, UpdateDraft
from services.kit.errors import Forbidden, NotFound
from services.kit.records import Actor
from tests.services.content.samples import FRONT, HEAD, folder, package, picture

FILES = folder(
    f"{FRONT}## Look\n![A square](square.png)\n\n## Two and two?\n= 4\n",
    square__png=picture(),
    course__yaml=HEAD,
)


async def test_what_was_exported_is_imported_as_the_same_version(
    content: Content, author: Actor
) -> None:
    """A course that goes through git and comes back is not published anew."""
    imported = await content.authoring.import_course(author, package(FILES))
    assert imported.course is not None
    exported = await content.exporting.export(author, "sums")
    again = await content.authoring.import_course(author, package(exported.files))
    assert again.course == imported.course
    assert (again.losses, again.problems) == ((), ())
    assert exported.files["square.png"] == FILES["square.png"]
    assert exported.lacks == 0
    assert (await content.exporting.export(author, "sums")).files == exported.files


async def test_a_version_the_draft_or_what_is_published(content: Content, author: Actor) -> None:
    """Each can be had: what learners see, what an author works on, and what was before."""
    await content.authoring.import_course(author, package(FILES))
    newer = FILES | {"lesson.md": f"{FRONT}## Three and three?\n= 6\n".encode()}
    await content.authoring.import_course(author, package(newer))
    newest = FILES | {"lesson.md": f"{FRONT}## Four and four?\n= 8\n".encode()}
    await content.authoring.import_course(author, package(newest, publish=False))

    async def lesson(*, version: int | None = None, draft: bool = False) -> bytes:
        found = await content.exporting.export(author, "sums", version=version, draft=draft)
        return found.files["01-lesson.md"]

    assert b"Two and two?" in await lesson(version=1)
    assert b"Three and three?" in await lesson(version=2)
    assert b"Three and three?" in await lesson()
    assert b"Four and four?" in await lesson(draft=True)
    with pytest.raises(NotFound, match="no version 3"):
        await lesson(version=3)


async def test_a_new_course_is_exported_as_its_draft(content: Content, author: Actor) -> None:
    """An author can go on in an editor from an empty course."""
    course = CreateCourse(slug="new", title="New", summary="Soon.")
    await content.authoring.create_course(author, course)
    exported = await content.exporting.export(author, "new")
    assert exported.files.keys() == {"course.yaml"}


async def test_nobody_exports_the_courses_of_others(
    content: Content, author: Actor, stranger: Actor
) -> None:
    """A folder holds the answers of assessments: it is for who may write the course."""
    await content.authoring.import_course(author, package(FILES))
    assert await content.exporting.slugs(author) == ("sums",)
    assert await content.exporting.slugs(stranger) == ()
    with pytest.raises(NotFound):
        await content.exporting.export(stranger, "sums")
    learner = Actor(subject="lrn_learner")
    with pytest.raises(Forbidden):
        await content.exporting.export(learner, "sums")
    with pytest.raises(Forbidden):
        await content.exporting.slugs(learner)


async def test_a_picture_that_was_never_stored_is_counted(content: Content, author: Actor) -> None:
    """A draft may name a picture that is still to be uploaded; the rest is exported."""
    course = await content.authoring.create_course(
        author, CreateCourse(slug="new", title="New", summary="Soon.")
    )
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    cover = {"hash": "1" * 64, "alt": {"en": "Later"}}
    change = UpdateDraft(
        course_id=course.id,
        base_revision=draft.revision,
        content={**msgspec.to_builtins(draft.content), "cover": cover},
    )
    await content.authoring.update_draft(author, change)
    exported = await content.exporting.export(author, "new", draft=True)
    assert exported.lacks == 1
    assert exported.files.keys() == {"course.yaml"}
