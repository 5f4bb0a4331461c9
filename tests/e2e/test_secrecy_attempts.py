"""Nothing that is done in an assessment tells its answers, nor what others ask of its author.

Attempts before, at and beyond the limit, the credential of a passed one, events of subscriptions,
the doors of authors elsewhere; and a right answer costs and leaves what a wrong one does.
"""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient

from services.content.contract import PublishCourse, UpdateDraft
from services.kit.errors import NotFound
from services.kit.records import Actor, Role
from tests.support.canaries import SLUG, canary_course
from tests.support.learner import QUESTION, VIEWER, App
from tests.support.school import AUTHOR, School, enrolled, push
from tests.support.sockets import CHANGED, opened

OPERATIONS = Path(__file__).parents[2] / "graphql" / "operations"
QUESTIONS = 7
SECONDS = 60
"""A guard against hanging."""
ATTEMPTS = 3
FOLLOW = (
    """
subscription { coursePublished { title version { modules { lessons { id kind blocks { id key
  ... on QuestionBlock { question { ...Q mapping } } } } } } } }
"""
    + QUESTION
)
RIVAL = Actor(subject="lrn_rival", roles=frozenset({Role.AUTHOR}), organisation="rival")
WRONG_WORD, WRONG_NUMBER = "zqabcdefghi", 3.123_457
NAMED = 16
"""Members of a document with longer names are named by an id."""
ASIDE = {"missed", "outbox"}
"""Whom a corrected key may raise, and what is told on in the background: no answer waits for it."""
COUNTS = "question_counts"
"""Made in the background too, over all learners."""


async def test_no_attempt_tells(school: School) -> None:
    """Receipts, changes and errors, before an attempt is released and after."""
    # given a learner in the assessment
    app = await enrolled(school, "learner")
    lesson = next(each for each in app.lessons if each["kind"] == "ASSESSMENT")
    questions = [block["question"] for block in lesson["blocks"] if block.get("question")]
    assert len(questions) == QUESTIONS
    for _ in range(2):
        # when they answer, wrongly and in the wrong shape too, and push before handing in
        attempt = str(uuid4())
        for question in questions:
            for response in _guesses(question):
                body = {**response, "attempt": attempt, "seconds": 3}
                app.act("question.answered", body, lesson=lesson["id"], question=question["id"])
        answered = await push(app)
        app.act("attempt.submitted", {"attempt": attempt}, lesson=lesson["id"])
        (handed_in,) = await push(app)
        # then no answer of an assessment has a mark, and the attempt has one without feedback
        assert {receipt["mark"] is None for receipt in answered} == {True}
        assert handed_in["mark"]["maxScore"] > 1
        assert handed_in["mark"]["feedback"] is None
    # and nothing of what the learner may read afterwards tells
    await app.client.run(VIEWER)
    assert school.leaks() == []


async def test_no_attempt_beyond_the_limit_tells(school: School) -> None:
    """Who may not try any more would find each answer by trying."""
    # given a learner whose attempts are used up
    app = await enrolled(school, "employer")
    lesson, questions = _assessment(app)
    for _ in range(ATTEMPTS):
        await _try(app, {key: _wrong(each) for key, each in questions.items()})
    # when they try on, once rightly and once wrongly
    right = await _try(app, {key: _right(school, each) for key, each in questions.items()})
    wrong = await _try(app, {key: _wrong(each) for key, each in questions.items()})
    # then both are told the same
    assert [_without_id(each) for each in right] == [_without_id(each) for each in wrong]
    assert {receipt["mark"] is None for receipt in right} == {True}
    viewer = (await app.client.run(VIEWER))["viewer"]
    (progress,) = (each for each in viewer["enrolments"]["nodes"][0]["lessons"] if each["attempts"])
    assert (progress["attempts"], progress["passed"]) == (ATTEMPTS, False)
    assert school.leaks() == []
    assert lesson["attemptLimit"] == ATTEMPTS


async def test_no_credential_tells(school: School) -> None:
    """A credential goes to employers: it says that somebody passed, not with what."""
    # given a learner who passed
    app = await enrolled(school, "accreditor")
    for each in app.lessons:
        app.study(
            each,
            {block["key"]: _right(school, block["question"]) for block in _asked(each)}
            if each["kind"] == "ASSESSMENT"
            else None,
        )
    receipts = await push(app)
    assert receipts[-2]["mark"]["correct"] is True
    # when all that is issued is read
    credential: dict[str, Any] = {}
    async with asyncio.timeout(60):
        while not credential:
            nodes = (await app.client.run(VIEWER))["viewer"]["credentials"]["nodes"]
            credential = nodes[0] if nodes else {}
    await school.spy.fetch(credential["jsonUrl"])
    claims = credential["jwt"].split(".")[1]
    told = urlsafe_b64decode(claims + "=" * (-len(claims) % 4)).decode()
    school.spy.told.append(("the claims of the JWT", told))
    # then none of it tells
    assert "Checker" in told
    assert school.leaks() == []


@pytest.mark.parametrize("who", ["author elsewhere", "manager", "learner", "guest", "anybody"])
async def test_no_door_of_authors_tells(school: School, who: str) -> None:
    """Drafts, previews, impact and refused writes are for authors of the organisation alone."""
    course, before = {"courseId": school.course.id}, await _draft(school)
    asked: dict[str, Any] = {
        "CourseDraft": {"id": school.course.id},
        "CoursePreview": {"id": school.course.id, "locale": "es"},
        "CourseVersions": {"id": school.course.id},
        "PreviewPublish": {"input": course},
        "UpdateDraft": {"input": {**course, "baseRevision": 1, "content": before.content}},
        "PublishCourse": {"input": {**course, "baseRevision": 1}},
        "RollBackCourse": {"input": {**course, "versionNumber": 1}},
        "ArchiveCourse": {"input": course},
        "UnscheduleCourse": {"input": course},
        "ImportCourse": {"input": {"format": "MARKDOWN", "package": _package(), "publish": True}},
    }
    for name, variables in asked.items():
        document = (OPERATIONS / f"{name}.graphql").read_text()
        await school.spy.ask(document, variables, token=school.tokens[who], who=who)
    assert school.leaks() == []
    assert await _draft(school) == before


async def test_no_export_for_others(school: School) -> None:
    """An export holds every answer."""
    with pytest.raises(NotFound) as refused:
        await school.system.content.exporting.export(RIVAL, SLUG)
    assert school.canaries.found_in(str(refused.value)) == []
    assert await school.system.content.exporting.slugs(RIVAL) == ()


async def test_the_author_sees_what_learners_will(school: School) -> None:
    """A preview is shown on a screen in a meeting; the draft itself has the answers."""
    token = school.system.issuer.token("me", roles=(Role.AUTHOR,), organisation="school")
    document = (OPERATIONS / "CoursePreview.graphql").read_text()
    data = await school.spy.ask(document, {"id": school.course.id}, token=token)
    assert json.dumps(data).count("prompt") >= QUESTIONS
    assert school.leaks() == []


async def test_a_right_answer_costs_and_leaves_what_a_wrong_one_does(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sizes, calls and so timings would tell who watches them."""
    marked: list[int] = []
    mark = school.system.content.marking.mark

    async def watched(answers: Any) -> Any:
        marked.append(len(answers))
        return await mark(answers)

    monkeypatch.setattr(school.system.content.marking, "mark", watched)
    seen = {}
    for who, is_right in (("right", True), ("wrong", False)):
        # given a learner in the assessment
        school.tokens[who] = school.system.issuer.token(who, roles=(Role.LEARNER,))
        app = await enrolled(school, who)
        lesson, questions = _assessment(app)
        app.act("lesson.started", lesson=lesson["id"])
        await push(app)
        # when they answer in responses of one length
        attempt, before = str(uuid4()), _stored(school)
        for key in ("pick", "write", "count"):
            response = _right(school, questions[key]) if is_right else _wrong(questions[key])
            body = {**response, "attempt": attempt, "seconds": 3}
            app.act("question.answered", body, lesson=lesson["id"], question=questions[key]["id"])
        marked.clear()
        queue, app.queue = app.queue, []
        told = await app.sync(queue)
        # then all of it is counted: calls, documents with their sizes, and what is told
        after = _stored(school)
        changed = [key for key in after if after[key] != before.get(key)]
        shapes = Counter((key[:2], json.dumps(_shape(after[key]))) for key in changed)
        seen[is_right] = (list(marked), shapes, _shape(told))
    assert seen[True][0] == [3]
    assert {("morsel_progress", "log"), ("morsel_progress", "courses")} <= {
        key for key, _ in seen[True][1]
    }
    assert seen[True] == seen[False]


async def test_no_event_tells(school: School) -> None:
    """Subscriptions hand out a course as it is now, and that something of the viewer's changed."""
    # given somebody who follows courses, and a learner who follows their own
    app = await enrolled(school, "learner")
    _, questions = _assessment(app)
    url = school.spy.gateway.url
    async with opened(url) as follower, opened(url) as own:
        await follower.init()
        await follower.subscribe(FOLLOW, id_="2")
        await own.init(school.tokens["learner"])
        await own.subscribe(CHANGED)
        # when answers are handed in, and the course is published anew
        await _try(app, {key: _wrong(each) for key, each in questions.items()})
        draft = await _draft(school)
        content = {**draft.content, "summary": {"en": "News.", "es": "Noticias."}}
        update = UpdateDraft(course_id=school.course.id, base_revision=1, content=content)
        await school.system.content.authoring.update_draft(AUTHOR, update)
        again = PublishCourse(course_id=school.course.id, base_revision=2)
        await school.system.content.authoring.publish(AUTHOR, again)
        # then what comes tells nothing
        for socket in (own, follower):
            event = await socket.raw.receive(SECONDS)
            school.spy.told.append(("an event", event.data))
    assert school.spy.told[-1][1].count('"prompt"') >= QUESTIONS
    assert school.leaks() == []


def _assessment(app: App) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the assessment and its questions by key."""
    lesson = next(each for each in app.lessons if each["kind"] == "ASSESSMENT")
    return lesson, {block["key"]: block["question"] for block in _asked(lesson)}


def _asked(lesson: dict[str, Any]) -> list[dict[str, Any]]:
    return [block for block in lesson["blocks"] if block.get("question")]


async def _try(app: App, answers: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Answer and hand in an attempt; return the receipts."""
    lesson, questions = _assessment(app)
    attempt = str(uuid4())
    for key, response in answers.items():
        body = {**response, "attempt": attempt, "seconds": 3}
        app.act("question.answered", body, lesson=lesson["id"], question=questions[key]["id"])
    app.act("attempt.submitted", {"attempt": attempt}, lesson=lesson["id"])
    return await push(app)


def _right(school: School, question: dict[str, Any]) -> dict[str, Any]:
    """Return the right response to a question, which its author knows."""
    places = school.canaries.places
    match question["key"]:
        case "choose":
            return {"choiceIds": _named(question["choices"], "Beta", "Gamma")}
        case "pick":
            return {"choiceIds": _named(question["choices"], "Zeta")}
        case "sort":
            return {"choiceIds": _named(question["choices"], "Eta", "Theta", "Iota", "Kappa")}
        case "match":
            sources = _named(question["sources"], "Lambda", "Nu")
            targets = _named(question["targets"], "Mu", "Xi")
            return {"pairs": [list(pair) for pair in zip(sources, targets, strict=True)]}
        case "write":
            return {"texts": [places["en-word accepted"]]}
        case "count":
            return {"number": float(places["number number"])}
        case _:
            filled = _named(question["gaps"][1]["choices"], "tau")
            return {"texts": [places["en-word typed"], *filled]}


def _wrong(question: dict[str, Any]) -> dict[str, Any]:
    """Return a wrong response of the same length as the right one."""
    match question["key"]:
        case "choose":
            return {"choiceIds": _named(question["choices"], "Alpha", "Delta")}
        case "pick":
            return {"choiceIds": _named(question["choices"], "Epsilon")}
        case "sort":
            return {"choiceIds": _named(question["choices"], "Kappa", "Iota", "Theta", "Eta")}
        case "match":
            sources = _named(question["sources"], "Lambda", "Nu")
            targets = _named(question["targets"], "Xi", "Mu")
            return {"pairs": [list(pair) for pair in zip(sources, targets, strict=True)]}
        case "write":
            return {"texts": [WRONG_WORD]}
        case "count":
            return {"number": WRONG_NUMBER}
        case _:
            return {"texts": [WRONG_WORD, *_named(question["gaps"][1]["choices"], "sigma")]}


def _named(choices: list[dict[str, Any]], *texts: str) -> list[str]:
    """Return the ids of choices by their texts."""
    ids = {choice["text"]: choice["id"] for choice in choices}
    return [ids[text] for text in texts]


def _without_id(receipt: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in receipt.items() if name != "id"}


async def _draft(school: School) -> Any:
    (draft,) = await school.system.content.authoring.drafts(AUTHOR, (school.course.id,))
    assert draft is not None
    return draft


def _package() -> str:
    return urlsafe_b64encode(canary_course()[1]).decode()


def _stored(school: School) -> dict[tuple[str, str, str], Any]:
    """Return all documents that progress and credentials hold, by database, collection and id."""
    client: MongoClient[dict[str, Any]] = MongoClient(school.mongo_uri)
    with client:
        return {
            (database, name, str(document["_id"])): document
            for database in ("morsel_progress", "morsel_credentials")
            for name in client[database].list_collection_names()
            if name != COUNTS
            for document in client[database][name].find()
        }


def _shape(value: Any) -> Any:
    """Return what a document is made of: its members and the size of each, as a power of two."""
    match value:
        case dict():
            return {
                name if len(name) <= NAMED else len(name): _shape(each)
                for name, each in value.items()
                if name not in ASIDE
            }
        case list():
            return [_shape(each) for each in value]
        case str() | bytes():
            return (type(value).__name__, len(value).bit_length())
        case _:
            return type(value).__name__


def _guesses(question: dict[str, Any]) -> list[dict[str, Any]]:
    """Return responses to a question: of its shape, and of none."""
    wrong: list[dict[str, Any]] = [
        {"number": 1e300},
        {"texts": ["x"] * 9},
        {"choiceIds": ["cho_A"]},
    ]
    match question["__typename"]:
        case "ChoiceQuestion" | "OrderQuestion":
            ids = [choice["id"] for choice in question["choices"]]
            return [*wrong, {"choiceIds": ids}, {"choiceIds": ids[:1]}, {"choiceIds": []}]
        case "MatchQuestion":
            targets = [choice["id"] for choice in question["targets"]]
            pairs = [[choice["id"], targets[0]] for choice in question["sources"]]
            return [*wrong, {"pairs": pairs}, {"pairs": pairs[:1]}, {"pairs": []}]
        case "GapQuestion":
            picks = [gap["choices"][0]["id"] if gap["choices"] else "?" for gap in question["gaps"]]
            return [*wrong, {"texts": picks}, {"texts": [""] * len(picks)}]
        case _:
            return [*wrong, {"number": 1.5}, {"texts": ["guess"]}, {"texts": [""]}]
