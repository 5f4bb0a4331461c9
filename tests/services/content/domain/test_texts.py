"""Small pure parts: texts, keys, estimates, search, rendering, shuffling."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.content.domain.estimate import minutes
from services.content.domain.keys import KEY, Keys, slug
from services.content.domain.rendering import render
from services.content.domain.shuffling import disorder, shuffle
from services.content.domain.texts import fallbacks
from tests.services.content.samples import lesson


def test_fallbacks_of_a_locale() -> None:
    """A filter for pt-BR finds courses in pt."""
    assert fallbacks("zh-Hant-TW") == ("zh-Hant-TW", "zh-Hant", "zh")
    assert fallbacks("en") == ("en",)


@pytest.mark.parametrize(
    "text,key",
    [
        ("Which of these?", "which-of-these"),
        ("¿Qué es «esto»?", "que-es-esto"),
        (
            "A very long heading that goes on and on for ever",
            "a-very-long-heading-that-goes-on-and-on",
        ),
        ("x" * 50, "x" * 40),
    ],
)
def test_keys_are_made_from_texts(text: str, key: str) -> None:
    """Whole words, plain letters, at most 40."""
    assert slug(text) == key


@given(st.lists(st.text(), max_size=30))
def test_made_keys_are_well_formed_and_unique(texts: list[str]) -> None:
    """Whatever an author writes, keys can stand in ids and paths."""
    keys = Keys()
    made = [keys.make(text) for text in texts]
    assert len(set(made)) == len(made)
    assert all(KEY.fullmatch(key) for key in made)


def test_minutes_are_estimated_unless_an_author_says() -> None:
    """200 words a minute, 20 seconds a question, at least 1."""
    assert minutes(lesson("## A\nShort.\n"), language="en") == 1
    text = "## A\n" + "word " * 598 + "\n\n" + "## Q\n= 1\n\n" * 3
    assert minutes(lesson(text), language="en") == 4
    own = msgspec.structs.replace(lesson(text), minutes=9)
    assert minutes(own, language="en") == 9


@pytest.mark.parametrize(
    "markdown,html",
    [
        ("**b** `c`", "<p><strong>b</strong> <code>c</code></p>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("[x](javascript:alert)", "<p>[x](javascript:alert)</p>\n"),
        ("[x](/relative)", '<p><a rel="noopener noreferrer">x</a></p>\n'),
        (
            "[x](https://a.example)",
            '<p><a href="https://a.example" rel="noopener noreferrer">x</a></p>\n',
        ),
        ("[x](ftp://a.example)", '<p><a rel="noopener noreferrer">x</a></p>\n'),
        ("![x](https://a.example/y.png)", "<p></p>\n"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>\n'),
    ],
)
def test_rendering_lets_only_harmless_html_through(markdown: str, html: str) -> None:
    """Every scheme, tag and attribute that is not on the list is gone."""
    assert render(markdown) == html


@given(st.lists(st.sampled_from("abcdefgh"), unique=True), st.binary(min_size=16, max_size=16))
def test_shuffling_depends_on_keys_alone(keys: list[str], order_key: bytes) -> None:
    """The written order leaves no trace: any two ways to write a list shuffle to the same."""
    one = shuffle(keys, key=str, order_key=order_key, path="p")
    assert one == shuffle(keys[::-1], key=str, order_key=order_key, path="p")
    assert sorted(one) == sorted(keys)
    mixed = disorder(keys, key=str, order_key=order_key, path="p")
    assert sorted(mixed) == sorted(keys)
    assert len(keys) < 2 or list(mixed) != keys
