"""Sequence numbers as ranges agree with a plain set of numbers."""

from hypothesis import given
from hypothesis import strategies as st

from services.progress.domain.seqs import MOST_MISSING, Ranges, add, missing


@given(st.lists(st.lists(st.integers(1, 60), max_size=8), max_size=8))
def test_ranges_agree_with_a_set(batches: list[list[int]]) -> None:
    """A phone would be asked for what it sent, or never for what got lost."""
    ranges: Ranges = ()
    for batch in batches:
        ranges = add(ranges, batch)
    everything = {seq for batch in batches for seq in batch}
    assert {seq for low, high in ranges for seq in range(low, high + 1)} == everything
    highest = max(everything, default=0)
    assert missing(ranges) == tuple(seq for seq in range(1, highest) if seq not in everything)


def test_at_most_a_thousand_are_listed() -> None:
    """One forged number would make the answer as large as the number."""
    assert missing(add((), [2**31 - 1])) == tuple(range(1, MOST_MISSING + 1))


def test_what_is_missing_costs_no_more_than_what_is_listed() -> None:
    """A forged number near the highest, among thousands of gaps, would hold up every sync."""
    odd = add((), range(1, 40_001, 2))
    ranges = add(odd, [2**31 - 1])
    assert missing(ranges) == tuple(range(2, 2 * MOST_MISSING + 1, 2))
    assert add(ranges, [2]) == ((1, 3), *ranges[2:])
