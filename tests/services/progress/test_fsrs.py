"""The kernel of spaced repetition, against PyPI's `fsrs` where both mean the same by definition."""

from datetime import UTC, datetime, timedelta

import pytest
from fsrs import Card, Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from services.progress.domain import fsrs

SHORT_TERM = slice(17, 19)
START = datetime(2026, 1, 1, tzinfo=UTC)
reviews = st.lists(st.tuples(st.integers(1, 400), st.integers(1, 4)), max_size=12)


def scheduler() -> Scheduler:
    """Return theirs without steps, fuzz and short-term weights, as our definition has it."""
    weights = list(fsrs.WEIGHTS)
    weights[SHORT_TERM] = [0.0, 0.0]
    return Scheduler(
        parameters=weights, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )


@given(st.integers(1, 4), reviews)
def test_stability_and_difficulty_are_those_of_fsrs(
    start: int, later: list[tuple[int, int]]
) -> None:
    """A slip in a formula would show in no vector that we happen to have."""
    theirs, ours = scheduler(), fsrs.first(start)
    now = START
    card, _ = theirs.review_card(Card(due=now), Rating(start), now)
    for elapsed, grade in later:
        now += timedelta(days=elapsed)
        recall = theirs.get_card_retrievability(card, now)
        assert fsrs.retrievability(ours.stability, elapsed) == pytest.approx(recall, rel=1e-6)
        card, _ = theirs.review_card(card, Rating(grade), now)
        ours = fsrs.review(ours, elapsed, grade)
    assert card.stability is not None
    assert card.difficulty is not None
    assert ours.stability == pytest.approx(card.stability, rel=1e-5)
    assert ours.difficulty == pytest.approx(card.difficulty, rel=1e-5)


@given(st.integers(1, 4), reviews)
def test_values_stay_within_their_bounds(start: int, later: list[tuple[int, int]]) -> None:
    """A long history would end in a day that no calendar has."""
    memory = fsrs.first(start)
    for elapsed, grade in later:
        memory = fsrs.review(memory, elapsed, grade)
    assert fsrs.S_MIN <= memory.stability <= fsrs.S_MAX
    assert 1 <= memory.difficulty <= 10
    assert 1 <= memory.interval <= fsrs.LONGEST_INTERVAL


def test_a_card_falls_due_when_its_chance_of_recall_is_nine_in_ten() -> None:
    """Stability would mean something else here than for everybody."""
    assert fsrs.retrievability(10.0, 10) == 0.9
    assert fsrs.retrievability(10.0, 0) == 1.0
    assert fsrs.interval_of(10.4) == 10
    assert fsrs.interval_of(10.5) == 11
