"""Somebody else's book (git-novice of The Carpentries), imported, published, learned, completed."""

import asyncio
import re
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gateway.app import create_app
from morsel.course_package import pack
from services.content.app import Content, build
from services.content.contract import ImportCourse, Imported, ImportFormat, LessonKind
from services.content.domain.course import CodeBlock, Course, Module
from services.content.domain.estimate import exact_minutes
from services.content.domain.texts import all_texts
from services.content.importers.markdown import read_book
from services.content.settings import Settings
from services.kit.ids import Kind, new_id
from services.kit.mongo import Mongo
from services.kit.records import Actor, Role, Untrusted
from services.progress.app import ContentDoors, Progress
from services.progress.contract import CourseKey, EnrolmentStatus, Push
from services.progress.settings import Settings as ProgressSettings
from tests.gateway.conftest import AccountIssuer, settings_of, started
from tests.support.phone import Phone
from tests.support.world import World

ROOT = Path(__file__).parents[2]
BOOK = Path(__file__).parents[3] / "shared" / "samples" / "markdown-lessons"
EPISODES = sorted((BOOK / "episodes").glob("*.md"))
FILES = {
    path.relative_to(BOOK).as_posix(): path.read_bytes()
    for path in BOOK.rglob("*")
    if path.is_file()
}
AUTHOR = Actor(subject="lrn_author", roles=frozenset({Role.AUTHOR}), organisation="school")
IMPORT = (ROOT / "graphql/operations/ImportCourse.graphql").read_text(encoding="utf-8")


@pytest.fixture
async def content(mongo: Mongo, mongo_uri: str) -> AsyncIterator[Content]:
    """The content service on a database of its own."""
    name = f"test_content_{uuid4().hex[:12]}"
    settings = Settings(mongo_uri=mongo_uri, public_url="http://localhost:8000", database=name)
    service = build(settings, mongo)
    await service.start()
    yield service
    await service.stop()
    await mongo.database(name).drop()


@pytest.fixture
async def progress(mongo: Mongo, mongo_uri: str, content: Content) -> AsyncIterator[Progress]:
    """The progress service over that content."""
    name = f"test_progress_{uuid4().hex[:12]}"
    settings = ProgressSettings(
        mongo_uri=mongo_uri, public_url="http://localhost:8000", cursor_key="a2V5", database=name
    )
    doors = ContentDoors(
        catalog=content.catalog,
        marking=content.marking,
        comparing=content.comparing,
        feed=content.feed,
    )
    service = Progress(settings, mongo, doors)
    await service.start()
    yield service
    await service.stop()
    await mongo.database(name).drop()


async def imported(content: Content, path: Path, *, slug: str | None = None) -> Imported:
    course = ImportCourse(format=ImportFormat.MARKDOWN, package=pack(path), slug=slug, publish=True)
    return await content.authoring.import_course(AUTHOR, course)


async def learn(content: Content, progress: Progress, version_id: str) -> Any:
    """Do every lesson of a version on a phone, and return the enrolment."""
    (facts,) = await content.marking.facts((version_id,))
    assert facts is not None
    learner = Actor(subject=new_id(Kind.LEARNER))
    phone = Phone(facts)
    events = [event for lesson in facts.lessons.values() for event in phone.study(lesson.key)]
    for start in range(0, len(events), 200):
        push = Push(
            device_id=phone.device,
            device_time=phone.now,
            events=Untrusted(events[start : start + 200]),
        )
        result = await progress.tracking.sync(learner, push)
        assert {receipt.status.value for receipt in result.receipts} == {"ACCEPTED"}
    key = CourseKey(learner_id=learner.subject, course_id=facts.course_id)
    (enrolment,) = await progress.learners.enrolments((key,))
    return enrolment


def book() -> Course:
    course = read_book(FILES).course
    assert course is not None
    return course


async def test_the_book_is_published_learned_and_completed(
    content: Content, progress: Progress
) -> None:
    """Real material would stop at the first picture that is not there."""
    done = await imported(content, BOOK)
    assert done.problems == ()
    course = done.course
    assert course is not None
    assert (course.slug, course.title) == (
        "version-control-with-git",
        {"en": "Version Control with Git"},
    )
    assert course.version_id is not None
    enrolment = await learn(content, progress, course.version_id)
    assert (enrolment.status, enrolment.percent) == (EnrolmentStatus.COMPLETED, 100.0)
    assert len(enrolment.lessons) == done.imported == course.lesson_count


@pytest.mark.parametrize("episode", EPISODES, ids=[path.stem for path in EPISODES])
async def test_each_episode_is_a_course_of_its_own(
    content: Content, progress: Progress, episode: Path
) -> None:
    """A single page comes in as one, too."""
    done = await imported(content, episode)
    assert done.problems == ()
    assert done.course is not None
    assert done.course.version_id is not None
    enrolment = await learn(content, progress, done.course.version_id)
    assert enrolment.status is EnrolmentStatus.COMPLETED


def test_episodes_are_modules_in_the_order_of_the_config() -> None:
    """A course that begins with its supplement."""
    first, *episodes = book().modules
    assert first.key == "index"
    assert [module.key for module in episodes] == [
        re.sub(r"^\d+-", "", path.stem) for path in EPISODES
    ]
    assert episodes[3].title == {"en": "Tracking Changes"}


def test_every_lesson_is_a_few_minutes_of_practice() -> None:
    """Nobody reads for a quarter of an hour on a phone."""
    for lesson in book().lessons:
        assert lesson.kind.value == LessonKind.PRACTICE.value
        assert 1 < exact_minutes(lesson, language="en") < 5.5
        assert len(lesson.blocks) < 40


SOURCE_ONLY = frozenset({"title", "kbd", "bash", "output", "source", "rstudio", "projects"})
"""Words of the markup alone: front matter, tags, names of languages and of links."""


def lost_words(page: str, module: Module) -> Iterator[tuple[int, str]]:
    """Yield each line of a page that has a word which its module has not."""
    texts = [text for _, texts in all_texts(module) for text in texts.values()]
    blocks = [block for lesson in module.lessons for block in lesson.blocks]
    texts += [block.source for block in blocks if isinstance(block, CodeBlock)]
    kept = {*re.findall(r"\w+", " ".join(texts)), *SOURCE_ONLY}
    for number, line in enumerate(FILES[page].decode().splitlines(), start=1):
        if not line.startswith(":::") and set(re.findall(r"\w+", line)) - kept:
            yield number, line


def test_no_word_is_lost_without_being_told() -> None:
    """What nobody is told of is noticed by a learner, or never."""
    told = {loss.path for loss in read_book(FILES).losses}
    pages = ["index.md", *(f"episodes/{path.name}" for path in EPISODES)]
    lost = [
        f"{page}:{number}: {line}"
        for page, module in zip(pages, book().modules, strict=True)
        for number, line in lost_words(page, module)
        if f"{page}:{number}" not in told
    ]
    assert lost == []


def test_every_loss_is_listed() -> None:
    """Exact numbers: one more or less is a change of what authors are told."""
    losses = read_book(FILES).losses
    kinds = Counter((loss.severity.value, re.sub(r"`[^`]*`", "_", loss.reason)) for loss in losses)
    assert kinds == {
        ("CHANGED", "the picture _ is not in the package: its alt text stands in its place"): 31,
        ("CHANGED", "the link to _ is left out: it leads to another file or place"): 18,
        ("CHANGED", "_ becomes code, here and below"): 3,
        ("READ_ONLY", "an exercise is read, with its solution below it: no answer is marked"): 38,
        ("READ_ONLY", "a grid table shows as written"): 1,
        ("SKIPPED", "nothing reads _ of the front matter"): 30,
        ("SKIPPED", "config.yaml does not list it"): 4,
        ("SKIPPED", "it is about the files, not a page of the book"): 1,
    }


async def test_an_author_is_told_of_each_loss_over_graphql(content: Content) -> None:
    """The list would end at the service."""
    world = World()
    world.clients = replace(world.clients, authoring=content.authoring, catalog=content.catalog)
    accounts = AccountIssuer()
    app = create_app(settings_of(), world.clients, keys=accounts.keys)
    package = {"format": "MARKDOWN", "package": b64encode(pack(BOOK)).decode(), "publish": True}
    async with started(world, accounts, app=app) as gateway:
        answer = await gateway.run(IMPORT, {"input": package}, token=accounts.author())
    outcome = answer.data["importCourse"]
    assert outcome["userErrors"] == []
    assert outcome["course"]["version"]["number"] == 1
    assert outcome["losses"] == [
        {"path": loss.path, "severity": loss.severity.value, "reason": loss.reason}
        for loss in read_book(FILES).losses
    ]


async def test_the_command_lists_each_loss(mongo: Mongo, mongo_uri: str, tmp_path: Path) -> None:
    """Who imports from a terminal sees no GraphQL."""
    words = ["import", str(BOOK), "--org", "school", "--publish", "--mongo", mongo_uri]
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "morsel", *words, "--data", str(tmp_path)],
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    await mongo.database("morsel_content").drop()
    *losses, last = said.decode().splitlines()
    assert process.returncode == 0
    assert [line.split(":")[0].split()[0] for line in losses] == [
        loss.severity.value for loss in read_book(FILES).losses
    ]
    assert last == (
        "version-control-with-git: 29 lessons, published, 52 CHANGED, 39 READ_ONLY, 35 SKIPPED"
    )
