"""Marking by the ids that phones are given, over the real database."""

import pytest

from services.content import contract
from services.content.app import Content
from services.content.contract import Answer, Response
from services.kit.ids import Kind, item_id
from services.kit.records import Actor
from tests.services.content.samples import EVERY_KIND, folder, package


@pytest.fixture
async def version(content: Content, author: Actor) -> contract.CourseVersion:
    """A published course with a question of every kind in its assessment."""
    files = folder(EVERY_KIND.replace("KIND", "assessment"))
    result = await content.authoring.import_course(author, package(files))
    assert result.course is not None
    (found,) = await content.catalog.versions((result.course.version_id or "",))
    assert found is not None
    return found


def answer(version: contract.CourseVersion, key: str, response: Response) -> Answer:
    return Answer(
        version_id=version.id,
        lesson_id=version.modules[0].lessons[0].id,
        question_id=item_id(Kind.QUESTION, version.hash, f"lesson/{key}"),
        response=response,
    )


def choice(version: contract.CourseVersion, *keys: str) -> str:
    return item_id(Kind.CHOICE, version.hash, "/".join(("lesson", *keys)))


async def test_every_kind_is_marked_by_ids(
    content: Content, version: contract.CourseVersion
) -> None:
    """One batch, right answers of each kind: full marks and the feedback."""

    def ids(block: str, *keys: str) -> tuple[str, ...]:
        return tuple(choice(version, block, key) for key in keys)

    right = {
        "single": Response(choice_ids=ids("single", "zebra")),
        "several": Response(choice_ids=ids("several", "four", "two")),
        "steps": Response(
            choice_ids=ids("steps", "first-step", "second-step", "third-step", "fourth-step")
        ),
        "pairs": Response(
            pairs=tuple(
                (choice(version, "pairs", f"left-{n}"), choice(version, "pairs", f"right-{n}"))
                for n in ("one", "two", "three")
            )
        ),
        "number": Response(number=731.875),
        "word": Response(texts=("SECRETWORD ",)),
        "gaps": Response(texts=("othersecret", choice(version, "gaps", "gap-2", "rightpick"))),
    }
    answers = tuple(answer(version, key, response) for key, response in right.items())
    marks = await content.marking.mark(answers)
    assert [mark and (mark.correct, mark.score, mark.max_score) for mark in marks] == [
        (True, 1.0, 1.0),
        (True, 2.0, 2.0),
        *[(True, 1.0, 1.0)] * 5,
    ]
    assert marks[0] is not None
    assert [mark and mark.feedback for mark in marks] == [None] * 7, "an assessment's tells nothing"


async def test_what_is_not_of_the_version_is_not_marked(
    content: Content, version: contract.CourseVersion
) -> None:
    """An id of another version, lesson or question is None, and its neighbours are marked."""
    good = answer(version, "number", Response(number=731))
    strange = [
        Answer(
            version_id=good.version_id.replace("ver_", "ver_A"),
            lesson_id=good.lesson_id,
            question_id=good.question_id,
            response=good.response,
        ),
        Answer(
            version_id=version.id,
            lesson_id="les_AAAA",
            question_id=good.question_id,
            response=good.response,
        ),
        answer(version, "nothing", Response(number=1)),
        answer(version, "single", Response(choice_ids=(choice(version, "several", "two"),))),
        answer(version, "pairs", Response(pairs=(("a", "b"),))),
        answer(version, "gaps", Response(texts=("x",))),
        answer(version, "gaps", Response(texts=("x", "rightpick"))),
        answer(version, "gaps", Response()),
    ]
    marks = await content.marking.mark((*strange, good))
    assert marks[:-1] == (None,) * len(strange)
    assert marks[-1] is not None
    assert marks[-1].correct


async def test_facts(content: Content, version: contract.CourseVersion) -> None:
    """All that must be seen and answered, in order, with points and skills."""
    facts, none = await content.marking.facts((version.id, "ver_AAAA"))
    assert none is None
    assert facts is not None
    (lesson,) = facts.lessons.values()
    assert (lesson.key, lesson.pass_score, lesson.attempt_limit) == ("lesson", 0.8, None)
    keys = ["single", "several", "steps", "pairs", "number", "word", "gaps"]
    assert list(lesson.blocks.values()) == keys
    assert [question.max_score for question in lesson.questions.values()] == [1, 2, 1, 1, 1, 1, 1]
    assert {question.skills for question in lesson.questions.values()} == {(version.skills[0].id,)}
    assert await content.marking.facts((version.id,)) == (facts,)
