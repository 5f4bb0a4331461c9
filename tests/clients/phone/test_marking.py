"""Marking offline: the reference phone gives the marks that the server gives."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from services.content import contract
from services.content.app import Content
from services.content.contract import Answer, Response
from services.kit.records import Actor, Record
from tests.clients.phone.handset import Handset
from tests.clients.phone.responses import responses
from tests.services.content.conftest import author, content  # noqa: F401 - fixtures, by name
from tests.services.content.samples import EVERY_KIND, folder, package

MORE = """
## One choice with points of its own {#one}
- [x] best {points=2}
- [ ] good {points=0.5}
- [ ] bad {points=-1} > Feedback-bad

## Some, with thirds {#thirds}
- [x] a {points=0.1}
- [x] b {points=0.2}
- [x] c {points=0.3}
- [ ] d {points=-0.7}

## Case matters {#case}
== GmbH | Straße

## Case does not {#fold}
= Straße | ΟΔΟΣ | \u017fe\u017fsel | ﬁn | Åre | ISTANBUL

## How much, in decimals? {#decimals}
= 0.3 +- 0.1

## None {#none}
= 0

## Two gaps {#typed}
The {{maître d'hôtel|chef}} pays [[*cash|by card]] for {{crème brûlée}}.
"""
"""What EVERY_KIND lacks: points by choice, spelling, decimals."""


@pytest.fixture
async def version(
    content: Content,  # noqa: F811 - the fixture
    author: Actor,  # noqa: F811 - the fixture
) -> contract.CourseVersion:
    """A published practice lesson with a question of every kind."""
    files = folder(EVERY_KIND.replace("KIND", "practice") + MORE)
    result = await content.authoring.import_course(author, package(files))
    assert result.course is not None, result
    (found,) = await content.catalog.versions((result.course.version_id or "",))
    assert found is not None
    return found


async def test_every_mark_is_the_servers_own(
    content: Content,  # noqa: F811 - the fixture
    version: contract.CourseVersion,
    node: Path,
    tmp_path: Path,
) -> None:
    """A learner would be told right offline, and wrong when the answer arrives."""
    # given right, wrong and malformed responses to every kind of question
    rng = random.Random(5)  # noqa: S311 - reproducible responses
    lesson = version.modules[0].lessons[0]
    blocks = [block for block in lesson.blocks if isinstance(block, contract.QuestionBlock)]
    shown = [_shown(block.question) for block in blocks]
    pairs = [(question, response) for question in shown for response in responses(question, rng)]
    # when server and phone mark them
    answers = [
        Answer(
            version_id=version.id,
            lesson_id=lesson.id,
            question_id=question["id"],
            response=_response(response),
        )
        for question, response in pairs
    ]
    expected = await content.marking.mark(tuple(answers))
    phone = Handset(node, "http://localhost", tmp_path / "phone.json")
    await phone.switch_on()
    marks = await phone.do("mark", pairs)
    await phone.kill()
    # then they agree on each
    told = [None if mark is None else _told(mark) for mark in expected]
    differing = [
        (question["key"], response, mine, theirs)
        for (question, response), mine, theirs in zip(pairs, marks, told, strict=True)
        if mine != theirs
    ]
    assert differing == []
    assert {question["__typename"] for question in shown} == {
        *("ChoiceQuestion", "OrderQuestion", "MatchQuestion"),
        *("TextEntryQuestion", "NumericQuestion", "GapQuestion"),
    }
    assert {None if mark is None else mark["correct"] for mark in told} == {True, False, None}


def _shown(question: contract.AnyQuestion) -> dict[str, Any]:
    """Return a question as GraphQL shows it in English."""
    fields: dict[str, Any] = _json(question)
    return {"__typename": type(question).__name__, **fields}


def _json(value: Any) -> Any:
    if isinstance(value, Record):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        return {_camel(name): _json(field) for name, field in fields.items()}
    if isinstance(value, Mapping) and "entries" not in value:
        return value["en"]  # a text
    return [_json(each) for each in value] if isinstance(value, tuple) else value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _response(response: dict[str, Any]) -> Response:
    pairs = response.get("pairs")
    return Response(
        choice_ids=_tuple(response.get("choiceIds")),
        pairs=None if pairs is None else tuple((source, target) for source, target in pairs),
        texts=_tuple(response.get("texts")),
        number=response.get("number"),
    )


def _tuple(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _told(mark: contract.Mark) -> dict[str, Any]:
    feedback = mark.feedback and mark.feedback["en"]
    return {
        "correct": mark.correct,
        "score": pytest.approx(mark.score, abs=1e-9),
        "maxScore": mark.max_score,
        "feedback": feedback,
    }
