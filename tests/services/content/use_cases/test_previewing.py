"""Drafts as learners would see them, over the real database."""

from typing import Any

import msgspec

from services.content import contract
from services.content.app import Content
from services.content.contract import CourseVersion, PackQuery, UpdateDraft
from services.kit.records import Actor, PageArgs, Role
from tests.services.content.samples import folder, package

FRONT = "---\ntitle: Check\nkind: assessment\n---\n"
QUESTIONS = """## Which? {#pick}
- [ ] A {#a}
- [x] B {#b}
- [ ] C {#c}
- [ ] D {#d}

## Order? {#steps}
1. One
2. Two
3. Three
"""


async def drafted(content: Content, author: Actor, *, publish: bool = False) -> contract.Course:
    """Bring a course in."""
    given = package(folder(FRONT + QUESTIONS), publish=publish)
    course = (await content.authoring.import_course(author, given)).course
    assert course is not None
    return course


async def shown(content: Content, author: Actor, course: contract.Course) -> CourseVersion:
    """Return the preview of a course that has one."""
    (preview,) = await content.authoring.previews(author, (course.id,))
    assert preview is not None
    return preview


async def updated(content: Content, author: Actor, course: contract.Course, **changed: Any) -> None:
    """Change the draft."""
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    update = UpdateDraft(
        course_id=course.id, base_revision=draft.revision, content=draft.content | changed
    )
    await content.authoring.update_draft(author, update)


def keys(version: CourseVersion) -> list[Any]:
    """Return all of a version but what names it: ids, hash, number and time."""

    def strip(node: Any) -> Any:
        if isinstance(node, dict):
            return {name: strip(value) for name, value in node.items() if name != "id"}
        return [strip(each) for each in node] if isinstance(node, list) else node

    told = strip(msgspec.json.decode(msgspec.json.encode(version)))
    for name in ("hash", "number", "published_at"):
        del told[name]
    return sorted(told.items())


def item_ids(version: CourseVersion) -> set[str]:
    """Return the ids of a version, its modules, lessons, blocks, questions and choices."""
    found: set[str] = {version.id}

    def look(node: Any) -> None:
        if isinstance(node, dict):
            found.update(value for name, value in node.items() if name == "id")
            node = list(node.values())
        if isinstance(node, list):
            for each in node:
                look(each)

    look(msgspec.json.decode(msgspec.json.encode(version.modules)))
    return found


async def test_a_preview_is_what_publishing_shows_under_other_ids(
    content: Content, author: Actor
) -> None:
    """An author would approve of one thing and publish another; a phone would mix the two up."""
    course = await drafted(content, author)
    preview = await shown(content, author, course)
    course = await drafted(content, author, publish=True)
    assert course.version_id is not None
    (version,) = await content.catalog.versions((course.version_id,))
    assert version is not None
    assert keys(preview) == keys(version)  # the order of choices too
    assert item_ids(preview) & item_ids(version) == set()
    assert (preview.number, version.number) == (0, 1)
    # then equal content is still shown under ids of its own
    assert item_ids(await shown(content, author, course)) == item_ids(preview)


async def test_a_preview_is_found_nowhere_and_leaves_nothing(
    content: Content, author: Actor, stranger: Actor
) -> None:
    """A draft would leak into the catalogue, packs or versions before its author publishes it."""
    course = await drafted(content, author)
    preview = await shown(content, author, course)
    lesson = preview.modules[0].lessons[0].id
    assert await content.catalog.versions((preview.id,)) == (None,)
    assert await content.catalog.lesson_versions((lesson,)) == (None,)
    assert await content.catalog.packs((PackQuery(version_id=preview.id),)) == (None,)
    assert await content.catalog.courses((course.id,)) == (None,)
    (page,) = await content.authoring.version_ids(author, (course.id,), PageArgs())
    assert page is not None
    assert page.total == 0
    # and only authors of the organisation, and administrators, see it
    admin = Actor(subject="lrn_admin", roles=frozenset({Role.ADMIN}))
    assert await content.authoring.previews(stranger, (course.id,)) == (None,)
    assert await content.authoring.previews(admin, (course.id,)) == (preview,)


async def test_a_draft_with_problems_is_shown_as_far_as_it_can_be(
    content: Content, author: Actor
) -> None:
    """An author who is half done would see nothing at all, or an error of the server's."""
    course = await drafted(content, author)
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    module = draft.content["modules"][0]
    (lesson,) = module["lessons"]
    pick, steps = lesson["blocks"]
    entries = [{"response": [], "points": 1}, {"response": ["a", "b", "c"], "points": 1}]
    for asked in (pick, steps):
        asked["question"]["mapping"] = {"entries": entries}
    missing = {"type": "image", "key": "gone", "image": {"hash": "0" * 64, "alt": {}}}
    lesson["blocks"] = [pick, steps, pick, missing]
    lesson["title"] = {}
    await updated(content, author, course, modules=[module], title={})
    # when it is looked at
    preview = await shown(content, author, course)
    # then what is wrong is left out, and the rest is there
    blocks = preview.modules[0].lessons[0].blocks
    assert [block.key for block in blocks] == ["pick", "steps", "pick"]
    assert preview.title == {}
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    assert draft.problems


async def test_a_draft_that_has_no_canonical_form_has_no_preview(
    content: Content, author: Actor
) -> None:
    """A number that nobody can publish would end in an error of the server's."""
    course = await drafted(content, author)
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    (module,) = draft.content["modules"]
    module["lessons"][0]["minutes"] = 2**60
    await updated(content, author, course, modules=[module])
    assert await content.authoring.previews(author, (course.id,)) == (None,)
