"""What content holds, as the schema shows it."""

from base64 import b64encode
from typing import Any

import pytest

from services.kit.ids import Kind, new_id
from tests.gateway.conftest import Gateway
from tests.support.versions import IMAGE, rich_version

VERSION = rich_version()
ALL, SHORT, EXAM = (lesson for module in VERSION.modules for lesson in module.lessons)
BLOCKS = """query($id: ID!, $locale: Locale) { lesson(id: $id) { blocks(locale: $locale) {
  __typename key
  ... on TextBlock { markdown html }
  ... on ImageBlock { caption image { alt width url(width: 400) } }
  ... on AudioBlock { url transcript }
  ... on VideoBlock { renditions { url mediaType } captions { url locale } poster { id } }
  ... on CodeBlock { language source }
  ... on CalloutBlock { tone html }
  ... on FlashcardBlock { cards { key front back } }
  ... on QuestionBlock { question { __typename key prompt explanation hint skills { name }
    points minScore maxScore mapping
    ... on ChoiceQuestion { multiple correctIds choices { id text feedback image { id } } }
    ... on OrderQuestion { correctIds choices { id } }
    ... on MatchQuestion { correctPairs sources { id } targets { id } }
    ... on TextEntryQuestion { accepted caseSensitive }
    ... on NumericQuestion { unit correctNumber tolerance }
    ... on GapQuestion { text gaps { key accepted caseSensitive choices { id } } }
  } }
} } }"""


async def test_a_course_is_found_by_slug_and_by_id(gateway: Gateway) -> None:
    """A phone that knows either finds the course; a slug that is not there is null, no error."""
    document = """query($id: ID!) {
      bySlug: course(slug: "wiring") { id lessonCount version { number hash publishedAt } }
      byId: course(id: $id) { slug level locales tags }
      none: course(slug: "none") { id }
    }"""

    answer = await gateway.run(document, {"id": VERSION.course_id})

    assert answer.data == {
        "bySlug": {
            "id": VERSION.course_id,
            "lessonCount": 3,
            "version": {
                "number": 1,
                "hash": VERSION.hash,
                "publishedAt": "2026-11-01T08:00:00.512Z",
            },
        },
        "byId": {
            "slug": "wiring",
            "level": "BEGINNER",
            "locales": ["en", "de"],
            "tags": ["electricity"],
        },
        "none": None,
    }


@pytest.mark.parametrize("arguments", ["", '(id: "a", slug: "b")'])
async def test_a_course_is_asked_for_by_one_name(gateway: Gateway, arguments: str) -> None:
    """Which of the two counts would be a guess."""
    answer = await gateway.run(f"{{ course{arguments} {{ id }} }}")

    assert answer.codes == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    "locale,title",
    [
        (None, "Course wiring"),
        ("de", "Course wiring (de)"),
        ("de-AT", "Course wiring (de)"),
        ("DE-at", "Course wiring (de)"),
        ("fr", "Course wiring"),
    ],
)
async def test_a_text_falls_back_to_shorter_tags_and_then_to_the_course(
    gateway: Gateway, locale: str | None, title: str
) -> None:
    """A phone set to de-AT would read English, or nothing."""
    document = 'query($l: Locale) { course(slug: "wiring") { title(locale: $l) } }'

    assert (await gateway.run(document, {"l": locale})).data["course"]["title"] == title


async def test_lessons_know_their_place(gateway: Gateway) -> None:
    """Going on from one lesson to the next would need the whole course."""
    document = """query($id: ID!) { lesson(id: $id) {
      key kind attemptLimit passScore course { slug } module { key } next { key } previous { key }
    } }"""

    middle = (await gateway.run(document, {"id": SHORT.id})).data["lesson"]
    last = (await gateway.run(document, {"id": EXAM.id})).data["lesson"]

    assert middle == {
        "key": "short",
        "kind": "PRACTICE",
        "attemptLimit": None,
        "passScore": None,
        "course": {"slug": "wiring"},
        "module": {"key": "one"},
        "next": {"key": "exam"},
        "previous": {"key": "all"},
    }
    assert (last["kind"], last["attemptLimit"], last["passScore"]) == ("ASSESSMENT", 3, 0.7)
    assert (last["module"], last["next"]) == ({"key": "two"}, None)


async def test_every_type_of_block_is_shown_in_the_language_asked_for(gateway: Gateway) -> None:
    """One type that fails takes the whole lesson from the learner."""
    answer = await gateway.run(BLOCKS, {"id": ALL.id, "locale": "de"})

    blocks = {block["key"]: block for block in answer.data["lesson"]["blocks"]}
    media = "https://learn.example/media"
    assert blocks["text"]["html"] == "<em>a</em> (de)"
    assert blocks["image"]["caption"] == "A caption (de)"
    assert blocks["image"]["image"] == {
        "alt": "Eine Dose",
        "width": 1600,
        "url": f"{media}/{IMAGE.hash}/720.webp",
    }
    assert blocks["audio"]["url"] == f"{media}/a.ogg"
    assert blocks["video"]["renditions"] == [{"url": f"{media}/v.mp4", "mediaType": "video/mp4"}]
    assert blocks["video"]["captions"] == [{"url": f"{media}/v.vtt", "locale": "en"}]
    assert (blocks["code"]["language"], blocks["code"]["source"]) == ("python", "print()")
    assert blocks["callout"]["tone"] == "tip"
    assert blocks["cards"]["cards"] == [{"key": "c1", "front": "front (de)", "back": "back (de)"}]


async def test_every_type_of_question_is_shown_with_its_answer(gateway: Gateway) -> None:
    """A phone could not mark a practice lesson offline."""
    answer = await gateway.run(BLOCKS, {"id": ALL.id})

    asked = [block["question"] for block in answer.data["lesson"]["blocks"] if "question" in block]
    by_type: dict[str, Any] = {question.pop("__typename"): question for question in asked}
    choice = by_type["ChoiceQuestion"]
    assert choice["mapping"] == {choice["choices"][0]["id"]: 1.0}
    assert choice["correctIds"] == [choice["choices"][0]["id"]]
    assert choice["choices"][1] | {"id": None} == {
        "id": None,
        "text": "b",
        "feedback": "about b",
        "image": None,
    }
    assert (choice["prompt"], choice["skills"]) == ("choice?", [{"name": "Wiring"}])
    order, match = by_type["OrderQuestion"], by_type["MatchQuestion"]
    assert order["correctIds"] == [each["id"] for each in reversed(order["choices"])]
    assert match["correctPairs"] == [[match["sources"][0]["id"], match["targets"][0]["id"]]]
    assert by_type["TextEntryQuestion"]["accepted"] == ["earth"]
    assert by_type["NumericQuestion"]["correctNumber"] == 230
    assert by_type["GapQuestion"]["gaps"] == [
        {"key": "g1", "accepted": ["live"], "caseSensitive": False, "choices": None}
    ]


@pytest.mark.parametrize(
    "arguments,file",
    [
        ("", "1080.webp"),
        ("(width: 1)", "360.webp"),
        ("(width: 720)", "720.webp"),
        ("(width: 721, format: AVIF)", "1080.avif"),
        ("(width: 9999)", "1080.webp"),
    ],
)
async def test_a_picture_is_given_at_the_next_wider_width(
    gateway: Gateway, arguments: str, file: str
) -> None:
    """It would be blurred, or not be there at all."""
    document = f'{{ course(slug: "wiring") {{ cover {{ url{arguments} }} }} }}'

    url = (await gateway.run(document)).data["course"]["cover"]["url"]

    assert url == f"https://learn.example/media/{IMAGE.hash}/{file}"


async def test_the_catalogue_is_searched_filtered_and_paged(gateway: Gateway) -> None:
    """A learner would not find the course, or see one twice."""
    for index in range(4):
        gateway.world.shelf._put(rich_version(f"course-{index}"))
    document = """query($after: String) {
      catalog(search: "course-", filter: {levels: [BEGINNER]}, first: 3, after: $after) {
        edges { cursor node { slug } } nodes { slug } totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      } }"""

    first = (await gateway.run(document)).data["catalog"]
    after = first["pageInfo"]["endCursor"]
    second = (await gateway.run(document, {"after": after})).data["catalog"]

    assert [node["slug"] for node in first["nodes"]] == ["course-0", "course-1", "course-2"]
    assert first["edges"][0] == {
        "cursor": first["pageInfo"]["startCursor"],
        "node": {"slug": "course-0"},
    }
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (4, True)
    assert [node["slug"] for node in second["nodes"]] == ["course-3"]
    assert second["pageInfo"]["hasNextPage"] is False
    assert second["pageInfo"]["hasPreviousPage"] is True


async def test_a_page_is_held_to_a_hundred_and_never_empty(gateway: Gateway) -> None:
    """A page of a million would be built; one of zero would loop a client for ever."""
    huge = await gateway.run("{ catalog(first: 1000000) { totalCount } }")
    none = await gateway.run("{ catalog(first: 0) { totalCount } }")

    assert huge.data["catalog"]["totalCount"] == 1
    assert none.codes == ["BAD_USER_INPUT"]


async def test_nodes_are_read_again_by_their_ids(gateway: Gateway) -> None:
    """A client's cache could not refresh what it holds."""
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    achievement = VERSION.achievement
    assert achievement is not None
    there = {
        VERSION.course_id: "Course",
        VERSION.id: "CourseVersion",
        SHORT.id: "Lesson",
        "skl_AQ": "Skill",
        achievement.id: "Achievement",
    }
    absent = [new_id(Kind.COURSE), new_id(Kind.LESSON), "crs_!", "x", "", "job_AQ", "les_"]

    answer = await gateway.run(document, {"ids": [*there, *absent]})

    assert answer.data["nodes"] == [
        *({"__typename": name, "id": id_} for id_, name in there.items()),
        *[None] * len(absent),
    ]


async def test_too_many_nodes_at_once_are_refused(gateway: Gateway) -> None:
    """One request would read the database out."""
    answer = await gateway.run("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["x"] * 101})

    assert answer.codes == ["BAD_USER_INPUT"]


async def test_a_draft_is_for_authors(gateway: Gateway) -> None:
    """Learners would read the answers of tomorrow's course."""
    create = """mutation { createCourse(input: {slug: "new", title: "New", summary: "S"}) {
      course { id draft { revision problems { code message path } } version { id } }
      userErrors { code path } } }"""
    author = gateway.accounts.author()

    created = (await gateway.run(create, token=author)).data["createCourse"]["course"]
    again = (await gateway.run(create, token=author)).data["createCourse"]
    read = "query($id: ID!) { course(id: $id) { title draft { content } } }"
    own = await gateway.run(read, {"id": created["id"]}, token=author)
    others = await gateway.run(read, {"id": created["id"]}, token=gateway.accounts.token())
    learner = await gateway.run(create, token=gateway.accounts.token())
    nobody = await gateway.run(create)

    assert (created["draft"]["revision"], created["version"]) == (1, None)
    assert created["draft"]["problems"] == [
        {"code": "INVALID", "message": "A course needs a lesson.", "path": ["modules"]}
    ]
    assert again == {
        "course": None,
        "userErrors": [{"code": "ALREADY_EXISTS", "path": ["input", "slug"]}],
    }
    assert own.data["course"] == {"title": "New", "draft": {"content": {}}}
    assert others.data == {"course": None}
    assert learner.data["createCourse"]["userErrors"] == [{"code": "FORBIDDEN", "path": None}]
    assert nobody.codes == ["UNAUTHENTICATED"]


async def test_a_draft_is_replaced_by_its_revision(gateway: Gateway) -> None:
    """Two authors would overwrite each other."""
    author = gateway.accounts.author()
    create = (
        'mutation { createCourse(input: {slug: "n", title: "N", summary: "S"}) { course { id } } }'
    )
    id_ = (await gateway.run(create, token=author)).data["createCourse"]["course"]["id"]
    update = """mutation($input: UpdateDraftInput!) { updateDraft(input: $input) {
      course { draft { revision content problems { code } } } userErrors { code path } } }"""
    content = {"deep": [1, {"two": None}], "big": 2**70}

    first, second = [
        await gateway.run(
            update,
            {"input": {"courseId": id_, "baseRevision": 1, "content": content}},
            token=author,
        )
        for _ in range(2)
    ]

    assert first.data["updateDraft"]["course"]["draft"] == {
        "revision": 2,
        "content": content,
        "problems": [],
    }
    assert second.data["updateDraft"] == {
        "course": None,
        "userErrors": [{"code": "STALE_REVISION", "path": ["input", "baseRevision"]}],
    }


async def test_authors_list_the_courses_of_their_organisation(gateway: Gateway) -> None:
    """An author would not find the draft again."""
    document = "{ authoredCourses { totalCount nodes { slug } } }"

    own = await gateway.run(document, token=gateway.accounts.author())
    learner = await gateway.run(document, token=gateway.accounts.token())

    assert own.data["authoredCourses"] == {"totalCount": 1, "nodes": [{"slug": "wiring"}]}
    assert learner.codes == ["FORBIDDEN"]


@pytest.mark.parametrize(
    "package,errors",
    [
        (b64encode(b"zip!").decode(), []),
        ("no base64", [{"code": "INVALID", "path": ["input", "package"]}]),
        (None, [{"code": "INVALID", "path": ["input", "package"]}]),
    ],
)
async def test_a_package_is_unpacked_and_every_loss_is_told(
    gateway: Gateway, package: str | None, errors: list[Any]
) -> None:
    """An author would believe that all of it came in."""
    document = """mutation($input: ImportCourseInput!) { importCourse(input: $input) {
      imported losses { path severity reason } userErrors { code path } } }"""

    answer = await gateway.run(
        document,
        {"input": {"format": "MARKDOWN", "package": package}},
        token=gateway.accounts.author(),
    )

    told = answer.data["importCourse"]
    assert told["userErrors"] == errors
    assert told["imported"] == (0 if errors else 4)
    assert told["losses"] == (
        [] if errors else [{"path": "b.html", "severity": "SKIPPED", "reason": "A script."}]
    )
