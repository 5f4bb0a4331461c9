"""Publishing without casualties, over HTTP: a wrong key, its correction, and what learners get."""

import asyncio
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.services.content.samples import zipped
from tests.support.learner import COURSE, ENROL, VIEWER, App
from tests.support.running import Client, System
from tests.support.sockets import Socket, opened
from tests.support.whole import CHECK, course_files

SLUG = "corrected-sums"
IMPORT = """
mutation Import($input: ImportCourseInput!) { importCourse(input: $input) {
  course { id draft { revision } } userErrors { code message } } }
"""
PREVIEW = """
mutation Preview($input: CourseIdInput!) { previewPublish(input: $input) {
  midCourse completionsLost scoresRaised lessonsChanged packBytesToFetch
  questions { lesson question change } problems { message } } }
"""
PUBLISH = """
mutation Publish($input: PublishCourseInput!) { publishCourse(input: $input) {
  course { version { number } } userErrors { code message path } } }
"""
ROLL_BACK = """
mutation Back($input: RollBackCourseInput!) { rollBackCourse(input: $input) {
  course { version { number } } userErrors { message } } }
"""

DRAFT = """
query Preview($id: ID!) { course(id: $id) { draft { preview {
  id hash number modules { lessons { id key title kind blocks { id key
    ... on QuestionBlock { question { id key points skills { name }
      ... on NumericQuestion { correctNumber } } } } } } } } } }
"""

UPDATE = """
mutation Update($input: UpdateDraftInput!) { updateDraft(input: $input) {
  course { draft { revision content staleTranslations { path locale } } }
  userErrors { code message path } } }
"""


async def brought(author: Client, key: str, *, publish: bool) -> dict[str, Any]:
    """Bring the course in with that key of its only question."""
    files = {**course_files(SLUG), "check.md": CHECK.replace("= 4", f"= {key}").encode()}
    given = {
        "format": "MARKDOWN",
        "package": b64encode(zipped(files)).decode(),
        "publish": publish,
    }
    done = (await author.run(IMPORT, input=given))["importCourse"]
    assert done["userErrors"] == []
    course: dict[str, Any] = done["course"]
    return course


async def taken(learner: Client, *, answer: int, lessons: int = 2) -> App:
    """Take up the course, and do some of its lessons."""
    course = (await learner.run(COURSE, slug=SLUG))["course"]
    await learner.run(ENROL, input={"courseId": course["id"]})
    phone = App(learner, course, start=datetime.now(UTC) - timedelta(hours=1))
    for lesson in phone.lessons[:lessons]:
        phone.study(lesson, answers={"sum": {"number": answer}})
    await phone.sync(phone.queue)
    phone.queue.clear()
    return phone


async def standing(learner: Client) -> tuple[str, float | None, int]:
    """Return status and score of the only enrolment, and how many credentials there are."""
    viewer = (await learner.run(VIEWER))["viewer"]
    (enrolment,) = viewer["enrolments"]["nodes"]
    return enrolment["status"], enrolment["score"], viewer["credentials"]["totalCount"]


async def kinds(socket: Socket) -> list[str]:
    """Return the kinds of the next notice."""
    told = await socket.hear()
    found: list[str] = told["payload"]["data"]["viewerChanged"]["kinds"]
    return found


async def credential_of(learner: Client) -> float:
    """Return the score of the credential, once it is there."""
    async with asyncio.timeout(20):
        while not (found := (await learner.run(VIEWER))["viewer"]["credentials"]["nodes"]):
            await asyncio.sleep(0.1)
    return float(found[0]["score"])


async def test_a_wrong_key_is_corrected_and_nobody_is_the_worse_for_it(
    system: System, anybody: Client
) -> None:
    """Who failed by an author's mistake would stay failed, or who passed by it lose a badge."""
    # given a course whose key is wrong, one who passed by it, one who failed, one mid-course
    author = anybody.signed_in(
        await system.token("corrector", "--role", "AUTHOR", "--org", "correctors")
    )
    course = await brought(author, "5", publish=True)
    lucky, failed, midway = [
        anybody.signed_in(token)
        for token in [await system.token(f"sums-{who}") for who in ("lucky", "failed", "midway")]
    ]
    await taken(lucky, answer=5)
    await taken(failed, answer=4)
    phone = await taken(midway, answer=4, lessons=1)
    assert await credential_of(lucky) == 1
    assert await standing(failed) == ("COMPLETED", 0, 0)
    # when the author corrects the key, and asks first
    course = await brought(author, "4", publish=False)
    asked = {"courseId": course["id"]}
    preview = (await author.run(PREVIEW, input=asked))["previewPublish"]
    assert preview.pop("packBytesToFetch") > 0
    assert preview == {
        "midCourse": 1,
        "completionsLost": 0,
        "scoresRaised": 1,
        "lessonsChanged": 1,
        "questions": [{"lesson": "check", "question": "sum", "change": "REKEYED"}],
        "problems": [],
    }
    assert await standing(failed) == ("COMPLETED", 0, 0)
    async with opened(system.url) as socket:
        await socket.init(failed.token)
        await socket.subscribe()
        # and publishes
        given = {**asked, "baseRevision": course["draft"]["revision"]}
        done = (await author.run(PUBLISH, input=given))["publishCourse"]
        assert (done["userErrors"], done["course"]["version"]["number"]) == ([], 2)
        # then who failed is told once of the score, once of the credential, and of nothing else
        assert await kinds(socket) == ["ENROLMENT", "LESSON_PROGRESS", "SKILL_STANDING"]
        assert await kinds(socket) == ["CREDENTIAL"]
        assert await socket.is_quiet()
    assert await standing(failed) == ("COMPLETED", 1, 1)
    assert await credential_of(failed) == 1
    assert await standing(lucky) == ("COMPLETED", 1, 1)
    # and who is midway goes on in the version that they have, by the better of both keys
    phone.study(phone.lessons[1], answers={"sum": {"number": 4}})
    await phone.sync(phone.queue)
    assert (await standing(midway))[:2] == ("COMPLETED", 1)
    assert await credential_of(midway) == 1
    # and going back takes nothing from anybody
    back = {**asked, "versionNumber": 1}
    assert (await author.run(ROLL_BACK, input=back))["rollBackCourse"]["userErrors"] == []
    assert [await standing(each) for each in (lucky, failed, midway)] == [("COMPLETED", 1, 1)] * 3


async def test_a_preview_counts_for_nothing(system: System, anybody: Client) -> None:
    """What somebody did in a preview would count as learned, or a learner would see a draft."""
    # given a course, somebody enrolled in it, and a draft of it that says otherwise
    author = anybody.signed_in(
        await system.token("previewer", "--role", "AUTHOR", "--org", "previewers")
    )
    slug = "previewed-sums"
    files = course_files(slug)
    given = {"format": "MARKDOWN", "package": b64encode(zipped(files)).decode(), "publish": True}
    course = (await author.run(IMPORT, input=given))["importCourse"]["course"]
    learner = anybody.signed_in(await system.token("previewed"))
    await learner.run(ENROL, input={"courseId": course["id"]})
    files["check.md"] = CHECK.replace("= 4", "= 5").encode()
    given = {"format": "MARKDOWN", "package": b64encode(zipped(files)).decode(), "publish": False}
    await author.run(IMPORT, input=given)
    # when its author looks at it
    preview = (await author.run(DRAFT, id=course["id"]))["course"]["draft"]["preview"]
    assert preview["number"] == 0
    (check,) = [lesson for lesson in preview["modules"][0]["lessons"] if lesson["key"] == "check"]
    (asked,) = [block["question"] for block in check["blocks"]]
    assert asked["correctNumber"] is None
    assert asked["skills"] == [{"name": "Adding"}]
    # then nobody else sees it, by whatever id
    for other in (learner, anybody):
        assert (await other.run(DRAFT, id=course["id"]))["course"]["draft"] is None
        node = "query($id: ID!) { node(id: $id) { id } }"
        for id_ in (preview["id"], check["id"]):
            assert (await other.run(node, id=id_))["node"] is None
    # and what is done in it is refused with words, and counts for nobody
    published = (await learner.run(COURSE, slug=slug))["course"]
    phone = App(
        learner,
        {**published, "version": preview},
        start=datetime.now(UTC) - timedelta(hours=1),
    )
    phone.study(check, answers={"sum": {"number": 5}})
    done = await phone.sync(phone.queue)
    assert {each["status"] for each in done["receipts"]} == {"REJECTED"}
    assert all(each["message"] for each in done["receipts"])
    assert await standing(learner) == ("ACTIVE", None, 0)
    (enrolment,) = (await learner.run(VIEWER))["viewer"]["enrolments"]["nodes"]
    assert enrolment["percent"] == 0


async def test_a_stale_translation_is_told_and_confirmed(system: System, anybody: Client) -> None:
    """An author could not see, over GraphQL, which translations a change left behind."""
    author = anybody.signed_in(
        await system.token("translator", "--role", "AUTHOR", "--org", "translators")
    )
    files = course_files("translated-sums")
    files["course.yaml"] = files["course.yaml"].replace(
        b"title: Sums", b"title: {en: Sums, es: Sumas}"
    )
    given = {"format": "MARKDOWN", "package": b64encode(zipped(files)).decode(), "publish": False}
    course = (await author.run(IMPORT, input=given))["importCourse"]["course"]
    drafted = "query($id: ID!) { course(id: $id) { draft { content } } }"
    content = (await author.run(drafted, id=course["id"]))["course"]["draft"]["content"]

    async def save(revision: int, confirm: list[Any] | None = None) -> dict[str, Any]:
        changed = content | {"title": {"en": "Adding", "es": "Sumas"}}
        update = {"courseId": course["id"], "baseRevision": revision, "content": changed}
        done = await author.run(UPDATE, input={**update, "confirmTranslations": confirm})
        told: dict[str, Any] = done["updateDraft"]
        return told

    title = {"path": ["title"], "locale": "es"}
    assert (await save(1))["course"]["draft"]["staleTranslations"] == [title]
    odd = await save(2, [{"path": ["title"], "locale": "fr"}])
    assert odd["course"] is None
    (error,) = odd["userErrors"]
    assert error["path"] == ["input", "confirmTranslations", "0"]
    assert (await save(2, [title]))["course"]["draft"]["staleTranslations"] == []
