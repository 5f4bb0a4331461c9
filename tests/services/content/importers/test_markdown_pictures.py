"""Pictures of a plain book: shown where their file is there, in words where it is not."""

import hashlib

from services.content.domain.course import ImageBlock
from services.content.domain.validation import find_problems
from services.content.importers.markdown import read_book
from tests.services.content.importers.books import blocks, book, shown, told
from tests.services.content.samples import picture, stored

CAT = picture()


def test_a_picture_alone_is_a_block_with_its_alt_text() -> None:
    """Pandoc says the alt text in braces; then the brackets hold the caption."""
    page = "![A *cat*, asleep.](cat.png){alt='A cat\\'s \"back\"' width=60%}\n"
    (block,) = blocks(page, cat__png=CAT)
    assert isinstance(block, ImageBlock)
    assert block.key == "cat"
    assert block.image.hash == hashlib.sha256(CAT).hexdigest()
    assert (block.image.alt, block.caption) == (
        {"en": 'A cat\'s "back"'},
        {"en": "A cat, asleep."},
    )
    assert told(page, cat__png=CAT) == []


def test_without_braces_the_brackets_hold_the_alt_text() -> None:
    """As everywhere but in Pandoc."""
    page = '![A cat](./cat.png "Asleep.")\n\n<img src="cat.png" alt="Cat">\n'
    first, second = blocks(page, cat__png=CAT)
    assert isinstance(first, ImageBlock)
    assert isinstance(second, ImageBlock)
    assert (first.image.alt, first.caption) == ({"en": "A cat"}, {"en": "Asleep."})
    assert second.image.alt == {"en": "Cat"}


def test_a_picture_within_a_text_follows_it() -> None:
    """A text of a course shows no pictures; its alt text keeps the sentence whole."""
    page = "See ![a cat](cat.png) here.\n"
    assert shown(page, cat__png=CAT) == [("text", "See a cat here."), ("image", "")]
    assert told(page, cat__png=CAT) == [
        "CHANGED page.md:1: the picture `cat.png` follows the text that it stood in"
    ]


def test_without_its_file_the_alt_text_stands_in_its_place() -> None:
    """Books are often copied without their figures: the course can be published all the same."""
    page = "Look:\n\n![By <https://x.org>](fig/a.png){alt='Two_boxes'}\n\nSo ![b](b.png) c.\n"
    assert shown(page) == [
        ("text", "Look:\n\n> Two\\_boxes\n>\n> By <https://x.org>\n\nSo b c."),
    ]
    why = "is not in the package: its alt text stands in its place"
    assert told(page) == [
        f"CHANGED page.md:3: the picture `fig/a.png` {why}",
        f"CHANGED page.md:5: the picture `b.png` {why}",
    ]


def test_inside_a_callout_it_follows_the_callout() -> None:
    """A callout holds text alone."""
    page = "::: tip\nBefore.\n\n![A cat](cat.png)\n\n![A dog](dog.png)\n:::\n"
    assert shown(page, cat__png=CAT) == [
        ("tip", "Before."),
        ("image", ""),
        ("text", "> A dog"),
    ]


def test_neither_file_nor_alt_text_is_nothing_but_told() -> None:
    """There is nothing to show and nothing to say."""
    assert shown("a\n\n![](b.png)\n") == [("text", "a")]
    assert told("a\n\n![](b.png)\n") == [
        "SKIPPED page.md:3: the picture `b.png` is not in the package: it has no alt text"
    ]


def test_without_alt_text_a_picture_waits_for_one() -> None:
    """Publishing asks for it by name: a learner who cannot see would meet a gap."""
    page = "![](cat.png)\n"
    course = book(page, cat__png=CAT).course
    assert course is not None
    messages = [each.message for each in find_problems(course, pictures=stored(course).keys())]
    assert "An alt text says what the picture shows." in messages
    assert told(page, cat__png=CAT) == [
        "CHANGED page.md:1: `cat.png` has no alt text: say what it shows, publishing asks for it"
    ]


def test_decoration_is_left_out() -> None:
    """An empty alt text in braces says that there is nothing to miss."""
    assert shown("a\n\n![](cat.png){alt=''}\n", cat__png=CAT) == [("text", "a")]
    assert told("a\n\n![](cat.png){alt=''}\n", cat__png=CAT) == [
        "SKIPPED cat.png: nothing in the course uses it",
        "SKIPPED page.md:3: the picture `cat.png` is decoration: its alt text is empty",
    ]


def test_pictures_of_other_kinds_and_places_come_in_words() -> None:
    """Nothing is fetched, and nothing that may hold a script is shown."""
    page = "![A](https://x.org/a.png)\n\n![B](b.svg)\n\n![C](../../etc/c.png)\n"
    reasons = [each.partition(": ")[2] for each in told(page, b__svg="<svg/>")[1:]]
    assert reasons[0].startswith("the picture `https://x.org/a.png` is elsewhere on the web")
    assert reasons[1].startswith("the picture `b.svg` is of a kind that is not taken (taken are")
    assert reasons[2].startswith("the picture `../../etc/c.png` is not in the package")


def test_a_file_that_is_no_picture_comes_in_words() -> None:
    """One broken file would cost a whole book."""
    files = {"page.md": b"![A cat](fig/cat.png)\n", "fig/cat.png": b"no picture"}
    why = "fig/cat.png: this is no picture that can be read (PNG)."
    (loss, unused) = read_book(files, unreadable={"fig/cat.png": why}).losses[::-1]
    assert loss.reason == (
        "the picture `fig/cat.png` cannot be taken (this is no picture that can be read (PNG)): "
        "its alt text stands in its place"
    )
    assert unused.path == "fig/cat.png"


def test_a_picture_is_looked_for_beside_its_page_and_from_the_top() -> None:
    """Sandpaper has figures beside the pages, Jekyll at the top."""
    files = {
        "episodes/one.md": b"![A](fig/a.png)\n\n![B](/fig/b.png)\n\n![C](../c%20d.png)\n",
        "episodes/fig/a.png": picture(10, 10),
        "fig/b.png": picture(20, 10),
        "c d.png": picture(30, 10),
    }
    found = read_book(files)
    assert set(found.pictures.values()) == {"episodes/fig/a.png", "fig/b.png", "c d.png"}
    assert found.losses == ()
