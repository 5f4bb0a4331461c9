"""Packages on their way in: Morsel's own format, or plain Markdown; mistakes, losses, pictures."""

import pytest

from services.content.app import Content
from services.content.contract import ImportCourse, Imported, ImportFormat
from services.kit.errors import Invalid, LimitReached
from services.kit.records import Actor
from tests.services.content.samples import folder, package, picture, zipped

NATIVE = "---\ntitle: Sums\nkind: practice\n---\n## Two and two?\n= 4\n"


async def bring(content: Content, author: Actor, data: bytes, *, publish: bool = True) -> Imported:
    course = ImportCourse(format=ImportFormat.MARKDOWN, package=data, publish=publish)
    return await content.authoring.import_course(author, course)


def losses(done: Imported) -> list[str]:
    return [f"{loss.severity} {loss.path}: {loss.reason}" for loss in done.losses]


def problems(done: Imported) -> list[tuple[str, str]]:
    return [("/".join(problem.path), problem.message) for problem in done.problems]


@pytest.mark.parametrize(
    "page,blocks",
    [
        ("# P\n\n## Two and two?\n= 4\n", ["QuestionBlock"]),
        ("# P\n\n## Pick\n- [ ] a\n- [x] b\n", ["QuestionBlock"]),
        ("# P\n\n## Words\n- a :: b\n", ["TextBlock", "FlashcardBlock"]),
        ("# P\n\n## Fill\nOne [[*a|b]].\n", ["QuestionBlock"]),
        ("# P\n\n## Order\n1. a\n2. b\n! So it is.\n", ["QuestionBlock"]),
        ("---\ntitle: P\nkind: practice\n---\n## Fill\nOne {{a}}.\n", ["QuestionBlock"]),
        ("# P\n\n## Order\n1. a\n2. b\n", ["TextBlock"]),
        ("# P\n\n## Liquid\nA {{ page.title }} here.\n", ["TextBlock"]),
        ("# P\n\n```\n- [x] a\n```\n", ["CodeBlock"]),
    ],
)
async def test_one_page_asks_where_it_was_written_to_ask(
    content: Content, author: Actor, page: str, blocks: list[str]
) -> None:
    """A recipe's numbered steps would become a question, or an author's question a text."""
    done = await bring(content, author, page.encode())
    assert done.problems == ()
    assert done.course is not None
    (version,) = await content.catalog.versions((done.course.version_id or "",))
    assert version is not None
    (lesson,) = version.modules[0].lessons
    assert [type(block).__name__ for block in lesson.blocks] == blocks


async def test_a_mistake_in_the_own_format_stops_it(content: Content, author: Actor) -> None:
    """A question with a slip would come in as a text, and ask nobody."""
    done = await bring(content, author, NATIVE.replace("= 4", "= 4,5").encode())
    assert done.course is None
    assert problems(done) == [
        (
            "course.md/6",
            "course.md, line 6: a number is written with a point, as in `= 12.5 +- 0.5 %`",
        )
    ]


async def test_a_lesson_that_is_not_there_is_named(content: Content, author: Actor) -> None:
    """Of ten lessons in a list an author would look for the one."""
    listed = "modules:\n  - title: One\n    lessons:\n      - lesson.md\n      - other.md\n"
    head = f"slug: sums\ntitle: Sums\nsummary: Add.\n{listed}"
    files = folder(NATIVE, course__yaml=head)
    done = await content.authoring.import_course(author, package(files))
    assert problems(done) == [
        (
            "course.yaml/8/other.md",
            "course.yaml, line 8: there is no lesson file `other.md` in the folder",
        )
    ]


async def test_a_long_page_of_questions_is_cut_between_cards(
    content: Content, author: Actor
) -> None:
    """A course of one file would be one lesson of an hour."""
    cards = [f"## Card {number}\n\n{'word ' * 150}\n" for number in range(12)]
    page = "---\ntitle: Long\n---\n" + "\n".join([*cards, "## Two and two?\n= 4\n"])
    done = await bring(content, author, page.encode())
    assert done.course is not None
    (version,) = await content.catalog.versions((done.course.version_id or "",))
    assert version is not None
    lessons = version.modules[0].lessons
    assert [lesson.title["en"] for lesson in lessons] == ["Long", "Long: Card 6"]
    assert [lesson.key for lesson in lessons] == ["course", "course-card-6"]
    assert [lesson.minutes for lesson in lessons] == [5, 5]
    assert sum(len(lesson.blocks) for lesson in lessons) == 13


async def test_an_assessment_is_never_cut(content: Content, author: Actor) -> None:
    """Its score and its attempts are of all its questions together."""
    cards = "\n".join(f"## {'word ' * 150}{number}?\n= {number}\n" for number in range(12))
    done = await bring(content, author, f"---\ntitle: T\nkind: assessment\n---\n{cards}".encode())
    assert done.imported == 1


async def test_a_book_with_broken_pictures_is_published_without_them(
    content: Content, author: Actor
) -> None:
    """One truncated file would cost an author the whole book."""
    files = {
        "index.md": b"# Book\n\n![A cat](cat.png)\n\n![A dog](dog.png)\n",
        "cat.png": picture(),
        "dog.png": b"\x89PNG\r\n\x1a\n broken",
    }
    done = await bring(content, author, zipped(files))
    assert done.problems == ()
    assert done.course is not None
    assert done.course.version_id is not None
    why = "this is no picture that can be read (PNG, JPEG, WEBP, AVIF, GIF)"
    instead = "its alt text stands in its place"
    assert losses(done) == [
        "SKIPPED dog.png: nothing in the course uses it",
        f"CHANGED index.md:5: the picture `dog.png` cannot be taken ({why}): {instead}",
    ]


async def test_a_picture_without_alt_text_stops_publishing_and_not_the_import(
    content: Content, author: Actor
) -> None:
    """The draft waits for one sentence; nothing has to be imported again."""
    files = {"index.md": b"# Book\n\n![](cat.png)\n", "cat.png": picture()}
    done = await bring(content, author, zipped(files))
    assert done.course is not None
    assert done.course.version_id is None
    path = "modules/0/lessons/0/blocks/0/image/alt"
    assert problems(done)[-1] == (path, "An alt text says what the picture shows.")
    assert losses(done) == [
        "CHANGED index.md:3: `cat.png` has no alt text: say what it shows, publishing asks for it"
    ]


async def test_nothing_to_read_is_said_in_words(content: Content, author: Actor) -> None:
    """An empty answer looks like success."""
    done = await bring(content, author, zipped({"a.md": b"", "b.md": b"---\ntitle: B\n---\n"}))
    assert done.course is None
    assert problems(done) == [("package", "No page of the package holds anything to read.")]
    assert len(done.losses) == 2


async def test_hostile_packages_are_refused_as_before(content: Content, author: Actor) -> None:
    """A book is no way around the checks of a folder."""
    with pytest.raises(Invalid, match="points outside the package"):
        await bring(content, author, zipped({"index.md": b"# B\n\nx\n", "../evil.md": b"x"}))
    with pytest.raises(LimitReached, match="too large"):
        await bring(content, author, zipped({"index.md": bytes(11 * 1024 * 1024)}))


async def test_what_runs_never_reaches_a_learner(content: Content, author: Actor) -> None:
    """A book from elsewhere could steal the session of who reads it."""
    page = (
        "# B\n\n<script>steal()</script>\n\nA <img src=x onerror=steal()> "
        "<a href='javascript:steal()'>b</a> [c](javascript:steal()) <svg onload=steal()>\n"
    )
    done = await bring(content, author, page.encode())
    assert done.course is not None
    (version,) = await content.catalog.versions((done.course.version_id or "",))
    assert version is not None
    assert "steal" not in repr(version)
    assert len(done.losses) == 5


async def test_what_is_neither_zip_nor_text_is_refused(content: Content, author: Actor) -> None:
    """A picture sent by mistake would become a lesson of rubbish."""
    with pytest.raises(Invalid, match="neither a zip nor a Markdown file") as caught:
        await bring(content, author, picture())
    assert caught.value.path == ("package",)
