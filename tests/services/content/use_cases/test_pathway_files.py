"""Pathways from files, and as files again."""

import msgspec
import pytest

from services.content.app import Content
from services.content.contract import SavePathway
from services.content.use_cases.pathway_files import PathwayFiles
from services.kit.errors import Forbidden, NotFound
from services.kit.records import Actor
from tests.services.content.samples import package
from tests.support.whole import course_files

FILE = b"""slug: adding
title:
  en: Adding
  es: Sumar
summary: All of it.
language: en
courses: [two, one]
achievement:
  name: Adder
  description: Adds anything.
  criteria: |-
    Earned both:

    - one
    - two
  valid_for_days: 365
"""


@pytest.fixture
async def files(content: Content, author: Actor) -> PathwayFiles:
    """Files beside two published courses, `one` and `two`."""
    for slug in ("one", "two"):
        await content.authoring.import_course(author, package(course_files(slug)))
    return PathwayFiles(content.pathways, content.catalog)


async def test_a_file_is_saved_and_written_again(
    files: PathwayFiles, content: Content, author: Actor
) -> None:
    """A pathway that goes through git and comes back is the same, and no new revision."""
    saved = (await files.save(author, FILE)).pathway
    assert saved is not None
    courses = await content.catalog.courses(saved.course_ids)
    assert [course and course.slug for course in courses] == ["two", "one"]
    assert (saved.title["es"], saved.achievement and saved.achievement.valid_for_days) == (
        "Sumar",
        365,
    )
    written = await files.write("adding")
    assert (written.content, written.lacks) == (FILE, ())
    assert (await files.save(author, written.content)).pathway == saved
    assert await files.slugs() == ("adding",)


async def test_a_course_that_is_not_there_is_named_with_its_line(
    files: PathwayFiles, author: Actor
) -> None:
    """A slip in a slug would leave a course out."""
    saved = await files.save(author, FILE.replace(b"[two, one]", b"\n  - two\n  - oen"))
    assert saved.pathway is None
    assert [problem.path for problem in saved.problems] == [("pathway.yaml", "9", "oen")]
    assert "no published course `oen`" in saved.problems[0].message
    assert await files.slugs() == ()


async def test_what_cannot_be_saved_is_a_problem_too(files: PathwayFiles, author: Actor) -> None:
    """A command would end in a trace, or say that all went well."""
    saved = await files.save(author, FILE.replace(b"slug: adding", b"slug: No Slug"))
    assert [problem.path for problem in saved.problems] == [("pathway.yaml",)]
    assert saved.problems[0].message.startswith("slug: The slug is ")


async def test_a_file_of_another_organisation_is_refused(
    files: PathwayFiles, author: Actor, stranger: Actor
) -> None:
    """Who knows a slug would overwrite the pathway of others."""
    await files.save(author, FILE)
    with pytest.raises(Forbidden):
        await files.save(stranger, FILE)


async def test_what_a_file_does_not_hold_is_said(
    files: PathwayFiles, content: Content, author: Actor
) -> None:
    """An export that lacks a course would pass for whole."""
    saved = (await files.save(author, FILE)).pathway
    assert saved is not None
    (two, one) = await content.catalog.courses(saved.course_ids)
    assert two is not None
    await content.authoring.archive(author, two.id)
    written = await files.write("adding")
    assert written.lacks == ("1 courses that are not published",)
    assert b"courses: [one]" in written.content
    with pytest.raises(NotFound):
        await files.write("none")
    given = SavePathway(
        id=saved.id, slug="adding", title=saved.title, summary=saved.summary, course_ids=()
    )
    assert one is not None
    plain = msgspec.structs.replace(given, course_ids=(one.id,))
    await content.pathways.save_pathway(author, plain)
    assert b"achievement" not in (await files.write("adding")).content
