"""Nothing of an assessment leaks: all that anybody can read is searched for what tells answers.

The course holds a word or number of its own in each place that may tell an answer. Every public
field of the schema, pack file, picture, change, receipt, error and log line is read as everybody.
"""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
import pytest
import pytest_asyncio

from gateway.schema import build_schema
from morsel.data import Data
from morsel.mongod import Mongod
from morsel.system import System
from services.content.contract import Course, ImportCourse, ImportFormat, PackQuery
from services.kit.records import Actor, Role
from tests.gateway.conftest import AccountIssuer, Gateway, started
from tests.support.canaries import SLUG, Canaries, canary_course
from tests.support.everything import Reader
from tests.support.learner import COURSE, ENROL, VIEWER, App
from tests.support.running import Client
from tests.support.world import World

ORIGIN = "http://localhost:8000"
SCHOOL = "school"
AUTHOR = Actor(subject="lrn_author", roles=frozenset({Role.AUTHOR}), organisation=SCHOOL)
READERS = ("learner", "author elsewhere", "anybody")
"""Who reads everything in `make test`; the others do in `make test-all`."""
UNKNOWN = '"ver_AAAA"'
PEOPLE: dict[str, tuple[tuple[Role, ...], str | None]] = {
    "learner": ((Role.LEARNER,), None),
    "author elsewhere": ((Role.AUTHOR,), "rival"),
    "manager": ((Role.MANAGER,), SCHOOL),
    "employer": ((Role.EMPLOYER,), SCHOOL),
    "issuer": ((Role.ISSUER,), SCHOOL),
    "accreditor": ((Role.ACCREDITOR,), SCHOOL),
}
DRAFT = "query($slug: String!) { course(slug: $slug) { draft { content } } }"
PICTURES = """
query Pictures($slug: String!) { course(slug: $slug) { version { modules { lessons { blocks {
  ... on QuestionBlock { question { ... on ChoiceQuestion {
    choices { image { url } } } } } } } } } } }
"""
PART = {"Range": "bytes=10-400", "Accept-Encoding": "identity"}
QUESTIONS = 7
FOREIGN = "cho_AAAAAAAAAAAAAAAAAAAAAAAA"
ARGUMENTS = {"locale": '"es"', "imageWidth": "360", "width": "360"}
ID = re.compile(r'"(?:ver|mod|les|blk|qst|cho|gap|crd|img|skl|job|ach|enr|crs|cou)[a-z]*_[\w-]+"')
SCORE = re.compile(r'"score": ?[\d.]+')
"""What an attempt earned in all, told once it is released."""
URL = re.compile(r'"(https?://[^"\\]+|/(?:packs|media)/[^"\\]+)"')


@dataclass
class Spy:
    """Reads as somebody, and keeps all that was told."""

    gateway: Gateway
    told: list[tuple[str, str]] = field(default_factory=list)

    async def ask(
        self, query: str, variables: Any = None, *, token: str | None = None, who: str = "anybody"
    ) -> Any:
        """Run a document; whatever comes back is kept, errors and headers too."""
        answer = await self.gateway.run(query, variables, token=token)
        self.told.append((f"{who}: {query[:200]}", f"{answer.text} {dict(answer.headers)}"))
        assert answer.status < 500, answer.text
        return answer.json.get("data")

    async def fetch(self, url: str, **headers: str) -> None:
        """Fetch an address."""
        parts = urlsplit(url)
        address = f"{self.gateway.url}{parts.path}?{parts.query}"
        async with self.gateway.session.get(address, headers=headers) as response:
            text = (await response.read()).decode("latin-1")
            self.told.append((f"GET {url} {headers}", f"{text} {dict(response.headers)}"))


@dataclass
class School:
    """The system with the course published, and who asks."""

    system: System
    spy: Spy
    canaries: Canaries
    course: Course
    tokens: dict[str, str | None]

    def leaks(self) -> list[tuple[str, list[str]]]:
        """Return what was told that nobody may know."""
        texts = ((where, SCORE.sub("", text)) for where, text in self.spy.told)
        found = ((where, self.canaries.found_in(text)) for where, text in texts)
        return [(where, places) for where, places in found if places]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def school(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[School]:
    """A school with one course, all of Morsel around it."""
    folder = tmp_path_factory.mktemp("secrecy")
    canaries, package = canary_course()
    async with Mongod(folder / "mongo") as mongod:
        system = System(Data(folder / "data"), mongo_uri=mongod.uri, public_url=ORIGIN)
        await system.start()
        imported = await system.content.authoring.import_course(
            AUTHOR, ImportCourse(format=ImportFormat.MARKDOWN, package=package, publish=True)
        )
        assert imported.problems == ()
        assert imported.course is not None
        async with started(World(), AccountIssuer(), app=system.app) as gateway:
            tokens: dict[str, str | None] = {
                name: system.issuer.token(name, roles=(Role.LEARNER, *roles), organisation=org)
                for name, (roles, org) in PEOPLE.items()
            }
            tokens |= {"guest": await gateway.guest(), "anybody": None}
            yield School(system, Spy(gateway), canaries, imported.course, tokens)
        await system.stop()


async def test_what_would_leak_is_there_for_its_author(school: School) -> None:
    """A test that looks for the wrong words would pass on anything."""
    token = school.system.issuer.token("me", roles=(Role.AUTHOR,), organisation=SCHOOL)
    answer = await school.spy.gateway.run(DRAFT, {"slug": SLUG}, token=token)
    assert school.canaries.found_in(answer.text) == list(school.canaries.places)


@pytest.mark.parametrize(
    "who",
    [
        who if who in READERS else pytest.param(who, marks=pytest.mark.slow)
        for who in (*PEOPLE, "guest", "anybody")
    ],
)
async def test_no_field_of_the_schema_tells(school: School, who: str) -> None:
    """Every field of every type that a query reaches, by id too, in both languages."""
    # given the shortest way to each, and every id that anybody is given
    schema = build_schema().graphql_schema
    version = school.course.version_id or ""
    ids = await _ids(school)
    roots = {
        "course": ({"slug": f'"{SLUG}"'}, {"id": f'"{school.course.id}"'}),
        "lesson": tuple({"id": each} for each in ids if each.startswith('"les')),
        "node": tuple({"id": f'"{each}"'} for each in (school.course.id, version)),
        "nodes": ({"ids": f"[{', '.join(ids[:60])}]"},),
        "catalog": ({}, {"search": '"checking"'}),
        "credential": ({"id": UNKNOWN},),
        "verifyCredential": ({"input": "{json: {}}"},),
    }
    reader = Reader(schema, arguments=ARGUMENTS, roots=roots)
    documents = list(reader.documents())
    assert reader.read == reader.reachable()
    # when somebody reads all of it
    before = len(school.spy.told)
    for document in documents:
        await school.spy.ask(document, token=school.tokens[who], who=who)
    # then nothing that tells is read, and the questions are
    assert school.leaks() == []
    read = " ".join(text for _, text in school.spy.told[before:])
    assert read.count("GapQuestion") > 1
    assert "Iota" in read


async def test_no_search_finds_it(school: School) -> None:
    """A search that answers yes to a guess at a word is an oracle."""
    find = "query($q: String) { catalog(search: $q) { totalCount } }"
    assert (await school.spy.ask(find, {"q": "checks"}))["catalog"]["totalCount"] == 1
    for word in school.canaries.words:
        for part in (word, word[:4]):
            answer = await school.spy.gateway.run(find, {"q": part})
            assert answer.data["catalog"]["totalCount"] == 0, word


async def test_no_file_tells(school: School) -> None:
    """What phones download, pictures too, in whole and in parts, and what errors say."""
    # given every address that anybody is told
    pictures = json.dumps(await school.spy.ask(PICTURES, {"slug": SLUG}))
    query = PackQuery(version_id=school.course.version_id or "")
    (pack,) = await school.system.content.catalog.packs((query,))
    assert pack is not None
    urls = {*URL.findall(pictures), *(file.url for file in pack.files)}
    assert {url.split("/")[-3 if "media" in url else 1] for url in urls} == {"media", "packs"}
    # when they are fetched
    for url in urls:
        for headers in ({}, {"Accept-Encoding": "gzip"}, PART):
            await school.spy.fetch(url, **headers)
        await school.spy.fetch(url[:-3])
    # then none of it tells
    assert school.leaks() == []


async def test_no_attempt_tells(school: School) -> None:
    """Receipts, changes and errors, before an attempt is released and after."""
    # given a learner in the assessment
    app = await _enrolled(school, "learner")
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
        answered = await _push(app)
        app.act("attempt.submitted", {"attempt": attempt}, lesson=lesson["id"])
        (handed_in,) = await _push(app)
        # then no answer of an assessment has a mark, and the attempt has one without feedback
        assert {receipt["mark"] is None for receipt in answered} == {True}
        assert handed_in["mark"]["maxScore"] > 1
        assert handed_in["mark"]["feedback"] is None
    # and nothing of what the learner may read afterwards tells
    await app.client.run(VIEWER)
    assert school.leaks() == []


async def test_no_refusal_tells(school: School) -> None:
    """Who may not write is told so without a word of the draft."""
    revision = {"courseId": school.course.id, "baseRevision": 1}
    writes = {
        "publishCourse(input: $i)": ("PublishCourseInput", revision),
        "updateDraft(input: $i)": ("UpdateDraftInput", {**revision, "content": {"slug": SLUG}}),
    }
    for who, token in school.tokens.items():
        for call, (input_type, given) in writes.items():
            told = "{ course { id draft { content } } userErrors { code message path } }"
            document = f"mutation($i: {input_type}!) {{ {call} {told} }}"
            await school.spy.ask(document, {"i": given}, token=token, who=who)
    assert school.leaks() == []


async def test_no_record_for_other_services_tells(school: School) -> None:
    """Progress and credentials hold, and may show, what content tells them."""
    version = school.course.version_id or ""
    content = school.system.content
    (facts,) = await content.marking.facts((version,))
    (public,) = await content.catalog.versions((version,))
    (course,) = await content.catalog.courses((school.course.id,))
    for record in (facts, public, course):
        assert record is not None
        assert school.canaries.found_in(msgspec.json.encode(record).decode()) == []


async def test_no_log_tells(school: School, capfd: pytest.CaptureFixture[str]) -> None:
    """Logs go to people who run a cluster, and to those who collect them."""
    await school.spy.ask("{ course(slug: 1) { id } }")
    app = await _enrolled(school, "manager")
    app.act("question.answered", {"texts": ["x"], "attempt": "no"}, lesson="les_AAAA")
    await _push(app)
    said = "".join(capfd.readouterr())
    assert "graphql" in said
    assert school.canaries.found_in(said) == []


class _Watched(Client):
    """A client whose every answer the spy keeps."""

    def __init__(self, spy: Spy, token: str | None) -> None:
        super().__init__(spy.gateway.session, spy.gateway.url, token)
        self._spy = spy

    async def post(self, document: str, **variables: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await super().post(document, **variables)
        self._spy.told.append((document[:200], json.dumps(answer)))
        return answer


async def _enrolled(school: School, who: str) -> App:
    """Return the app of somebody who has downloaded the course and enrolled."""
    client = _Watched(school.spy, school.tokens[who])
    course = (await client.run(COURSE, slug=SLUG))["course"]
    await client.run(ENROL, input={"courseId": course["id"]})
    return App(client, course, start=datetime.now(UTC) - timedelta(hours=1))


async def _push(app: App) -> list[dict[str, Any]]:
    """Push what is queued, and return the receipts."""
    queue, app.queue = app.queue, []
    receipts: list[dict[str, Any]] = (await app.sync(queue))["receipts"]
    return receipts


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


async def _ids(school: School) -> list[str]:
    """Return every id that a phone is given, in quotes."""
    data = await school.spy.ask(COURSE, {"slug": SLUG})
    return list(dict.fromkeys(ID.findall(json.dumps(data))))
