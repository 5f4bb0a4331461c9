"""Search terms: what is folded, how words are cut in each script, what is kept of long texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.content.domain.search import (
    MAX_BODY_TERMS,
    MAX_QUERY_TERMS,
    MAX_TERMS,
    MAX_WORD,
    SearchText,
    facet,
    fold,
    index_keys,
    query_terms,
    search_terms,
)


def terms(title: str = "", *, skill: str = "", summary: str = "", body: str = "") -> set[str]:
    return set(
        search_terms(SearchText(title=(title,), skill=(skill,), summary=(summary,), body=(body,)))
    )


@pytest.mark.parametrize(
    "text,words",
    [
        ("  CAFÉ, phi 学習者 学", ("cafe", "phi", "学習", "習者", "学")),
        ("Straße", ("strasse",)),
        ("Łódź Ærø", ("lodz", "aero")),
        ("Ёлка й", ("елка", "и")),
        ("مُحَمَّد أحمد", ("محمد", "احمد")),
        ("हिन्दी", ("हिन्दी",)),
        ("ภาษาไทย", ("ภา", "าษ", "ษา", "าไ", "ไท", "ทย")),
        ("か が", ("か", "が")),
        ("ﾃﾞｰﾀ", ("デー", "ータ")),
        ("한국어", ("한국", "국어")),
        ("so\u00adft zero\u200bwidth", ("soft", "zerowidth")),
        ("𠀀𠀁", ("𠀀𠀁",)),
        ("don't C++ 2nd", ("don", "t", "c", "2nd")),
        ("a a A", ("a",)),
        ("\0 .* [ ( \\ $ 🎉 --- ___", ()),
    ],
)
def test_query_terms(text: str, words: tuple[str, ...]) -> None:
    """A query in any script is cut as texts are, or nothing of it would be found."""
    assert query_terms(text) == words


def test_a_word_is_found_by_its_beginning_at_its_best_rank() -> None:
    """Title before skill before body; a term has one key, so no document counts twice."""
    found = terms("Adding", skill="adder add", summary="addition", body="additive of")
    assert {"2ad", "2add", "2addi", "2adding", "1adder", "0addit", "0addition", "0of"} <= found
    assert not {"1add", "0add", "2a", "0o"} & found


def test_a_word_of_the_body_is_found_whole() -> None:
    """Prefixes of every word make an index of a thousand keys a course, most of them never met."""
    assert terms("T", body="budgeting in spreadsheets 学習者") == {
        "2t",
        "0budgeting",
        "0in",
        "0spreadsheets",
        "0spreadsheet"[:12],
        "0学習",
        "0習者",
    }


def test_long_words_have_a_prefix_in_the_index() -> None:
    """German compounds are longer than a prefix: the index leads to them, the words decide."""
    found = search_terms(SearchText(title=("Datenschutzgrundverordnung",)))
    assert "2datenschutzgrundverordnung" in found
    assert index_keys(found) == tuple(each for each in found if len(each) <= 12)
    assert "2datenschutz" in index_keys(found)


def test_a_long_text_keeps_title_skills_and_what_it_uses_most() -> None:
    """An index must not grow with the length of a course."""
    body = " ".join(f"word{n} " * (600 - n) for n in range(600))
    found = terms("Zebra", skill="yak", summary="gnus", body=body)
    assert {"2zebra", "2ze", "1yak", "0gnus", "0gn", "0word0", "0word299"} <= found
    assert "0word300" not in found
    assert sum(term.startswith("0word") for term in found) == MAX_BODY_TERMS


def test_a_long_text_without_spaces_keeps_the_pairs_it_uses_most() -> None:
    """Pairs of Han letters are as many as the letters: they are bounded as words are."""
    letters = [chr(0x3400 + n) for n in range(700)]
    found = terms("T", body="".join(letters) + " 学習" * 3)
    assert "0学習" in found
    assert len(found) == MAX_BODY_TERMS + 1


def test_many_words_of_titles_come_before_any_of_the_body() -> None:
    """A course translated into many languages is found by each title, whole word by whole word."""
    titles = tuple(" ".join(f"{n}a{m}bcdefgh" for m in range(5)) for n in range(30))
    found = search_terms(SearchText(title=titles, skill=("yak",), body=("body " * 9,)))
    assert len(found) == MAX_TERMS
    assert {f"2{n}a{m}bcdefgh" for n in range(30) for m in range(5)} < set(found)
    assert "1yak" in found


@pytest.mark.parametrize("kind,value,key", [("tag", " Ünited \n NATIONS\0", "tag:united nations")])
def test_a_facet_is_one_line(kind: str, value: str, key: str) -> None:
    """Keys stand between line ends: a value with one would be found as something else."""
    assert facet(kind, value) == key


@given(st.text())
def test_any_query_is_few_plain_words(text: str) -> None:
    """Nothing that a client sends may reach the database as more than some letters and digits."""
    found = query_terms(text)
    assert len(found) <= MAX_QUERY_TERMS
    for term in found:
        assert 0 < len(term) <= MAX_WORD
        assert "\n" not in term
        assert "\0" not in term
        term.encode()


@given(st.text(min_size=1))
def test_what_a_title_says_finds_it(text: str) -> None:
    """Every whole title is a query that finds its own text."""
    found = set(search_terms(SearchText(title=(text,))))
    if len(found) < MAX_TERMS:
        assert {f"2{term}" for term in query_terms(text)} <= found


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    """What is folded once at indexing and once at asking must be the same."""
    assert fold(fold(text)) == fold(text)
