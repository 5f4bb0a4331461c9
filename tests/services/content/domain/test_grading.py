"""Marking of every question type: right, wrong, partly right, and responses that are none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morsel.vectors.cases import EXPLAINED, LANGUAGE, Case, Vector
from morsel.vectors.printing import VECTORS
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
from services.content.domain.grading import Mark, Response, mark
from services.content.domain.scoring import bounds

PROMPT = {"en": "?"}
WHY = {"en": "why"}


def option(key: str, *, correct: bool = False, says: str | None = None) -> Option:
    feedback = None if says is None else {"en": says}
    return Option(key=key, text={"en": key}, correct=correct, feedback=feedback)


def choice(key: str) -> Choice:
    return Choice(key=key, text={"en": key})


SINGLE = ChoiceQuestion(
    prompt=PROMPT,
    points=2.0,
    explanation=WHY,
    options=(option("a", says="no"), option("b", correct=True, says="yes"), option("c")),
)
MULTIPLE = ChoiceQuestion(
    prompt=PROMPT,
    explanation=WHY,
    multiple=True,
    options=(
        option("a", correct=True),
        option("b", correct=True),
        option("c", says="not c"),
        option("d"),
    ),
)
MAPPED = ChoiceQuestion(
    prompt=PROMPT,
    multiple=True,
    options=MULTIPLE.options,
    mapping=PointMap(
        entries=(MapEntry(response=("a",), points=1.0), MapEntry(response=("b",), points=1.0)),
        default=-1.0,
        lower=0.0,
        upper=1.5,
    ),
)
ORDER = OrderQuestion(prompt=PROMPT, choices=tuple(map(choice, "abc")))
MATCH = MatchQuestion(
    prompt=PROMPT,
    sources=(choice("cat"), choice("dog"), choice("ant")),
    targets=(choice("mammal"), choice("insect")),
    pairs=(("cat", "mammal"), ("dog", "mammal"), ("ant", "insect")),
)
TEXT = TextEntryQuestion(prompt=PROMPT, accepted=("Spoofing", "sender  spoofing"))
CASED = TextEntryQuestion(prompt=PROMPT, accepted=("pH",), case_sensitive=True)
NUMBER = NumericQuestion(prompt=PROMPT, number=0.3, tolerance=0.0)
WIDE = NumericQuestion(prompt=PROMPT, number=12.5, tolerance=0.5)
GAPS = GapQuestion(
    prompt=PROMPT,
    text={"en": "{gap-1} {gap-2}"},
    gaps=(
        Gap(key="gap-1", accepted=("click", "tap")),
        Gap(key="gap-2", options=(option("x"), option("y", correct=True))),
    ),
)
ALL: tuple[AnyQuestion, ...] = (
    SINGLE,
    MULTIPLE,
    MAPPED,
    ORDER,
    MATCH,
    TEXT,
    CASED,
    NUMBER,
    WIDE,
    GAPS,
)


CASES = [(vector, case) for vector in VECTORS for case in vector.cases]


@pytest.mark.parametrize(
    "vector,case", CASES, ids=[f"{vector.name}: {case.name}" for vector, case in CASES]
)
def test_the_vectors_hold(vector: Vector, case: Case) -> None:
    """Phones that mark offline by `graphql/marking-vectors.json` would disagree with the server."""
    found = mark(vector.question, case.response)
    if case.score is None:
        assert found is None
        return
    explained = (vector.question.explanation or {}).get(LANGUAGE)
    told = explained if case.feedback == EXPLAINED else case.feedback
    assert found == Mark(
        correct=case.correct,
        score=case.score,
        max_score=bounds(vector.question)[1],
        feedback={LANGUAGE: told} if told else None,
    )


@pytest.mark.parametrize("question", [SINGLE, ORDER, MATCH, TEXT, NUMBER, GAPS])
@pytest.mark.parametrize(
    "response",
    [Response(), Response(choices=("b",), number=1.0), Response(number=math.nan)],
    ids=["nothing", "two kinds at once", "no number"],
)
def test_what_is_no_answer_to_any_question_is_not_marked(
    question: AnyQuestion, response: Response
) -> None:
    """A phone that sends nonsense gets no mark, and no exception takes its batch along."""
    assert mark(question, response) is None


def test_infinity_is_no_number() -> None:
    """It cannot come as JSON, and is refused where it comes from elsewhere."""
    assert mark(NUMBER, Response(number=math.inf)) is None


def test_a_mapping_of_typed_text_folds_case_as_its_entries_say() -> None:
    """QTI's case-sensitive is said per entry."""
    question = TextEntryQuestion(
        prompt=PROMPT,
        accepted=("York",),
        mapping=PointMap(
            entries=(
                MapEntry(response=("York",), points=1.0, case_sensitive=True),
                MapEntry(response=("york",), points=0.5),
            )
        ),
    )
    scores = [mark(question, Response(texts=(text,))) for text in ("York", "YORK", "Leeds")]
    assert [found and found.score for found in scores] == [1.0, 0.5, 0.0]


def test_a_mapping_of_pairs_and_gaps() -> None:
    """Values are addressed by their keys: a pair, or a gap with its answer."""
    pairs = MatchQuestion(
        prompt=PROMPT,
        sources=MATCH.sources,
        targets=MATCH.targets,
        pairs=MATCH.pairs,
        mapping=PointMap(entries=(MapEntry(response=("cat", "mammal"), points=0.5),)),
    )
    found = mark(pairs, Response(pairs=(("cat", "mammal"), ("dog", "insect"))))
    assert found == Mark(correct=False, score=0.5, max_score=0.5)
    gaps = GapQuestion(
        prompt=PROMPT,
        text=GAPS.text,
        gaps=GAPS.gaps,
        mapping=PointMap(
            entries=(
                MapEntry(response=("gap-1", "Click"), points=1.0),
                MapEntry(response=("gap-2", "y"), points=2.0),
            )
        ),
    )
    found = mark(gaps, Response(texts=("CLICK", "x")))
    assert found == Mark(correct=False, score=1.0, max_score=3.0)


@pytest.mark.parametrize(
    "question,response,feedback",
    [
        (SINGLE, Response(choices=("a",)), {"en": "no"}),
        (SINGLE, Response(choices=("b",)), {"en": "yes"}),
        (SINGLE, Response(choices=("c",)), WHY),
        (MULTIPLE, Response(choices=("a", "c")), {"en": "not c"}),
        (MULTIPLE, Response(choices=("a", "b")), WHY),
        (ORDER, Response(choices=("a", "b", "c")), None),
    ],
)
def test_feedback(
    question: AnyQuestion, response: Response, feedback: dict[str, str] | None
) -> None:
    """What was written for the wrong choice comes first, then the explanation."""
    found = mark(question, response)
    assert found is not None
    assert found.feedback == feedback


KEYS = st.sampled_from(["a", "b", "c", "d", "cat", "mammal", "x", "y", "", "zz"])
RESPONSES = st.builds(
    Response,
    choices=st.none() | st.lists(KEYS, max_size=5).map(tuple),
    pairs=st.none() | st.lists(st.tuples(KEYS, KEYS), max_size=5).map(tuple),
    texts=st.none() | st.lists(KEYS | st.text(max_size=8), max_size=3).map(tuple),
    number=st.none() | st.floats(),
)


@given(question=st.sampled_from(ALL), response=RESPONSES)
def test_any_response_gets_a_mark_within_bounds_or_none(
    question: AnyQuestion, response: Response
) -> None:
    """Marking is total: no exception, no score outside what the version promises."""
    found = mark(question, response)
    if found is not None:
        low, high = bounds(question)
        assert low <= found.score <= high == found.max_score
        assert not found.correct or question.mapping or found.score == high


@given(chosen=st.lists(st.sampled_from("abcd")), question=st.sampled_from([MULTIPLE, MAPPED]))
def test_order_and_repeats_of_choices_change_nothing(
    chosen: list[str], question: ChoiceQuestion
) -> None:
    """A response is a set of values, whatever a phone makes of it."""
    given_, tidy = tuple(chosen), tuple(sorted(set(chosen)))
    one, other = mark(question, Response(choices=given_)), mark(question, Response(choices=tidy))
    assert one is not None
    assert other is not None
    assert (one.correct, one.score) == (other.correct, other.score)


@given(
    number=st.decimals(-10_000, 10_000, places=3),
    tolerance=st.decimals(0, 100, places=3),
    share=st.integers(-1000, 1000),
)
def test_the_bound_of_a_tolerance_is_inside(number: object, tolerance: object, share: int) -> None:
    """Whatever decimals an author writes, a phone's floats on the bound are right."""
    n, t = float(str(number)), float(str(tolerance))
    question = NumericQuestion(prompt=PROMPT, number=n, tolerance=t)
    for given_ in (n + t, n - t, n + t * share / 1000):
        found = mark(question, Response(number=given_))
        assert found is not None
        assert found.correct


@given(st.text())
def test_case_and_blanks_of_typed_text_change_nothing(text: str) -> None:
    """What an author accepts is accepted in any case, with any blanks around it."""
    question = TextEntryQuestion(prompt=PROMPT, accepted=(text,))
    for typed in (text, f"  {text}\n", text.casefold()):
        found = mark(question, Response(texts=(typed,)))
        assert found is not None
        assert found.correct
