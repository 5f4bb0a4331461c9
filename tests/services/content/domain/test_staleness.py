"""Stale marks of translations: pure, and independent of the order of edits."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.content.contract import Translation
from services.content.domain.course import Course, Flashcard, FlashcardBlock, Lesson, Module
from services.content.domain.staleness import Marks, mark, stale_translations, translations

PLACES = {
    "title": ("title",),
    "lesson": ("modules", "0", "lessons", "0", "title"),
    "front": ("modules", "0", "lessons", "0", "blocks", "0", "cards", "0", "front"),
}
TAGS = ("en", "es", "pt")
FIRST = {(place, tag): f"{place} {tag}" for place in PLACES for tag in TAGS}
Texts = Mapping[tuple[str, str], str]
Edit = tuple[str, str, str]
"""A place, a language or `!es` for a confirmation of it, and the text."""


def course(texts: Texts, **other: Any) -> Course:
    """Return a course with these texts."""

    def of(place: str) -> dict[str, str]:
        return {tag: text for (where, tag), text in texts.items() if where == place}

    card = Flashcard(key="card", front=of("front"), back={"en": "back"})
    cards = FlashcardBlock(key="cards", cards=(card,))
    lesson = Lesson(key="one", title=of("lesson"), blocks=(cards,))
    module = Module(key="first", title={"en": "First"}, lessons=(lesson,))
    fields: dict[str, Any] = {"language": "en", "modules": (module,), **other}
    return Course(slug="sums", title=of("title"), summary={"en": "Sums."}, **fields)


def edited(edits: Sequence[Edit]) -> tuple[Course, Marks]:
    """Return the course and its marks after edits, one by one."""
    texts, marks = dict(FIRST), dict[str, str]()
    for place, tag, text in edits:
        before, confirmed = course(texts), set[Translation]()
        if tag.startswith("!"):
            confirmed.add(Translation(path=PLACES[place], locale=tag[1:]))
        else:
            texts[place, tag] = text
        marks = dict(mark(before, marks, course(texts), confirmed=confirmed))
    return course(texts), marks


def expected(edits: Sequence[Edit]) -> set[Translation]:
    """Return what is stale by the definition: made of another source than that of now."""
    texts = dict(FIRST)
    made_of = {(place, tag): FIRST[place, "en"] for place in PLACES for tag in ("es", "pt")}
    for place, tag, text in edits:
        if tag.startswith("!"):
            made_of[place, tag[1:]] = texts[place, "en"]
        elif text != texts[place, tag]:
            texts[place, tag] = text
            if tag != "en":
                made_of[place, tag] = texts[place, "en"]
    return {
        Translation(path=PLACES[place], locale=tag)
        for (place, tag), source in made_of.items()
        if source != texts[place, "en"]
    }


edits_of = st.lists(
    st.tuples(
        st.sampled_from(sorted(PLACES)),
        st.sampled_from((*TAGS, "!es", "!pt")),
        st.sampled_from(("x", "y", "z")),
    ),
    max_size=12,
)


@given(edits_of)
def test_what_is_stale_follows_from_the_definition(edits: list[Edit]) -> None:
    """A mark would be lost by a later edit, or stay when the source is again what it was."""
    made, marks = edited(edits)
    assert set(stale_translations(made, marks)) == expected(edits)
    assert len(marks) == len(stale_translations(made, marks))


@given(edits_of)
def test_the_order_of_edits_to_different_texts_does_not_matter(edits: list[Edit]) -> None:
    """Two authors who save one after the other would leave other marks than the other way."""
    by_place = sorted(edits, key=lambda edit: edit[0])  # stable: the order at each place is kept
    assert edited(by_place) == edited(edits)


@given(edits_of)
def test_saving_the_same_again_changes_no_mark(edits: list[Edit]) -> None:
    """An author who only saves would seem to have seen to the translations."""
    made, marks = edited(edits)
    assert mark(made, marks, made) == marks


def test_a_mark_moves_with_its_lesson() -> None:
    """Sorting lessons anew would make stale translations look fresh, or fresh ones stale."""
    made, marks = edited([("lesson", "en", "Other words")])
    (module,) = made.modules
    (lesson,) = module.lessons
    new = Lesson(key="new", title={"en": "New", "es": "Nuevo"})
    moved = course(
        {**FIRST, ("title", "en"): "title en"},
        modules=(Module(key="other", title={"en": "Other"}, lessons=(new, lesson)),),
    )
    after = mark(made, marks, moved)
    assert after == marks
    assert {(each.path, each.locale) for each in stale_translations(moved, after)} == {
        (("modules", "0", "lessons", "1", "title"), "es"),
        (("modules", "0", "lessons", "1", "title"), "pt"),
    }


def test_another_language_of_the_course_begins_anew() -> None:
    """Marks against a text that is the source no more would never go away."""
    made, marks = edited([("title", "en", "Other words")])
    assert marks
    assert mark(made, marks, course(FIRST, language="es")) == {}


def test_all_translations_are_named() -> None:
    """A confirmation of what is no translation could not be told from a good one."""
    assert translations(course(FIRST)) == {
        Translation(path=path, locale=tag) for path in PLACES.values() for tag in ("es", "pt")
    }


def test_a_key_that_was_made_of_the_text_changes_with_it() -> None:
    """Folders seldom name keys: a changed question would be a new one, its translation fresh."""

    def asked(key: str, english: str) -> Course:
        card = Flashcard(key=key, front={"en": english, "es": "Uno"}, back={"en": "1", "es": "1"})
        new = Flashcard(key="new", front={"en": "New", "es": "Nuevo"}, back={"en": "", "es": ""})
        cards = FlashcardBlock(key="cards", cards=(new, card) if key == "first" else (card,))
        lesson = Lesson(key="one", title={"en": "One"}, blocks=(cards,))
        return course(FIRST, modules=(Module(key="m", title={"en": "M"}, lessons=(lesson,)),))

    after = asked("first", "First")
    marks = mark(asked("one", "One"), {}, after)
    (found,) = stale_translations(after, marks)
    assert found == Translation(
        path=("modules", "0", "lessons", "0", "blocks", "0", "cards", "1", "front"), locale="es"
    )
    # then the mark follows the next change of the key as well, and ends with the first words
    again = mark(after, marks, asked("primary", "Primary"))
    assert list(again.values()) == list(marks.values())
    assert mark(asked("primary", "Primary"), again, asked("one", "One")) == {}
