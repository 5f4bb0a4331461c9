"""Comparing versions and drafts, and marking across them, over the real database."""

from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient

from services.content import contract
from services.content.app import Content
from services.content.contract import Answer, PublishCourse, QuestionChange, Response, Target
from services.content.repository import Courses
from services.kit.errors import Forbidden, Invalid, NotFound, StaleRevision
from services.kit.ids import Kind, item_id, new_id
from services.kit.mongo import Mongo
from services.kit.records import Actor
from tests.services.content.samples import folder, package

FRONT = "---\ntitle: Check\nkind: assessment\n---\n"
WRONG_KEY = """## Which? {#pick}
- [ ] A {#a}
- [x] B {#b}

## How many? {#sum}
= 5

## Fill {#gaps}
Type {{one}} and pick [[*left|right]].

## Word? {#word}
= recieve
"""
RIGHT_KEY = """## Which one? {#pick points=4}
- [x] The letter A {#a}
- [ ] C {#c}
- [ ] B {#b}

## How many? {#sum}
= 4

## Fill {#gaps}
Pick [[left|*right]] and type {{one}}.

## Word? {#word}
= receive
"""


async def drafted(content: Content, author: Actor, text: str) -> contract.Course:
    """Put a text into the draft of the course of one lesson."""
    given = package(folder(FRONT + text), publish=False)
    course = (await content.authoring.import_course(author, given)).course
    assert course is not None
    return course


async def published(
    content: Content, author: Actor, text: str, *, reworded: tuple[str, ...] = ()
) -> contract.CourseVersion:
    """Publish a text as the course of one lesson."""
    course = await drafted(content, author, text)
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    course = await content.authoring.publish(
        author,
        PublishCourse(course_id=course.id, base_revision=draft.revision, reworded=reworded),
    )
    (version,) = await content.catalog.versions((course.version_id or "",))
    assert version is not None
    return version


def answer(version: contract.CourseVersion, key: str, response: Response) -> Answer:
    return Answer(
        version_id=version.id,
        lesson_id=item_id(Kind.LESSON, version.hash, "lesson"),
        question_id=item_id(Kind.QUESTION, version.hash, f"lesson/{key}"),
        response=response,
    )


def choice(version: contract.CourseVersion, *keys: str) -> str:
    return item_id(Kind.CHOICE, version.hash, "/".join(("lesson", *keys)))


def answers(version: contract.CourseVersion) -> tuple[Answer, ...]:
    """Return answers that are right by RIGHT_KEY, each by the ids of the version."""
    return (
        answer(version, "pick", Response(choice_ids=(choice(version, "pick", "a"),))),
        answer(version, "sum", Response(number=4)),
    )


def scores(marks: tuple[contract.Mark | None, ...]) -> list[tuple[float, float] | None]:
    return [None if mark is None else (mark.score, mark.max_score) for mark in marks]


async def test_an_answer_is_marked_by_the_key_of_another_version(
    content: Content, author: Actor
) -> None:
    """Choices and gaps have other ids, places and points in another version."""
    # given a version whose key is wrong
    old = await published(content, author, WRONG_KEY)
    given = answers(old)
    assert scores(await content.marking.mark(given)) == [(0, 1), (0, 1)]
    # when its key is corrected, and one question is worth more
    new = await published(content, author, RIGHT_KEY)
    key = Target(course_id=new.course_id, version_id=new.id)
    # then the old answers are right, in the points that the learner was shown
    assert scores(await content.comparing.remark(given, key)) == [(1, 1), (1, 1)]
    # and what was picked and is no longer there cannot be marked
    gone = answer(new, "pick", Response(choice_ids=(choice(new, "pick", "c"),)))
    back = Target(course_id=old.course_id, version_id=old.id)
    assert await content.comparing.remark((gone,), back) == (None,)


async def test_an_answer_that_comes_late_has_the_better_of_both_keys(
    content: Content, author: Actor
) -> None:
    """Who studies offline with the wrong key would lose what everybody else was given."""
    old = await published(content, author, WRONG_KEY)
    right_then = answer(old, "sum", Response(number=5))
    new = await published(content, author, RIGHT_KEY)
    assert scores(await content.marking.mark((*answers(old), right_then))) == [
        (1, 1),
        (1, 1),
        (1, 1),
    ]
    # and the new version has but its own key
    assert scores(await content.marking.mark((answer(new, "sum", Response(number=5)),))) == [(0, 1)]


async def test_gaps_follow_their_keys(content: Content, author: Actor) -> None:
    """A gap that moved would be marked by what was typed into its neighbour."""
    old = await published(content, author, "## Fill {#g}\nType {{x}} and {{y}}.\n")
    given = answer(old, "g", Response(texts=("x", "z")))
    (first,) = old.modules[0].lessons[0].blocks
    assert isinstance(first, contract.QuestionBlock)
    assert isinstance(first.question, contract.GapQuestion)
    one, two = [gap.key for gap in first.question.gaps]
    course = await drafted(content, author, "## Fill {#g}\nType {{x}} and {{y}}.\n")
    (draft,) = await content.authoring.drafts(author, (course.id,))
    assert draft is not None
    block = draft.content["modules"][0]["lessons"][0]["blocks"][0]
    # when the gaps change places, and z is right in the second
    question = block["question"]
    question["text"]["en"] = f"First {{{two}}}, then {{{one}}}."
    question["gaps"] = [{"key": two, "accepted": ["z"]}, {"key": one, "accepted": ["x"]}]
    updated = contract.UpdateDraft(
        course_id=course.id, base_revision=draft.revision, content=draft.content
    )
    await content.authoring.update_draft(author, updated)
    preview = await content.authoring.preview_publish(author, course.id)
    # then the draft's key finds the answer right
    assert scores(await content.comparing.remark((given,), preview.target)) == [(1, 1)]


async def test_a_preview_tells_what_publishing_changes(content: Content, author: Actor) -> None:
    """An author would learn from complaints what happened, or a preview would publish."""
    old = await published(content, author, WRONG_KEY)
    course = await drafted(content, author, RIGHT_KEY)
    before = await content.authoring.drafts(author, (course.id,))
    preview = await content.authoring.preview_publish(author, course.id)
    # then it is what publishing does
    assert preview.problems == ()
    assert preview.difference.lessons_changed == ("lesson",)
    assert preview.difference.questions == dict.fromkeys(
        (f"lesson/{key}" for key in ("pick", "sum", "gaps", "word")), QuestionChange.REKEYED
    )
    assert await content.authoring.drafts(author, (course.id,)) == before
    assert (await content.catalog.courses((course.id,)))[0].version_id == old.id  # type: ignore[union-attr]  # None fails as well
    new = await published(content, author, RIGHT_KEY)
    assert new.id == preview.target.version_id
    pair = contract.VersionPair(before=old.id, after=preview.target)
    unknown = contract.VersionPair(before=f"ver_{'A' * 43}", after=preview.target)
    assert await content.comparing.differences((pair, unknown)) == (preview.difference, None)
    assert await content.comparing.version_ids((course.id, "crs_AA")) == ((old.id, new.id), ())


async def test_a_preview_of_a_course_without_lessons_names_the_problems(
    content: Content, author: Actor
) -> None:
    """A draft that cannot be published yet could not be previewed either."""
    made = await content.authoring.create_course(
        author, contract.CreateCourse(slug="new", title="New", summary="New.")
    )
    preview = await content.authoring.preview_publish(author, made.id)
    assert preview.problems
    assert preview.difference == contract.Difference()


async def test_the_authors_word_holds_for_this_version_and_later_ones(
    content: Content, author: Actor
) -> None:
    """A typo mended in an accepted text would regrade, at once or one version later."""
    # given a version with a typo, and the author says that mending it is no other key
    old = await published(content, author, WRONG_KEY)
    new = await published(content, author, RIGHT_KEY, reworded=("lesson/word",))
    later = await published(content, author, RIGHT_KEY.replace("Word?", "Which word?"))
    for version in (new, later):
        target = Target(course_id=version.course_id, version_id=version.id)
        (found,) = await content.comparing.differences(
            (contract.VersionPair(before=old.id, after=target),)
        )
        assert found is not None
        assert found.questions["lesson/word"] is QuestionChange.REWORDED
        assert found.questions["lesson/sum"] is QuestionChange.REKEYED


async def test_a_word_about_a_question_that_is_not_there_publishes_nothing(
    content: Content, author: Actor
) -> None:
    """A misspelt key would be taken for a word about nothing."""
    old = await published(content, author, WRONG_KEY)
    with pytest.raises(Invalid, match="'lesson/wrod' is no question") as caught:
        await published(content, author, RIGHT_KEY, reworded=("lesson/wrod",))
    assert caught.value.path == ("rewordedQuestions",)
    assert (await content.catalog.courses((old.course_id,)))[0].version_id == old.id  # type: ignore[union-attr]  # None fails as well


async def test_a_target_is_of_its_course_and_of_the_draft_as_it_is(
    content: Content, author: Actor, stranger: Actor
) -> None:
    """Answers would be marked by a key that nobody is about to publish."""
    old = await published(content, author, WRONG_KEY)
    course = await drafted(content, author, RIGHT_KEY)
    preview = await content.authoring.preview_publish(author, course.id)
    await drafted(content, author, RIGHT_KEY + "\n## More\nText.\n")
    with pytest.raises(StaleRevision):
        await content.comparing.remark((), preview.target)
    with pytest.raises(NotFound, match="another course"):
        await content.comparing.remark((), Target(course_id="crs_AA", version_id=old.id))
    with pytest.raises(NotFound, match="no such course"):
        await content.comparing.remark(
            (), Target(course_id=new_id(Kind.COURSE), version_id=f"ver_{'A' * 43}")
        )
    with pytest.raises(Forbidden):
        await content.authoring.preview_publish(stranger, course.id)


async def test_pointers_are_read_from_their_index(mongo_uri: str, mongo: Mongo) -> None:
    """Each sync with answers would read whole drafts, which may have megabytes."""
    name = f"test_pointers_{uuid4().hex[:12]}"
    courses = Courses(mongo.database(name).truth("courses"))
    await courses.prepare()
    with MongoClient[Any](mongo_uri) as client:
        stored = client[name]["courses"]
        stored.insert_many(
            [{"_id": f"c{i}", "slug": f"s{i}", "published": {"hash": f"h{i}"}} for i in range(9)]
            + [{"_id": "draft", "slug": "draft"}]
        )
        assert await courses.published_hashes(["c1", "c2", "draft", "gone"]) == {
            "c1": "h1",
            "c2": "h2",
        }
        where = {"_id": {"$in": ["c1", "c2"]}, "published.hash": {"$gt": ""}}
        plan = stored.find(where, {"published.hash": 1}).explain()["queryPlanner"]["winningPlan"]
        client.drop_database(name)
    assert "FETCH" not in str(plan)
    assert "pointer" in str(plan)
