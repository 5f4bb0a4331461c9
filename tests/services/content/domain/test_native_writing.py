"""Courses to folders and back: nothing is lost or renamed, and no file leaves the folder."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from services.content.domain import native
from services.content.domain.course import (
    AudioBlock,
    Course,
    ImageBlock,
    Lesson,
    Module,
    Picture,
    TextBlock,
)
from services.content.domain.freezing import freeze
from services.kit.errors import Invalid
from tests.services.content.documents import courses
from tests.services.content.samples import EVERY_KIND, FRONT, folder, parsed, picture

DEMO = Path(__file__).parents[4] / "services" / "content" / "demo"
SECRET = b"s" * 32


def canonical(course: Course) -> bytes:
    """Return what a version of a course would hold."""
    return freeze(course, course_id="crs_1", secret=SECRET).canonical


def course_of(*blocks: ImageBlock | TextBlock | AudioBlock, lessons: int = 1) -> Course:
    """Return a course whose lessons hold some blocks."""
    found = tuple(
        Lesson(key=f"lesson-{number}", title={"en": "Lesson"}, blocks=blocks)
        for number in range(lessons)
    )
    module = Module(key="one", title={"en": "One"}, lessons=found)
    title = {"en": "Sums"}
    return Course(slug="sums", language="en", title=title, summary=title, modules=(module,))


def shown(name: str | None, data: bytes, *, key: str = "pic") -> ImageBlock:
    """Return a block with a picture of that name."""
    digest = hashlib.sha256(data).hexdigest()
    return ImageBlock(key=key, image=Picture(hash=digest, alt={"en": "A square"}, file=name))


def files_of(path: Path) -> Mapping[str, bytes]:
    """Return the files of a folder."""
    found = (file for file in path.rglob("*") if file.is_file())
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in found}


@settings(max_examples=20, deadline=None)
@given(courses())
def test_a_course_is_written_and_read_back_as_it_was(course: Course) -> None:
    """What a draft can hold, git can hold: `write` refuses what it would not read back."""
    files = native.write(course, {})
    assert native.write(course, {}) == files
    assert all(len(path) < 200 for path in files)


@pytest.mark.parametrize("name", ["ask-an-ai-well", "read-data", "spot-phishing"])
def test_the_demo_comes_back_byte_for_byte_and_as_markdown(name: str) -> None:
    """Publishing what was exported makes no new version; nothing is written as YAML blocks."""
    files = files_of(DEMO / name)
    read = native.parse(files)
    assert read.course is not None
    pictures = {digest: files[path] for digest, path in read.pictures.items()}
    written = native.write(read.course, pictures)
    again = native.parse(written)
    assert again.course is not None
    assert again.unused == ()
    assert canonical(again.course) == canonical(read.course)
    assert native.write(again.course, pictures) == written
    assert written.keys() == files.keys()
    assert not any(b"```morsel" in data for data in written.values())


def test_every_kind_of_question_is_written_as_people_write_it() -> None:
    """An author who exports a course finds questions in it, not data."""
    course = parsed(folder(EVERY_KIND.replace("KIND", "assessment")))
    text = native.write(course, {})["01-lesson.md"].decode()
    assert "```" not in text
    assert "- [x] Zebra > Feedback-zebra" in text
    assert "- left-one => right-one" in text
    assert "= 731.25 +- 0.625 %" in text
    assert "{{Typedsecret|Othersecret}} and pick [[Wrongpick|*Rightpick|Lastpick]]" in text


def test_a_text_that_is_not_translated_is_left_as_it_is() -> None:
    """Half a translation is kept: the other half shows the source."""
    blocks = (
        TextBlock(key="hello", markdown={"en": "Hello", "es": "Hola"}),
        TextBlock(key="more", markdown={"en": "More"}),
    )
    course = course_of(*blocks)
    files = native.write(course, {})
    assert b"Hola\n\n## {.same}" in files["01-lesson-0.es.md"]
    assert parsed(dict(files)) == course


def test_pictures_keep_their_bytes_and_names() -> None:
    """A picture in a folder of its own, one without a name and one in the way of another."""
    first, second = picture(3, 3), picture(4, 4)
    blocks = (
        shown("img/first.png", first, key="a"),
        shown(None, second, key="b"),
        shown("IMG/FIRST.png", second, key="c"),
        shown("../../etc/passwd.png", first, key="d"),
        shown("course.yaml", first, key="e"),
        shown("img/first.png/x.png", second, key="f"),
    )
    course = course_of(*blocks)
    data = {hashlib.sha256(each).hexdigest(): each for each in (first, second)}
    files = native.write(course, data)
    nameless = (f"{hashlib.sha256(each).hexdigest()[:16]}.png" for each in (first, second))
    assert files.keys() == {"course.yaml", "01-lesson-0.md", "img/first.png", *nameless}
    assert files["img/first.png"] == first
    read = native.parse(files)
    assert read.course == course
    assert read.pictures.keys() == data.keys()


def test_a_picture_whose_bytes_are_gone_is_left_out() -> None:
    """A folder can be written all the same; reading it names the file that it lacks."""
    files = native.write(course_of(shown("a.png", picture())), {})
    assert "a.png" not in files
    assert "`a.png` is no picture of this folder" in native.parse(files).problems[0].message


AS_PEOPLE_WRITE = {
    "a recording": """::: audio
- file: https://example.org/a.mp3
- seconds: 40

Hello,
there.

And there.
:::""",
    "a film": """::: video
- file: https://example.org/a.mp4 {height=720 bytes=12345}
- file: https://example.org/a {type=video/webm}
- captions: https://example.org/a.vtt {locale=en}
- poster: ![A hand](square.png)
- seconds: 75
:::""",
    "points behind choices": """## Which are even? {default=-0.5 lower=none upper=2}
- [x] Two {points=1}
- [x] Four {#iv points=0.5} > Right.
- [ ] Three""",
    "points of choices apart": """## Which are even?
- [x] Two {points=0.5}
- [x] Four {#iv}
~ 1 = iv""",
    "points of places": """## In order? {points=2}
1. Stop {points=1}
2. ![A square](square.png) Look {points=0.25}
3. Go
? Slowly.
! It is safe.""",
    "points of pairs, and what pairs with nothing": """## Match {default=-0.5}
- one => eins {points=1}
- two => ![A square](square.png) zwei {points=1}
- seven =>
- => drei""",
    "points of texts": """## City?
= York
~ 1 == York
~ 0.5 = Yorck""",
    "points of numbers": """## How many? {upper=2}
= 12.5 +- 0.5 %
~ 2 = 12.5
~ 1 = 0.125""",
    "points in gaps": """## Fill in
Never {{==Click|tap}} under [[*pressure {points=1} > So it is.|sun {#light}]].
~ 1 == gap-1 => Click""",
}


@pytest.mark.parametrize("name", AS_PEOPLE_WRITE)
def test_it_is_written_as_people_write_it(name: str) -> None:
    """An author who exports a course finds their own words in it, not data."""
    text = AS_PEOPLE_WRITE[name]
    course = parsed(folder(f"{FRONT}## Card {{.text}}\nRead.\n\n{text}\n", square__png=picture()))
    written = native.write(course, {})["01-lesson.md"].decode()
    assert "```" not in written
    assert written.rstrip().endswith(text)


def test_a_translated_recording_names_its_files_in_each_language() -> None:
    """A translation without them would be read as another recording."""
    words = {"en": "Hi\nthere", "es": "Hola"}
    sound = AudioBlock(key="talk", url="https://example.org/a.mp3", transcript=words)
    files = native.write(course_of(sound), {})
    assert b"- file: https://example.org/a.mp3\n\nHola\n:::" in files["01-lesson-0.es.md"]
    assert parsed(dict(files)) == course_of(sound)


def test_what_markdown_has_no_words_for_is_written_as_a_block_of_yaml() -> None:
    """It stands in a fence and comes back."""
    sound = AudioBlock(key="talk", url="https://example.org/a.mp3", transcript={"en": ":::\nHi"})
    files = native.write(course_of(sound), {})
    assert b"url: https://example.org/a.mp3" in files["01-lesson-0.md"]


@pytest.mark.parametrize(
    "source, says",
    [
        ("type: nothing", "Invalid value"),
        ("- a", "a list of `name: value` is needed"),
        ("type: text\nmarkdown: {en: .nan}", "Out of range"),
        ("type: text\nkey: other\nmarkdown: {en: a}", "its key stands in the braces"),
        ("type: text\nmarkdown: &a {en: a}\nmore: *a", "aliases"),
        ("type: text\nnumber: " + "9" * 5000, "Exceeds the limit"),
        ("type: text\nmarkdown: {en: 2026-01-01}", "not JSON serializable"),
        ("[" * 3000, "this is no block"),
    ],
)
def test_a_block_of_yaml_that_is_none_is_refused_with_its_line(source: str, says: str) -> None:
    """A mistake in a fence is named like any other, and never stops the server."""
    text = f"---\ntitle: Lesson\n---\n## {{#one}}\n```morsel\n{source}\n```\n"
    (problem,) = native.parse(folder(text)).problems
    assert problem.path == ("lesson.md", "5")
    assert says in problem.message


def test_same_belongs_into_translations_and_stands_alone() -> None:
    """A card that says `.same` and has a text of its own would lose it."""
    front = "---\ntitle: Lesson\n---\n"
    files = folder(f"{front}Hello", lesson__es__md=f"{front}## {{.same}}\nHola")
    (problem,) = native.parse(files).problems
    assert "nothing of its own" in problem.message
    (problem, *_) = native.parse(folder(f"{front}## {{.same}}\nHello")).problems
    assert "for cards of a translation" in problem.message


def test_a_draft_that_no_folder_holds_is_refused_with_words() -> None:
    """Two lessons of one key are told, and nothing is written wrong."""
    course = course_of(TextBlock(key="a", markdown={"en": "Hello"}), lessons=2)
    (module,) = course.modules
    doubled = msgspec.structs.replace(module, lessons=(module.lessons[0], module.lessons[0]))
    with pytest.raises(Invalid, match="cannot hold this course yet"):
        native.write(msgspec.structs.replace(course, modules=(doubled,)), {})
