"""Stale translations of drafts, over the real database: by updateDraft and by import."""

from typing import Any

import pytest

from services.content import contract
from services.content.app import Content
from services.content.contract import Draft, PublishCourse, Translation, UpdateDraft
from services.kit.errors import Invalid
from services.kit.records import Actor
from tests.services.content.samples import FRONT, HEAD, folder, package

HEADS = HEAD.replace("title: Sums", "title: {en: Sums, es: Sumas}").replace(
    "summary: Adding things up.", "summary: {en: Adding things up., es: Sumar cosas.}"
)
SPANISH = FRONT.replace("Lesson", "Lecci\u00f3n")
LESSON = ("modules", "0", "lessons", "0")


def files(words: str = "Two and two.", palabras: str = "Dos y dos.") -> dict[str, bytes]:
    """Return a folder of one lesson in two languages."""
    told = {"course__yaml": HEADS, "lesson__es__md": SPANISH + palabras}
    return folder(FRONT + words, **told)


async def brought(content: Content, author: Actor, given: dict[str, bytes]) -> contract.Course:
    """Bring a folder in as the draft."""
    done = await content.authoring.import_course(author, package(given, publish=False))
    assert done.problems == ()
    assert done.course is not None
    return done.course


async def read(content: Content, author: Actor, course: contract.Course) -> Draft:
    """Return the draft."""
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    return draft


async def saved(
    content: Content,
    author: Actor,
    course: contract.Course,
    *,
    confirm: tuple[Translation, ...] = (),
    **changed: Any,
) -> tuple[Translation, ...]:
    """Save the draft with changes, and return what is stale then."""
    draft = await read(content, author, course)
    update = UpdateDraft(
        course_id=course.id,
        base_revision=draft.revision,
        content=draft.content | changed,
        confirmed=confirm,
    )
    await content.authoring.update_draft(author, update)
    return (await read(content, author, course)).stale_translations


async def test_a_translation_is_stale_until_it_changes_or_is_confirmed(
    content: Content, author: Actor
) -> None:
    """Learners would read what the course says no more, and no author would be told."""
    course = await brought(content, author, files())
    assert (await read(content, author, course)).stale_translations == ()
    # when the source of two texts changes
    found = await saved(
        content,
        author,
        course,
        title={"en": "Adding", "es": "Sumas"},
        summary={"en": "How to add.", "es": "Sumar cosas."},
    )
    title, summary = (Translation(path=(name,), locale="es") for name in ("title", "summary"))
    assert found == (title, summary)
    # then saving it again keeps the marks, a new translation ends one, its author another
    assert await saved(content, author, course, tags=["sums"]) == (title, summary)
    changed = {"en": "Adding", "es": "Sumar"}
    assert await saved(content, author, course, title=changed) == (summary,)
    assert await saved(content, author, course, confirm=(summary,)) == ()


async def test_an_import_marks_what_it_leaves_as_it_was(content: Content, author: Actor) -> None:
    """A team that writes in a folder would never hear of a translation that was left behind."""
    course = await brought(content, author, files())
    await brought(content, author, files(words="Three and three."))
    (found,) = (await read(content, author, course)).stale_translations
    assert (found.path[:4], found.path[-1], found.locale) == (LESSON, "markdown", "es")
    # then the same folder once more changes nothing, and a new translation ends it
    await brought(content, author, files(words="Three and three."))
    assert (await read(content, author, course)).stale_translations == (found,)
    await brought(content, author, files("Three and three.", "Tres y tres."))
    assert (await read(content, author, course)).stale_translations == ()


async def test_an_exported_draft_that_is_imported_again_keeps_its_marks(
    content: Content, author: Actor
) -> None:
    """A folder holds no marks: they are the draft's, and must outlive a round trip."""
    course = await brought(content, author, files())
    await brought(content, author, files(words="Three and three."))
    before = await read(content, author, course)
    exported = await content.exporting.export(author, "sums", draft=True)
    await brought(content, author, dict(exported.files))
    assert (await read(content, author, course)).stale_translations == before.stale_translations


async def test_what_is_stale_is_published_all_the_same(content: Content, author: Actor) -> None:
    """A correction in one language would wait for all translators."""
    course = await brought(content, author, files())
    found = await saved(content, author, course, title={"en": "Adding", "es": "Sumas"})
    assert len(found) == 1
    draft = await read(content, author, course)
    assert draft.problems == ()
    publish = PublishCourse(course_id=course.id, base_revision=draft.revision)
    done = await content.authoring.publish(author, publish)
    assert done.version_id is not None
    assert (await read(content, author, course)).stale_translations == found


@pytest.mark.parametrize(
    "odd",
    [
        Translation(path=("title",), locale="pt"),
        Translation(path=("title",), locale="en"),
        Translation(path=("modules", "9", "title"), locale="es"),
    ],
    ids=["no such language", "the source itself", "no such text"],
)
async def test_a_confirmation_of_no_translation_is_refused(
    content: Content, author: Actor, odd: Translation
) -> None:
    """A slip in a path would leave the mark, and its author would believe it gone."""
    course = await brought(content, author, files())
    before = await read(content, author, course)
    with pytest.raises(Invalid, match="no translation to") as caught:
        await saved(content, author, course, confirm=(odd,), title={"en": "Other", "es": "x"})
    assert caught.value.path == ("confirmTranslations", "0")
    assert await read(content, author, course) == before
