"""What holds of every mark, whatever is asked and whatever is answered."""

import math
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.content.domain.course import (
    AnyQuestion,
    Choice,
    ChoiceQuestion,
    Gap,
    GapQuestion,
    MapEntry,
    MatchQuestion,
    NumericQuestion,
    Option,
    OrderQuestion,
    PointMap,
    TextEntryQuestion,
)
from services.content.domain.grading import Mark, Response, mark, right_marks
from services.content.domain.scoring import bounds

PROMPT = {"en": "?"}
KEYS = ("a", "b", "c", "d")
points = st.floats(-1000, 1000, allow_nan=False)
limits = st.none() | points
words = st.sampled_from(["York", "york", " YORK ", "Leeds", "", "\u00e9", "e\u0301", "x" * 10_000])
numbers = st.sampled_from([0.0, -0.0, 12.5, 12.75, 12.7500001, 1e300, -1e15]) | st.floats()


def options(right: frozenset[str]) -> tuple[Option, ...]:
    return tuple(Option(key=key, text={"en": key}, correct=key in right) for key in KEYS)


def choices(*keys: str) -> tuple[Choice, ...]:
    return tuple(Choice(key=key, text={"en": key}) for key in keys)


@st.composite
def mappings(draw: st.DrawFn, values: st.SearchStrategy[tuple[str, ...]]) -> PointMap | None:
    """Return partial credit of these values, or none."""
    if draw(st.booleans()):
        return None
    entry = st.builds(MapEntry, response=values, points=points, case_sensitive=st.booleans())
    ends = sorted(each for each in (draw(limits), draw(limits)) if each is not None)
    lower, upper = (ends[0] if ends else None), (ends[1] if len(ends) > 1 else None)
    entries = tuple(draw(st.lists(entry, max_size=5)))
    return PointMap(entries=entries, default=draw(points), lower=lower, upper=upper)


@dataclass(frozen=True)
class Asked:
    """A question, and responses of its shape and of none."""

    question: AnyQuestion
    response: Response


def keys(least: int = 0) -> Any:
    return st.lists(st.sampled_from(KEYS), min_size=least, max_size=6).map(tuple)


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """Return a question of any type with a response that may fit it."""
    kind = draw(st.sampled_from(["one", "many", "order", "match", "text", "number", "gap"]))
    key = st.sampled_from(KEYS)
    pair = st.tuples(key, st.sampled_from(["x", "y"]))
    if kind in {"one", "many"}:
        right = draw(st.frozensets(key, min_size=1, max_size=1 if kind == "one" else 4))
        mapping = draw(mappings(st.tuples(key)))
        question: AnyQuestion = ChoiceQuestion(
            prompt=PROMPT, options=options(right), multiple=kind == "many", mapping=mapping
        )
        return Asked(question, Response(choices=draw(keys())))
    if kind == "order":
        mapping = draw(mappings(st.tuples(key, st.sampled_from(["1", "2", "3", "4"]))))
        question = OrderQuestion(prompt=PROMPT, choices=choices(*KEYS), mapping=mapping)
        return Asked(question, Response(choices=draw(st.permutations(KEYS).map(tuple) | keys())))
    if kind == "match":
        pairs = draw(st.lists(pair, min_size=1, max_size=5, unique=True).map(tuple))
        question = MatchQuestion(
            prompt=PROMPT,
            sources=choices(*KEYS),
            targets=choices("x", "y"),
            pairs=pairs,
            mapping=draw(mappings(pair)),
        )
        return Asked(question, Response(pairs=draw(st.lists(pair, max_size=8).map(tuple))))
    if kind == "text":
        question = TextEntryQuestion(
            prompt=PROMPT,
            accepted=("York", "\u00e9"),
            case_sensitive=draw(st.booleans()),
            mapping=draw(mappings(st.tuples(words))),
        )
        return Asked(question, Response(texts=draw(st.lists(words, max_size=2).map(tuple))))
    if kind == "number":
        mapping = draw(mappings(st.tuples(st.sampled_from(["12.5", "0", "1e3"]))))
        question = NumericQuestion(prompt=PROMPT, number=12.5, tolerance=0.25, mapping=mapping)
        return Asked(question, Response(number=draw(numbers)))
    gaps = (
        Gap(key="g1", accepted=("York",), case_sensitive=draw(st.booleans())),
        Gap(key="g2", options=options(frozenset("ab"))),
    )
    named = st.tuples(st.just("g1"), words) | st.tuples(st.just("g2"), key)
    question = GapQuestion(prompt=PROMPT, text=PROMPT, gaps=gaps, mapping=draw(mappings(named)))
    texts = st.tuples(words, key | st.just("") | st.just("?"))
    return Asked(question, Response(texts=draw(texts)))


def told(found: Mark) -> tuple[bool, float]:
    return found.correct, found.score


@given(asked())
def test_a_score_is_within_its_bounds(case: Asked) -> None:
    """A score outside would be more than all, or less than promised."""
    low, high = bounds(case.question)
    found = mark(case.question, case.response)
    assert low <= high
    if found is not None:
        assert low - 1e-9 <= found.score <= high + 1e-9
        assert found.max_score == high
        assert math.isfinite(found.score)


@given(asked(), st.randoms(use_true_random=False))
def test_neither_the_order_of_picks_nor_repeats_count(case: Asked, rng: Any) -> None:
    """Each distinct value counts once, however a phone lists them."""
    question, response = case.question, case.response
    found = mark(question, response)
    if isinstance(question, ChoiceQuestion) and response.choices is not None:
        mixed = [*response.choices, *response.choices[:2]]
        rng.shuffle(mixed)
        again = mark(question, Response(choices=tuple(mixed)))
    elif isinstance(question, MatchQuestion) and response.pairs is not None:
        pairs = [*response.pairs, *response.pairs[:2]]
        rng.shuffle(pairs)
        again = mark(question, Response(pairs=tuple(pairs)))
    else:
        again = mark(question, response)
    assert again == found or (again and found and told(again) == pytest.approx(told(found)))


@given(asked())
def test_the_right_answer_is_correct_and_earns_all_without_a_mapping(case: Asked) -> None:
    """Who knows everything must be able to get everything."""
    question = replace(case.question, mapping=None, points=3.0)
    found = right_marks(question)
    assert found
    assert {told(each) for each in found} == {(True, 3.0)}


@settings(max_examples=50)
@given(asked(), asked())
def test_any_response_to_any_question_has_a_defined_result(one: Asked, other: Asked) -> None:
    """Nonsense from a phone is no mark, never an exception that takes its batch along."""
    found = mark(one.question, other.response)
    assert found is None or isinstance(found, Mark)


@pytest.mark.parametrize(
    "response",
    [
        Response(choices=("a",) * 100_000),
        Response(pairs=(("a", "x"),) * 100_000),
        Response(texts=("x" * 1_000_000,)),
        Response(number=math.nan),
        Response(number=-math.inf),
        Response(number=1.7976931348623157e308),
        Response(),
    ],
    ids=["many choices", "many pairs", "long text", "nan", "infinity", "huge", "nothing"],
)
def test_what_is_huge_or_no_number_is_marked_or_not_but_told(response: Response) -> None:
    """Each has one result, for each type."""
    match = MatchQuestion(
        prompt=PROMPT, sources=choices(*KEYS), targets=choices("x"), pairs=(("b", "x"),)
    )
    questions: tuple[AnyQuestion, ...] = (
        ChoiceQuestion(prompt=PROMPT, options=options(frozenset("b"))),
        OrderQuestion(prompt=PROMPT, choices=choices(*KEYS)),
        match,
        TextEntryQuestion(prompt=PROMPT, accepted=("y",)),
        NumericQuestion(prompt=PROMPT, number=1.0),
        GapQuestion(prompt=PROMPT, text=PROMPT, gaps=(Gap(key="g", accepted=("y",)),)),
    )
    marks = [mark(question, response) for question in questions]
    assert {found.score for found in marks if found is not None} <= {0.0}
