"""Positions in the news: nothing is heard twice, nothing is missed, in whatever order it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.content.domain.news import (
    MAX_HEARD,
    MAX_TEXT,
    MOST_HEARD,
    OVERLAP_MS,
    Heard,
    Position,
    hear,
    mark,
    read_position,
    write_position,
)
from services.kit.errors import Invalid

MOVES = st.builds(
    lambda at, n: Heard(at=at, mark=mark("crs_A", n)),
    st.integers(0, 3 * OVERLAP_MS),
    st.integers(0, 500),
)


@given(st.lists(MOVES, max_size=MAX_HEARD), st.integers(0, OVERLAP_MS))
def test_a_position_is_read_as_it_was_written(moves: list[Heard], since: int) -> None:
    """A caller that keeps the text goes on exactly where it was."""
    position = hear(Position(since=since), moves)
    assert read_position(write_position(position)) == position


@given(st.lists(MOVES, max_size=40, unique=True))
def test_what_is_heard_of_is_no_news_and_the_rest_is(moves: list[Heard]) -> None:
    """A move that becomes visible late, with an earlier time, is still told within a minute."""
    visible = moves[::2]
    position = hear(Position(), visible)
    assert all(move in position.heard for move in visible if move.at >= position.since)
    late = [move for move in moves[1::2] if move.at >= position.since]
    assert not set(late) & set(position.heard)


def test_many_moves_keep_the_position_small() -> None:
    """An import of thousands of courses within a minute makes no cursor of thousands of marks."""
    moves = [Heard(at=1_000 + n, mark=mark("crs_A", n)) for n in range(1_000)]
    position = hear(Position(), moves)
    assert (position.since, len(position.heard)) == (2_000 - MAX_HEARD, MAX_HEARD)
    assert len(write_position(position)) < 2_000


@given(st.integers(1, 3 * MAX_HEARD), st.integers(1, 100))
def test_no_move_of_a_full_millisecond_is_lost(count: int, page: int) -> None:
    """An import on many shards may move more pointers in a millisecond than a position names."""
    moves = [Heard(at=5, mark=mark("crs_A", n)) for n in range(count)]
    position, told = Position(), list[Heard]()
    while news := [move for move in moves if move not in position.heard][:page]:
        told += news
        position = read_position(write_position(hear(position, news)))
        assert position.since <= moves[0].at
    assert told == moves


def test_a_millisecond_that_no_server_writes_is_gone_past() -> None:
    """A reader would be told of the same page for ever, or a position would grow without end."""
    moves = [Heard(at=5, mark=mark("crs_A", n)) for n in range(MOST_HEARD + 1)]
    assert hear(Position(), moves).since > 5
    assert len(write_position(hear(Position(), moves[1:]))) < MAX_TEXT


@pytest.mark.parametrize("text", ["", "x", "AAAA", "é", "A" * 50_000, "_" * 11])
def test_what_is_no_position_is_refused(text: str) -> None:
    """A cursor of something else is named, not taken for the beginning of time."""
    with pytest.raises(Invalid, match="no position"):
        read_position(text)
