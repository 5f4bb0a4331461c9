"""Each mistake in a course folder is named with file, line and what is allowed."""

import pytest

from services.content.domain import native
from tests.services.content.samples import FRONT, HEAD, folder, picture, problems


@pytest.mark.parametrize(
    "text,message",
    [
        (
            "## Q\n- [x] a\n- b\n",
            "lesson.md, line 6: every item of this list is written `- [ ] text`",
        ),
        (
            "## Q\n- a => b\n- c\n",
            "lesson.md, line 6: every item of this list is written `- source",
        ),
        ("## Q\n- [x] > x\n- [ ] b\n", "lesson.md, line 5: a choice needs a text after its box"),
        ("## Q\n= 12,5 %\n", "lesson.md, line 5: a number is written with a point"),
        ("## Q\n= 1e16\n", "lesson.md, line 5: numbers go up to 1e15"),
        (
            "## Q\n= 1 +- -2\n",
            "lesson.md, line 5: numbers go up to 1e15, and a tolerance is not neg",
        ),
        ("## Q\n= |\n", "lesson.md, line 5: an answer is needed after `=`"),
        (
            "## Q\nText.\n? hint\n",
            "lesson.md, line 6: `?` gives the hint of a question, and this card",
        ),
        ("## Q\n= 1\n! a\n\n! b\n", "lesson.md, line 8: a question has one explanation"),
        ("## Q\n= 1\n\n= 2\n", "lesson.md, line 7: one card asks one question"),
        ("= 1\n", "lesson.md, line 4: a question needs a prompt"),
        ("## T\n```\nx\n", "lesson.md, line 5: a code block is opened here and never closed"),
        ("## T\n::: tip\nx\n", "lesson.md, line 5: a callout is opened here and never closed"),
        (
            "## T\n::: info\nx\n:::\n",
            "lesson.md, line 5: `:::` is followed by one of: note, tip, warn",
        ),
        ("## T\n::: tip\n:::\n", "lesson.md, line 5: a callout needs a text"),
        ("## T\nSee ![x](y.png) here.\n", "lesson.md, line 5: a picture stands alone on its line"),
        ("![x](y.png)\n", "lesson.md, line 4: `y.png` is no picture of this folder"),
        ("![x](../../y.png)\n", "lesson.md, line 4: `../../y.png` is no picture of this folder"),
        ("## Q {#a!}\n= 1\n", "lesson.md, line 4: `!` is not known here; allowed: #key"),
        ("## Q {#Q}\n= 1\n", "lesson.md, line 4: the key `Q` is not 1 to 40 of a-z"),
        ("## Q {#q}\n= 1\n\n## R {#q}\n= 2\n", "lesson.md, line 7: the key `q` is taken already"),
        ("## Q {level=3}\n= 1\n", "lesson.md, line 4: `level=` is not known here; allowed: #key"),
        ("## Q {.bold}\n= 1\n", "lesson.md, line 4: `.bold` is not known here; allowed: #key"),
        (
            "## Q {points=many}\n= 1\n",
            "lesson.md, line 4: points=many: points are a number up to 1",
        ),
        (
            "## Q {skills=B2}\n= 1\n",
            "lesson.md, line 4: no skill of course.yaml has the name, code",
        ),
        ("", "lesson.md, line 1: a lesson needs at least one card"),
    ],
)
def test_a_mistake_in_a_lesson(text: str, message: str) -> None:
    """The line is the author's own, so that an editor can jump to it."""
    (found,) = problems(text)
    assert found.startswith(message)


def test_a_picture_needs_an_alt_text() -> None:
    """Publishing is refused later too; here the line is known."""
    assert problems("![](cat.png)\n", cat__png=picture())[0].startswith(
        "lesson.md, line 4: ![alt text](cat.png): say what the picture shows"
    )


@pytest.mark.parametrize(
    "front,message",
    [
        ("kind: practice", "lesson.md, line 1: the front matter needs a title"),
        ("title: T\nkind: exam", "lesson.md, line 3: `kind` is one of: practice, assessment"),
        ("title: T\nattempts: 3", "lesson.md, line 3: `attempts` is for lessons with `kind: asses"),
        ("title: T\nkind: assessment\npass: 80", "lesson.md, line 4: `pass` is a share"),
        ("title: T\nkind: assessment\nattempts: 0", "lesson.md, line 4: `attempts` is a whole num"),
        (
            "title: T\nauthor: me",
            "lesson.md, line 3: `author` is not known here; allowed: attempts",
        ),
        ("title: T\nskills: [B2]", "lesson.md, line 3: no skill of course.yaml has the name"),
        ("title: [", "lesson.md, line 2: this is no YAML"),
        ("title: T\ntitle: U", "lesson.md, line 3: `title` is given twice"),
        ("a: &x 1\ntitle: *x", "lesson.md, line 3: this is no YAML: aliases (*name) are not used"),
    ],
)
def test_a_mistake_in_the_front_matter(front: str, message: str) -> None:
    """YAML problems carry the line of the file, not of the YAML."""
    found = native.parse(folder(f"---\n{front}\n---\n## A\nText.\n")).problems
    assert any(each.message.startswith(message) for each in found), found


@pytest.mark.parametrize(
    "old,new,message",
    [
        ("title: Sums\n", "", "course.yaml, line 1: `title` is missing"),
        ("slug: sums", "slug: Sums!", "course.yaml, line 1: `slug` is 1 to 40 of a-z"),
        ("language: en", "language: English", "course.yaml, line 4: `language` is a language tag"),
        ("language: en", "level: expert", "course.yaml, line 4: `level` is one of: beginner, int"),
        ("lessons: [lesson.md]", "lessons: [x.md]", "course.yaml, line 8: there is no lesson file"),
        (
            "lessons: [lesson.md]",
            "lessons: [lesson, lesson.md]",
            "course.yaml, line 8: the lesson `lesson.md` is listed twice",
        ),
        ("language: en", "colour: red", "course.yaml, line 4: `colour` is not known here; allowed"),
        ("framework: TEST", "scheme: TEST", "course.yaml, line 6: `scheme` is not known here"),
        ("language: en", "cover: {alt: x}", "course.yaml, line 4: `file` is missing"),
        ("language: en", "cover: {file: x.png, alt: x}", "course.yaml, line 4: `x.png` is no pict"),
        ("language: en", "translations: {en: {}}", "course.yaml, line 4: `en` is no language tag"),
        (
            "language: en",
            "translations: {es: {modules: {two: Dos}}}",
            "course.yaml, line 4: `two` is not known here; allowed: one",
        ),
        (
            "language: en",
            "title: {es: Sumas}",
            "course.yaml, line 4: `title` is given twice",
        ),
    ],
)
def test_a_mistake_in_the_manifest(old: str, new: str, message: str) -> None:
    """course.yaml is checked name by name."""
    files = folder(FRONT + "## A\nText.\n", course__yaml=HEAD.replace(old, new))
    found = native.parse(files).problems
    assert any(each.message.startswith(message) for each in found), found


@pytest.mark.parametrize(
    "english,spanish,message",
    [
        ("## A\nx\n\n## B\ny\n", "## A\nx\n", "lesson.es.md, line 1: 1 cards here, 2 in lesson.md"),
        ("## A\nx\n", "## A\n= 1\n", "lesson.es.md, line 4: what this card is made of differs"),
        (
            "## A\n- [x] a\n- [ ] b\n",
            "## A\n- [ ] a\n- [x] b\n",
            "lesson.es.md, line 5: which choices are right differs from lesson.md, line 5",
        ),
        (
            "## A\n- [x] a\n- [ ] b\n",
            "## A\n- [x] a\n- [ ] b\n- [ ] c\n",
            "lesson.es.md, line 5: 3 choices here, 2 in lesson.md",
        ),
        ("## A\n= 1\n", "## A\n= 2\n", "lesson.es.md, line 5: the number differs from lesson.md"),
        (
            "## A\n= 1\n! why\n",
            "## A\n= 1\n",
            "lesson.es.md, line 4: explanation `!`: lesson.md has one here",
        ),
        (
            "## A\n[[*a|b]]\n",
            "## A\n[[a|*b]]\n",
            "lesson.es.md, line 5: the star in gap 1 differs from lesson.md, line 5",
        ),
    ],
)
def test_a_translation_that_is_no_translation(english: str, spanish: str, message: str) -> None:
    """A translation that marks another answer would mark learners wrong by language."""
    files = folder(FRONT + english, lesson__es__md=FRONT + spanish)
    found = native.parse(files).problems
    assert any(each.message.startswith(message) for each in found), found


def test_all_problems_are_told_at_once_and_no_course_is_given() -> None:
    """An author mends a folder in one go, and half a course is never imported."""
    result = native.parse(folder(FRONT + "## Q {#A}\n= 1,5\n\n## R\nText.\n! why\n"))
    assert len(result.problems) == 3
    assert result.problems[0].path == ("lesson.md", "4")
    assert result.course is None


def test_a_file_that_is_no_text() -> None:
    """Bytes that are no UTF-8 are refused with their line."""
    files = folder("") | {"lesson.md": b"---\ntitle: x\n---\nA\xff\xfe"}
    assert native.parse(files).problems[0].message == "lesson.md, line 4: text is written in UTF-8"


def test_an_empty_package() -> None:
    """Nothing to read is said in words."""
    (found,) = native.parse({}).problems
    assert found.message == (
        "course.yaml, line 1: a course folder has a course.yaml; or it is one .md file"
    )
