"""Plain Markdown within a page: what stays, what takes another form, and what is told of it."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.content.domain.validation import find_problems
from tests.services.content.importers.books import blocks, book, prose, shown, told

GONE = "is left out: it leads to another file or place"


def test_headings_become_cards_with_the_texts_below_them() -> None:
    """A page would come as one block that nobody reads on a phone."""
    page = "# Title\n\nIntro.\n\n## One {#one .x}\n\nFirst.\n\nSecond.\n\nTwo\n---\n\n- a\n- b\n"
    assert shown(page) == [
        ("text", "Intro."),
        ("text", "## One\n\nFirst.\n\nSecond."),
        ("text", "## Two\n\n- a\n- b"),
    ]
    assert told(page) == []


def test_a_long_text_is_cut_into_cards_between_paragraphs() -> None:
    """A card of a thousand words is no card."""
    paragraph = "word " * 70
    texts = [markdown for _, markdown in shown(f"{paragraph}\n\n" * 6)]
    assert [len(text.split()) for text in texts] == [140, 140, 140]


def test_code_keeps_its_language_and_every_character() -> None:
    """A tab or a picture in code is what the code is about."""
    page = "```bash\n$ ls\n\t![x](y.png) <b> {{ z }}\n```\n\n    indented\n\n~~~{.r}\n1\n~~~\n"
    assert shown(page) == [
        ("code bash", "$ ls\n\t![x](y.png) <b> {{ z }}"),
        ("code", "indented"),
        ("code r", "1"),
    ]
    assert told(page) == []


def test_code_that_a_tool_would_run_is_told() -> None:
    """A chunk of knitr shows its results in the book, and here it does not."""
    assert shown("```{r, echo=FALSE}\nplot(1)\n```\n") == [("code r", "plot(1)")]
    assert told("```{r, echo=FALSE}\nplot(1)\n```\n") == [
        "READ_ONLY page.md:1: code in `{r, echo=FALSE}` is not run"
    ]


@pytest.mark.parametrize(
    "text,becomes,loss",
    [
        ("See [it](https://x.org/a_(b)).", "See [it](<https://x.org/a_(b)>).", None),
        ('See [it](https://x.org "Title").', "See [it](https://x.org).", None),
        ("See [it][r].\n\n[r]: https://x.org", "See [it](https://x.org).", None),
        ("See [R].\n\n[r]: https://x.org", "See [R](https://x.org).", None),
        ("Mail [us](mailto:a@x.org).", "Mail [us](mailto:a@x.org).", None),
        ("Auto <https://x.org>.", "Auto <https://x.org>.", None),
        ("See [the *page*](b.md#c).", "See the *page*.", f"1: the link to `b.md#c` {GONE}"),
        ("\nSee [above](#top).", "See above.", f"2: the link to `#top` {GONE}"),
        ("[x](javascript:alert(1))", "x", f"1: the link to `javascript:alert(1)` {GONE}"),
        ("[a]{.cls} and [b] and [c] d", "a and [b] and [c] d", None),
        ("In `[code](b.md)` and ``a`[b](c)``.", "In `[code](b.md)` and ``a`[b](c)``.", None),
        ("\\[not](a.md) \\`a", "\\[not](a.md) \\`a", None),
        ("Press <kbd>Esc</kbd>!", "Press `Esc`!", "1: `<kbd>` becomes code, here and below"),
        ("<b>x</b>", "**x**", "1: `<b>` becomes `**`, here and below"),
        ("a <u>b</u> c", "a b c", "1: of `<u>` the text stays, here and below"),
        ("a<br>b", "a  \nb", None),
        ("Use <a href='https://x.org'>it</a>", "Use [it](<https://x.org>)", None),
        ("Use <a href='b.html'>it</a>", "Use it", f"1: the link to `b.html` {GONE}"),
        ("Go!<a href='https://x.org'>it</a>", "Go!\\[it](<https://x.org>)", None),
        ("Give <your name> 1 < 2", "Give <your name> 1 < 2", None),
        ("a {: .note}", "a ", "1: kramdown's attributes `{: ...}` are left out, here and below"),
        ("a[^1]", "a\\[^1\\]", "1: a footnote shows as written, here and below"),
        ("A\n:   b", "**A**: b", "1: a definition becomes a paragraph"),
    ],
)
def test_what_stands_in_a_text(text: str, becomes: str, loss: str | None) -> None:
    """A link into the book leads nowhere on a phone, and HTML would show as written."""
    assert prose(text) == becomes.rstrip()
    assert told(text) == ([] if loss is None else [f"CHANGED page.md:{loss}"])


@pytest.mark.parametrize(
    "text,becomes,loss",
    [
        ("a <!-- note --> b", "a  b", "an HTML comment is left out"),
        ("a <script>b()</script> c", "a  c", "`<script>` is left out"),
        (
            "a <iframe src='https://v.org/1'></iframe> c",
            "a  c",
            "`<iframe>` (`https://v.org/1`) is left out",
        ),
        ("a <script> never closed", "a  never closed", "`<script>` is left out"),
        ("a {% include b.html %} c", "a  c", "`{% include b.html %}` is not run, and left out"),
        ("a {{ site.x | y }} c", "a  c", "`{{ site.x | y }}` is not run, and left out"),
    ],
)
def test_what_cannot_be_shown_is_left_out_and_told(text: str, becomes: str, loss: str) -> None:
    """Nothing is dropped silently, and nothing runs."""
    assert prose(text) == becomes
    assert told(text) == [f"SKIPPED page.md:1: {loss}"]


def test_what_is_shown_as_written_is_told() -> None:
    """An author sees at once which cards to write anew."""
    grid = "+---+---+\n| a | b |\n+===+===+\n| 1 | 2 |\n+---+---+"
    assert shown(grid) == [("code", grid)]
    assert told(grid) == ["READ_ONLY page.md:1: a grid table shows as written"]
    boxes = "- [ ] one\n- [x] two"
    assert prose(boxes) == boxes
    assert told(boxes)[0].startswith("READ_ONLY page.md:1: a list with boxes is read here")
    table = "| a | b |\n| --- | --- |\n| 1 | 2 |"
    assert prose(table) == table
    assert told(table) == []


def test_the_front_matter_says_title_and_language_and_the_rest_is_told() -> None:
    """A setting that nothing reads would look as if it worked."""
    page = "---\ntitle: Página\nlang: es\nteaching: 5\n---\n\n# Página\n\nTexto.\n"
    course = book(page).course
    assert course is not None
    assert (course.slug, course.language) == ("pagina", "es")
    assert (course.title, course.summary) == ({"es": "Página"}, {"es": "Texto."})
    assert course.lessons[0].blocks[0].key == "texto"
    assert told(page) == ["SKIPPED page.md:4: nothing reads `teaching` of the front matter"]


def test_a_page_that_is_no_utf_8_is_read_as_far_as_it_is() -> None:
    """One wrong byte would cost the book a page."""
    found = book("", page__md="# T\n\nCaf\xe9.\n".encode("latin-1"))
    assert found.course is not None
    (loss,) = found.losses
    assert (loss.severity, loss.path) == ("CHANGED", "page.md:3")


MARKS = ("# ", "- ", "  ", "`", "```", "~~~", "[", "]", "(", ")", "![", "](", "{", "}", "|", "\\")
TAGS = ("<", ">", "<b>", "</a>", "<a href='https://x.y'>", "<!--", "-->", "{% ", " %}")
LINES = ("a ", "\n", "\n\n", ":::", "::: tip\n", "::: challenge\n", "---\n", "[r]: b\n")
PIECES = st.sampled_from([*MARKS, *TAGS, *LINES, "*", ".md", "http://x.y"])


@given(st.lists(PIECES | st.text(max_size=4), max_size=60).map("".join))
def test_any_text_gives_a_course_that_can_be_published_or_none(text: str) -> None:
    """One odd page would stop a book, or leave a draft that nobody can publish."""
    course = book(text).course
    if course is not None:
        assert find_problems(course, pictures=set()) == ()


OPENERS = ("[", "![", "[a](", "[a]{'", "<", "<!--", "<script>", "<kbd>", "{%", "{{", "` ", "\\")
REPEATED = (
    ":::\n",
    "::: a\n",
    "> ",
    "- a\n",
    "```\n",
    "# a\n",
    "*a",
    "|a",
    "<a href='https://x.y'>",
)


@pytest.mark.parametrize("unit", [*OPENERS, *REPEATED])
def test_reading_takes_work_that_grows_with_the_length_alone(unit: str) -> None:
    """A page made for it would keep a server busy for hours."""
    once = calls_of(unit * (1_500 // len(unit)))
    twice = calls_of(unit * (3_000 // len(unit)))
    assert twice < 2.5 * once


def calls_of(text: str) -> int:
    """Return how many calls and returns reading a page takes: the same on any machine."""
    seen = 0

    def count(*_event: object) -> None:
        nonlocal seen
        seen += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        blocks(text)
    finally:
        sys.setprofile(before)
    return seen


def test_a_control_character_is_replaced_and_told() -> None:
    """A page could be imported that no badge can name and nobody can publish."""
    found = book("", page__md="# T\n\nA\x08b.\n")
    assert found.course is not None
    (loss,) = found.losses
    assert (loss.severity, loss.path) == ("CHANGED", "page.md:3")
    assert find_problems(found.course, pictures=set()) == ()
