"""Nothing of an assessment leaks: all that anybody can read is searched for what tells answers.

The course holds a word or number of its own in each place that may tell an answer. Every public
field of the schema, pack file, picture, change, receipt, error and log line is read as everybody.
"""

import json
import re

import msgspec
import pytest

from gateway.schema import build_schema
from services.content.contract import PackQuery
from services.kit.records import Role
from services.kit.telemetry import configure
from tests.support.canaries import SLUG
from tests.support.everything import Reader
from tests.support.learner import COURSE
from tests.support.logs import logging_put_back
from tests.support.school import PEOPLE, SCHOOL, School, enrolled, push

READERS = ("learner", "author elsewhere", "anybody")
"""Who reads everything in `make test`; the others do in `make test-all`."""
UNKNOWN = '"ver_AAAA"'
DRAFT = "query($slug: String!) { course(slug: $slug) { draft { content } } }"
PICTURES = """
query Pictures($slug: String!) { course(slug: $slug) { version { modules { lessons { blocks {
  ... on QuestionBlock { question { ... on ChoiceQuestion {
    choices { image { url } } } } } } } } } } }
"""
PART = {"Range": "bytes=10-400", "Accept-Encoding": "identity"}
ARGUMENTS = {"locale": '"es"', "imageWidth": "360", "width": "360"}
ID = re.compile(r'"(?:ver|mod|les|blk|qst|cho|gap|crd|img|skl|job|ach|enr|crs|cou)[a-z]*_[\w-]+"')
URL = re.compile(r'"(https?://[^"\\]+|/(?:packs|media)/[^"\\]+)"')


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
    with logging_put_back():
        configure("morsel")
        await school.spy.ask("{ course(slug: 1) { id } }")
        app = await enrolled(school, "manager")
        app.act("question.answered", {"texts": ["x"], "attempt": "no"}, lesson="les_AAAA")
        await push(app)
    said = "".join(capfd.readouterr())
    assert "graphql" in said
    assert school.canaries.found_in(said) == []


async def _ids(school: School) -> list[str]:
    """Return every id that a phone is given, in quotes."""
    data = await school.spy.ask(COURSE, {"slug": SLUG})
    return list(dict.fromkeys(ID.findall(json.dumps(data))))
