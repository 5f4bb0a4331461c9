"""Packages of plain Markdown: which pages make up a book, in what order, and what it is called."""

import pytest

from services.content.domain.course import Course
from services.content.domain.validation import find_problems
from services.content.importers.markdown import book as limits
from services.content.importers.markdown import losses, page, read_book
from tests.services.content.importers.books import book


def course(files: dict[str, str], **options: str) -> Course:
    found = read_book({name: text.encode() for name, text in files.items()}, **options)  # type: ignore[arg-type]  # slug alone
    assert found.course is not None
    return found.course


def losses_of(files: dict[str, str]) -> list[str]:
    found = read_book({name: text.encode() for name, text in files.items()}).losses
    return [f"{loss.path}: {loss.reason}" for loss in found]


PAGES = {"10-ten.md": "# Ten\n\nx\n", "2-two.md": "# Two\n\nx\n", "index.md": "Welcome *all*.\n"}


def test_pages_are_modules_in_the_order_of_their_numbers() -> None:
    """Chapter ten would come before chapter two."""
    found = course({**PAGES, "LICENSE.md": "# L\n\nx\n", "a/CONTRIBUTING.md": "x", "n.txt": ""})
    assert [module.key for module in found.modules] == ["index", "two", "ten"]
    assert [lesson.key for lesson in found.lessons] == ["index", "two", "ten"]
    assert [module.title["en"] for module in found.modules] == ["index", "Two", "Ten"]
    assert found.summary == {"en": "Welcome all."}


def test_files_that_come_to_nothing_are_told_with_why() -> None:
    """An author would look for the page in vain."""
    files = {**PAGES, "LICENSE.md": "x", "2-two.es.md": "x", "n.txt": "", "empty.md": "# E\n"}
    assert losses_of({**files, "README.md": "x"}) == [
        "2-two.es.md: a translation of 2-two.md: a folder with course.yaml takes it",
        "LICENSE.md: it is about the files, not a page of the book",
        "README.md: index.md is the front page",
        "empty.md: nothing to read stands in it",
        "n.txt: nothing in the course uses it",
    ]


def test_a_config_names_the_book_and_orders_its_pages() -> None:
    """Sandpaper keeps both in config.yaml."""
    files = {
        "config.yaml": "title: 'My book'\nlang: es\nsource: x\nepisodes:\n- b.md\n- a.md\n- c.md\n",
        "index.md": "---\nsite: x\n---\n\nHola.\n",
        "episodes/a.md": "# A\n\nx\n",
        "episodes/b.md": "# B\n\nx\n",
        "learners/more.md": "# M\n\nx\n",
    }
    found = course(files)
    assert (found.slug, found.title, found.language) == ("my-book", {"es": "My book"}, "es")
    assert [module.title["es"] for module in found.modules] == ["My book", "B", "A"]
    assert losses_of(files) == [
        "config.yaml:7: there is no page `c.md`",
        "index.md:2: nothing reads `site` of the front matter",
        "learners/more.md: config.yaml does not list it",
    ]


@pytest.mark.parametrize("config", ["title: [", "a: &x 1\nb: *x", "- a", "episodes: {a: b}"])
def test_a_config_that_is_none_is_told_and_passed_by(config: str) -> None:
    """The pages are there all the same."""
    files = {**PAGES, "config.yaml": config}
    assert len(course(files).modules) == 3
    assert losses_of(files)[0].startswith("config.yaml:")


def test_who_imports_may_name_the_course() -> None:
    """The same book may come in twice, under two names."""
    assert course(PAGES, slug="mine").slug == "mine"
    assert course({"a.md": "---\ntitle: T\nslug: own\n---\nx\n"}).slug == "own"


def test_an_unknown_language_is_told() -> None:
    """The texts would stand under a tag that no phone asks for."""
    files = {"a.md": "---\ntitle: T\nlang: English\n---\nx\n"}
    assert course(files).language == "en"
    assert losses_of(files) == ["a.md:1: `English` is no language tag: taken to be en"]


def test_a_long_page_becomes_lessons_named_by_their_headings() -> None:
    """A lesson of half an hour is none for a bus ride."""
    text = "word " * 600
    found = course({"03-long.md": f"# Long\n\n{text}\n\n## Next *bit*\n\n{text}\n"})
    assert [(lesson.key, lesson.title["en"]) for lesson in found.lessons] == [
        ("long", "Long"),
        ("long-next-bit", "Long: Next bit"),
    ]
    (module,) = found.modules
    assert (module.key, module.title) == ("long", {"en": "Long"})


def test_a_page_that_grew_keeps_the_keys_of_what_was_there() -> None:
    """What learners did is kept by key."""
    before = course({"a.md": "# A\n\n## One\n\nx\n\n```\ny\n```\n"})
    after = course({"a.md": "# A\n\n## New\n\nn\n\n## One\n\nx\n\n```\ny\n```\n\n- z\n"})
    keys = [block.key for block in before.lessons[0].blocks]
    assert keys == ["one-x", "code-y"]
    assert set(keys) < {block.key for block in after.lessons[0].blocks}


def test_nothing_to_read_is_no_course() -> None:
    """An empty course would take the slug."""
    assert book("---\ntitle: T\n---\n").course is None
    assert read_book({"a.txt": b"x"}).course is None


def test_what_is_too_large_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A book made of random bytes would fill the database."""
    monkeypatch.setattr(page, "MAX_PAGE", 10)
    assert losses_of({"a.md": "x" * 11, "b.md": "y"})[0] == "a.md: a page has at most 0 KiB"
    monkeypatch.setattr(page, "MAX_PAGE", 1000)
    monkeypatch.setattr(limits, "MAX_BOOK", 10)
    assert losses_of({"a.md": "x" * 8, "b.md": "y" * 8}) == [
        "b.md: a book has at most 0 MiB of text"
    ]
    monkeypatch.setattr(limits, "MAX_BOOK", 1000)
    monkeypatch.setattr(limits, "MAX_BLOCKS", 2)
    rest = "a course holds no more cards: the rest of the page is left out"
    files = {"a.md": "# A\n\n## b\n\n## c\n\n## d\n", "b.md": "y"}
    assert losses_of(files) == [f"a.md: {rest}", f"b.md: {rest}"]
    assert len(course(files).lessons[0].blocks) == 2


def test_of_very_many_losses_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer of a hundred megabytes helps nobody."""
    monkeypatch.setattr(losses, "MAX_LOSSES", 2)
    told = book("[a](b.md) " * 5).losses
    assert [loss.reason for loss in told][2:] == ["3 more of the same kinds"]


def test_text_longer_than_a_card_holds_is_cut_and_told() -> None:
    """Publishing would refuse the whole course."""
    lines = ("x " * 1000 + "\n") * 21
    for text in (f"```\n{lines}```\n", f"::: tip\n{lines}:::\n"):
        found = book(text)
        assert found.course is not None
        blocks = [block for lesson in found.course.lessons for block in lesson.blocks]
        assert len(blocks) == 3
        assert find_problems(found.course, pictures=set()) == ()
        (loss,) = found.losses
        assert loss.reason == "more than 18,000 characters: cut into 3 cards"
