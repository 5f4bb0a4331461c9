"""The marking vectors are what GraphQL answers, and what the content service marks."""

import json
from typing import Any

from morsel.schema import FOLDER
from morsel.vectors.printing import vector_course, vector_version
from services.content.contract import Answer, Response
from services.content.use_cases.comparing import Later
from services.content.use_cases.library import Held, Library
from services.content.use_cases.marking import Marking
from services.content.use_cases.responses import Questions
from tests.gateway.conftest import AccountIssuer, started
from tests.support.world import World

VECTORS = json.loads((FOLDER / "marking-vectors.json").read_text(encoding="utf-8"))["vectors"]
QUESTIONS = """
query Vectors($slug: String!) { course(slug: $slug) { version { modules { lessons { key
  blocks { ... on QuestionBlock { question {
    __typename id key prompt points minScore maxScore mapping hint explanation
    ... on ChoiceQuestion { multiple correctIds choices { ...C } }
    ... on OrderQuestion { correctIds choices { ...C } }
    ... on MatchQuestion { correctPairs sources { ...C } targets { ...C } }
    ... on TextEntryQuestion { accepted caseSensitive }
    ... on NumericQuestion { unit correctNumber tolerance }
    ... on GapQuestion { text gaps { id key accepted caseSensitive choices { ...C } } }
  } } } } } } } }
fragment C on Choice { id key text feedback }
"""


async def test_questions_are_printed_as_graphql_answers_them() -> None:
    """An app would mark fields that it never gets."""
    # given the version of the vectors, published
    world = World()
    version = vector_version()
    world.shelf._put(version)
    # when an app downloads it
    async with started(world, AccountIssuer()) as gateway:
        answer = await gateway.run(QUESTIONS, {"slug": version.slug})
    # then it has the questions of the file
    (module,) = answer.data["course"]["version"]["modules"]
    lessons = module["lessons"]
    answered = {lesson["key"]: lesson["blocks"][0]["question"] for lesson in lessons}
    assert answered == {vector["name"]: vector["question"] for vector in VECTORS}


class OneVersion(Library):
    """The version of the vectors and no other."""

    def __init__(self) -> None:
        self._only = Held(public=vector_version(), frozen=vector_course())

    async def versions(self, hashes: Any) -> Any:
        only = {self._only.frozen.hash: self._only}
        return {key: held for key, held in only.items() if key in hashes}


async def not_overtaken(held: Any) -> dict[str, Later]:
    del held
    return {}


def response(given: dict[str, Any]) -> Response:
    pairs, number = given.get("pairs"), given.get("number")
    return Response(
        choice_ids=tuple(given["choiceIds"]) if "choiceIds" in given else None,
        pairs=None if pairs is None else tuple((a, b) for a, b in pairs),
        texts=tuple(given["texts"]) if "texts" in given else None,
        number=number,
    )


async def test_responses_get_the_marks_that_are_printed() -> None:
    """The ids of the file would stand for nothing."""
    marking, version = Marking(OneVersion(), Questions(), not_overtaken), vector_version()
    lessons = [lesson for module in version.modules for lesson in module.lessons]
    for vector, lesson in zip(VECTORS, lessons, strict=True):
        answers = tuple(
            Answer(
                version_id=version.id,
                lesson_id=lesson.id,
                question_id=vector["question"]["id"],
                response=response(case["response"]),
            )
            for case in vector["cases"]
        )
        marks = await marking.mark(answers)
        assert [
            mark
            and {
                "correct": mark.correct,
                "score": mark.score,
                "maxScore": mark.max_score,
                "feedback": (mark.feedback or {}).get("en"),
            }
            for mark in marks
        ] == [case["mark"] for case in vector["cases"]], vector["name"]
