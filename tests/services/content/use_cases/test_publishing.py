"""Drafts and publication over the real database: guards, repeats and races."""

import asyncio
from typing import Any

import msgspec
import pytest

from services.content.app import Content
from services.content.contract import (
    Course,
    CreateCourse,
    ImportCourse,
    ImportFormat,
    PublishCourse,
    UpdateDraft,
)
from services.kit.errors import (
    AlreadyExists,
    Forbidden,
    Invalid,
    NotFound,
    StaleRevision,
    Unsupported,
)
from services.kit.ids import Kind, new_id, read_id
from services.kit.records import Actor, PageArgs, Role
from tests.services.content.samples import as_json, every_kind, folder, package

TEXT = "---\ntitle: Lesson\n---\n## A\nText.\n"
QUIZ = {"key": "l", "title": {}, "kind": "PRACTICE", "blocks": [{"type": "quiz", "key": "q"}]}


async def imported(content: Content, actor: Actor, *, publish: bool = True) -> Course:
    result = await content.authoring.import_course(actor, package(folder(TEXT), publish=publish))
    assert result.course is not None
    return result.course


async def edited(content: Content, actor: Actor, course: Course, summary: str) -> int:
    """Put another summary in the draft and return its revision."""
    (draft,) = await content.authoring.drafts(actor, (course.id,))
    assert draft is not None
    update = UpdateDraft(
        course_id=course.id,
        base_revision=draft.revision,
        content=draft.content | {"summary": {"en": summary}},
    )
    await content.authoring.update_draft(actor, update)
    return draft.revision + 1


def publish(course: Course, revision: int) -> PublishCourse:
    return PublishCourse(course_id=course.id, base_revision=revision, notes="news")


async def numbers(content: Content, *courses: Course) -> list[int]:
    versions = await content.catalog.versions(tuple(c.version_id or "" for c in courses))
    return [version.number for version in versions if version is not None]


async def test_a_draft_is_not_public_until_it_is_published(content: Content, author: Actor) -> None:
    """Authors see it, the catalogue does not."""
    course = await imported(content, author, publish=False)
    assert course.version_id is None
    assert await content.catalog.courses((course.id,)) == (None,)
    assert await content.authoring.authored(author, (course.id,)) == (course,)
    published = await content.authoring.publish(author, publish(course, 1))
    assert await content.catalog.courses((course.id,)) == (published,)
    assert await content.catalog.courses_by_slug(("sums", "no")) == (published, None)


async def test_publishing_twice_changes_nothing(content: Content, author: Actor) -> None:
    """The same revision again is the same version, and is announced once."""
    course = await imported(content, author)
    again = await content.authoring.publish(author, publish(course, 1))
    assert again == course
    assert await numbers(content, again) == [1]
    entries = await content.feed.claim("progress", limit=10, wait=0)
    assert [(each.type, each.data) for each in entries] == [
        ("content.published", {"courseId": course.id, "versionId": course.version_id})
    ]
    assert [e.id for e in await content.feed.claim("credentials", limit=10, wait=0)] == [
        f"content.published:{course.id}:1"
    ]


async def test_a_changed_draft_is_the_next_version_and_the_first_can_come_back(
    content: Content, author: Actor
) -> None:
    """Content that equals an earlier version moves the pointer to it; both stay readable."""
    one = await imported(content, author)
    revision = await edited(content, author, one, "Other words.")
    two = await content.authoring.publish(author, publish(one, revision))
    assert two.summary == {"en": "Other words."}
    revision = await edited(content, author, one, "Adding things up.")
    three = await content.authoring.publish(author, publish(one, revision))
    assert three.version_id == one.version_id != two.version_id
    assert await numbers(content, one, two, three) == [1, 2, 1]
    assert len(await content.feed.claim("progress", limit=10, wait=0)) == 3


async def test_a_stale_revision_changes_nothing(content: Content, author: Actor) -> None:
    """Two editors: the second is told, and the first one's words stay."""
    course = await imported(content, author)
    revision = await edited(content, author, course, "First.")
    (before,) = await content.authoring.drafts(author, (course.id,))
    assert before is not None
    late = UpdateDraft(course_id=course.id, base_revision=1, content=before.content)
    with pytest.raises(StaleRevision, match=f"revision {revision}"):
        await content.authoring.update_draft(author, late)
    with pytest.raises(StaleRevision):
        await content.authoring.publish(author, publish(course, 1))
    assert await content.authoring.drafts(author, (course.id,)) == (before,)
    assert await content.catalog.courses((course.id,)) == (course,)


async def test_publishes_at_the_same_moment_are_one(content: Content, author: Actor) -> None:
    """Ten publishes of one draft: one version, one move, one announcement."""
    course = await imported(content, author, publish=False)
    found = await asyncio.gather(
        *(content.authoring.publish(author, publish(course, 1)) for _ in range(10))
    )
    assert len({each.version_id for each in found}) == 1
    assert await numbers(content, found[0]) == [1]
    assert len(await content.feed.claim("progress", limit=10, wait=0)) == 1


async def test_updates_at_the_same_moment_let_one_through(content: Content, author: Actor) -> None:
    """Of ten updates of one revision nine are told that they are stale."""
    course = await imported(content, author)

    async def update(number: int) -> str | None:
        try:
            await edited(content, author, course, f"Words {number}.")
        except StaleRevision as error:
            return error.code
        return None

    outcomes = await asyncio.gather(*(update(number) for number in range(10)))
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    assert draft.revision == 1 + outcomes.count(None)


async def test_a_draft_with_problems_is_kept_and_not_published(
    content: Content, author: Actor
) -> None:
    """Problems are listed with their path; the public course stays as it was."""
    course = await imported(content, author)
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    update = UpdateDraft(
        course_id=course.id, base_revision=1, content=draft.content | {"modules": []}
    )
    await content.authoring.update_draft(author, update)
    (broken,) = await content.authoring.drafts(author, (course.id,))
    assert broken is not None
    assert [(each.path, each.message) for each in broken.problems] == [
        (("modules",), "A course needs a lesson.")
    ]
    with pytest.raises(Invalid, match="A course needs a lesson"):
        await content.authoring.publish(author, publish(course, 2))
    assert await content.catalog.courses((course.id,)) == (course,)


async def test_a_refusal_tells_everything_that_the_draft_tells(
    content: Content, author: Actor
) -> None:
    """An author mends all of it in one go, not one publish after the other."""
    # given a draft with problems in several places
    course = await imported(content, author)
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    module = {"key": "empty", "title": {"en": " "}}
    changed = draft.content | {"summary": {"en": ""}, "modules": [module, module]}
    update = UpdateDraft(course_id=course.id, base_revision=1, content=changed)
    await content.authoring.update_draft(author, update)
    # when it is published
    with pytest.raises(Invalid) as caught:
        await content.authoring.publish(author, publish(course, 2))
    # then the refusal has the draft's list, with the same words and paths
    (broken,) = await content.authoring.drafts(author, (course.id,))
    assert broken is not None
    assert len(broken.problems) == 7
    error = caught.value
    assert [(error.message, error.path), *error.others] == [
        (each.message, ("draft", *each.path)) for each in broken.problems
    ]


@pytest.mark.parametrize(
    "change,path,message",
    [
        ({"slug": "other"}, ("content", "slug"), "names the course for good"),
        (
            {"level": "EXPERT"},
            ("content", "level"),
            "Invalid enum value 'EXPERT'; it is one of BEGINNER, INTERMEDIATE, ADVANCED.",
        ),
        (
            {"modules": [{"key": "m", "title": {}, "lessons": [QUIZ]}]},
            ("content", "modules", "0", "lessons", "0", "blocks", "0", "type"),
            "Invalid value 'quiz'; it is one of text, image, audio, video, code,",
        ),
        ({"colour": "red"}, ("content",), "unknown field `colour`"),
        ({"modules": [{"key": 1}]}, ("content", "modules", "0", "key"), "Expected `str`"),
        ({"title": {"en": "\ud800"}}, ("content",), "half a character"),
    ],
)
async def test_what_is_no_course_document_is_refused(
    content: Content,
    author: Actor,
    change: dict[str, Any],
    path: tuple[str, ...],
    message: str,
) -> None:
    """INVALID with the path; the draft stays."""
    course = await imported(content, author)
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    update = UpdateDraft(course_id=course.id, base_revision=1, content=draft.content | change)
    with pytest.raises(Invalid, match=message) as raised:
        await content.authoring.update_draft(author, update)
    assert raised.value.path == path
    assert await content.authoring.drafts(author, (course.id,)) == (draft,)


async def test_a_document_written_over_the_api_is_published(
    content: Content, author: Actor
) -> None:
    """Create, update, publish: without a file."""
    created = await content.authoring.create_course(
        author, CreateCourse(slug="sums", title="T", summary="S")
    )
    assert (created.version_id, created.lesson_count) == (None, 0)
    document = msgspec.json.decode(as_json(every_kind("assessment")))
    update = UpdateDraft(course_id=created.id, base_revision=1, content=document)
    await content.authoring.update_draft(author, update)
    published = await content.authoring.publish(author, publish(created, 2))
    assert published.lesson_count == 1
    (version,) = await content.catalog.versions((published.version_id or "",))
    assert version is not None
    assert version.notes == "news"


async def test_only_authors_of_the_organisation_write(
    content: Content, author: Actor, stranger: Actor
) -> None:
    """Nobody reads or changes the drafts of others; an administrator may."""
    course = await imported(content, author)
    learner = Actor(subject="lrn_x", organisation="school")
    admin = Actor(subject="lrn_y", roles=frozenset({Role.ADMIN}))
    assert await content.authoring.drafts(stranger, (course.id,)) == (None,)
    assert await content.authoring.authored(stranger, (course.id,)) == (None,)
    for actor in (stranger, learner, Actor(subject="x", roles=frozenset({Role.AUTHOR}))):
        with pytest.raises(Forbidden):
            await content.authoring.publish(actor, publish(course, 1))
    with pytest.raises(Forbidden):
        await content.authoring.authored_courses(learner, PageArgs())
    with pytest.raises(AlreadyExists):
        await imported(content, stranger)
    assert (await content.authoring.authored_courses(stranger, PageArgs())).total == 0
    (draft,) = await content.authoring.drafts(admin, (course.id,))
    assert draft is not None
    with pytest.raises(Forbidden, match="your token names none"):
        await content.authoring.create_course(admin, CreateCourse(slug="a", title="T", summary="S"))


async def test_what_is_not_there(content: Content, author: Actor) -> None:
    """Unknown and malformed ids are answered, never an exception of the inside."""
    with pytest.raises(NotFound):
        await content.authoring.publish(
            author, PublishCourse(course_id=new_id(Kind.COURSE), base_revision=1)
        )
    assert await content.catalog.versions(("nonsense", new_id(Kind.VERSION))) == (None, None)
    assert await content.catalog.lesson_versions(("", "les_AAAA")) == (None, None)
    assert await content.catalog.skills(("skl_x",)) == (None,)


async def test_slugs_are_taken_once(content: Content, author: Actor, stranger: Actor) -> None:
    """Creating never takes over a course, and a retry after a lost answer makes one course."""
    create = CreateCourse(slug="mine", title="T", summary="S")
    created = await content.authoring.create_course(author, create)
    assert await content.authoring.create_course(author, create) == created
    other = msgspec.structs.replace(create, title="U")
    for actor, asked in ((author, other), (stranger, create)):
        with pytest.raises(AlreadyExists):
            await content.authoring.create_course(actor, asked)
    (draft,) = await content.authoring.drafts(author, (created.id,))
    assert draft is not None
    changed = {**draft.content, "title": {"en": "U"}}
    await content.authoring.update_draft(
        author, UpdateDraft(course_id=created.id, base_revision=1, content=changed)
    )
    with pytest.raises(AlreadyExists):
        await content.authoring.create_course(author, create)
    with pytest.raises(Invalid):
        await content.authoring.create_course(
            author, CreateCourse(slug="A b", title="T", summary="")
        )


async def test_notes_are_a_text_that_a_phone_can_show(content: Content, author: Actor) -> None:
    """Notes of a megabyte would go to every phone that asks what is new."""
    course = await imported(content, author, publish=False)
    for notes in ("x" * 20_001, "a\x00b"):
        asked = msgspec.structs.replace(publish(course, 1), notes=notes)
        with pytest.raises(Invalid, match="at most 20000 characters") as raised:
            await content.authoring.publish(author, asked)
        assert raised.value.path == ("notes",)
    assert await numbers(content, course) == []


async def test_authored_courses_are_paged(content: Content, author: Actor) -> None:
    """Each course once, whatever the page size."""
    for number in range(5):
        create = CreateCourse(slug=f"c-{number}", title="T", summary="S")
        await content.authoring.create_course(author, create)
    seen: list[str] = []
    after: str | None = None
    while True:
        page = await content.authoring.authored_courses(author, PageArgs(first=2, after=after))
        seen += [course.slug for course in page.nodes]
        if not page.has_next:
            break
        after = page.cursors[-1]
    assert sorted(seen) == [f"c-{number}" for number in range(5)]
    assert page.total == 5


async def test_importing_again_updates_the_same_course(content: Content, author: Actor) -> None:
    """A seed that runs at every start makes no new revisions; a changed folder makes one."""
    first = await imported(content, author)
    again = await imported(content, author)
    assert again == first
    (draft,) = await content.authoring.drafts(author, (first.id,))
    assert draft is not None
    assert draft.revision == 1
    changed = folder(TEXT.replace("Text.", "Words."))
    result = await content.authoring.import_course(author, package(changed))
    assert result.course is not None
    assert result.course.id == first.id
    assert result.course.version_id != first.version_id
    assert read_id(Kind.COURSE, first.id)


async def test_importing_at_the_same_moment_makes_one_course(
    content: Content, author: Actor
) -> None:
    """Two pods that seed at once agree on one course."""
    found = await asyncio.gather(*(imported(content, author) for _ in range(4)))
    assert len({each.id for each in found}) == 1
    assert await numbers(content, found[0]) == [1]


async def test_a_folder_with_mistakes_stores_nothing(content: Content, author: Actor) -> None:
    """Problems come with file and line; no half course stays behind."""
    broken = folder(TEXT + "## Q\n= 1,5\n")
    result = await content.authoring.import_course(author, package(broken))
    assert result.course is None
    assert [each.path for each in result.problems] == [("lesson.md", "7")]
    assert (await content.authoring.authored_courses(author, PageArgs())).total == 0


async def test_a_course_that_cannot_be_published_yet_is_kept_as_a_draft(
    content: Content, author: Actor
) -> None:
    """The import says why, and the author goes on in the draft."""
    lesson = "---\ntitle: L\nkind: assessment\n---\n## A\nNo question.\n"
    result = await content.authoring.import_course(author, package(folder(lesson)))
    assert result.course is not None
    assert result.course.version_id is None
    assert [each.message for each in result.problems] == ["An assessment needs a question."]


async def test_formats_to_come_are_refused_by_name(content: Content, author: Actor) -> None:
    """UNSUPPORTED, not a broken course."""
    with pytest.raises(Unsupported, match="ANKI"):
        await content.authoring.import_course(
            author, ImportCourse(format=ImportFormat.ANKI, package=b"")
        )
