"""Cutting cards into lessons of two to five minutes."""

from hypothesis import given
from hypothesis import strategies as st

from services.content.domain.pacing import MAX_CARDS, NEVER, Card, cut


def sizes(*minutes: float, price: float = 0.0) -> list[list[int]]:
    """Return the cards of each lesson."""
    return [list(part) for part in cut([Card(minutes=each, price=price) for each in minutes])]


def test_what_fits_one_lesson_stays_one() -> None:
    """Each cut is one more thing to open."""
    assert sizes(1, 1, 1, 1, 1) == [[0, 1, 2, 3, 4]]
    assert sizes(0.2) == [[0]]
    assert sizes() == []


def test_a_long_run_is_cut_into_lessons_that_are_alike() -> None:
    """Four minutes and four, rather than five and three and a rest."""
    assert sizes(2, 2, 2, 2) == [[0, 1], [2, 3]]
    assert sizes(3, 3, 3) == [[0], [1], [2]]


def test_it_is_cut_where_it_costs_least() -> None:
    """At a heading, rather than in the middle of a thought."""
    cards = [Card(minutes=1, price=price) for price in (0, 2, 2, 0, 2, 2, 2, 2)]
    assert [list(part) for part in cut(cards)] == [[0, 1, 2], [3, 4, 5, 6, 7]]


def test_what_belongs_together_stays_even_if_it_is_long() -> None:
    """An exercise would be in one lesson, its solution in the next."""
    cards = [Card(minutes=3), Card(minutes=3, price=NEVER)]
    assert [list(part) for part in cut(cards)] == [[0, 1]]


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, NEVER)), max_size=150))
def test_every_card_is_in_one_lesson_in_order(cards: list[tuple[float, float]]) -> None:
    """A card that is cut off would never be learned."""
    parts = cut([Card(minutes=minutes, price=price) for minutes, price in cards])
    assert [index for part in parts for index in part] == list(range(len(cards)))
    assert all(0 < len(part) <= MAX_CARDS for part in parts)
