"""The bitstring and its permutation, bit by bit."""

import gzip
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.credentials.domain import statuslist
from services.credentials.domain.multikey import base64url
from services.kit.errors import Invalid

INDEXES = st.integers(0, statuslist.SIZE - 1)


@given(st.sets(INDEXES, max_size=40))
def test_a_list_gives_back_the_bits_that_were_set(indexes: set[int]) -> None:
    """Guards against a bit that lands beside the credential that was revoked."""
    bits = statuslist.empty()
    for index in indexes:
        bits = statuslist.with_changes(bits, [(index, True)])

    read = statuslist.decode(statuslist.encode(bits))

    assert all(statuslist.is_set(read, index) for index in indexes)
    assert sum(byte.bit_count() for byte in read) == len(indexes)


@given(INDEXES)
def test_clearing_a_bit_undoes_setting_it(index: int) -> None:
    """Guards against a list in which one change drags another along."""
    once = statuslist.with_changes(statuslist.empty(), [(index, True)])

    assert statuslist.with_changes(once, [(index, False)]) == statuslist.empty()


def test_index_zero_is_the_left_most_bit() -> None:
    """Guards against the order that most bit libraries use, and the specification does not."""
    assert statuslist.with_changes(statuslist.empty(), [(0, True)])[0] == 0b1000_0000
    assert statuslist.with_changes(statuslist.empty(), [(7, True)])[0] == 0b0000_0001


def test_an_empty_list_is_small_and_always_the_same() -> None:
    """Guards against a list whose ETag changes although no bit did."""
    assert statuslist.encode(statuslist.empty()) == statuslist.encode(statuslist.empty())
    assert len(statuslist.encode(statuslist.empty())) < 80


@given(st.binary(min_size=16, max_size=16))
def test_places_are_a_permutation(key: bytes) -> None:
    """Guards against two credentials in one place: sampled over keys, counted out below."""
    counters = [*range(64), *range(statuslist.SIZE - 64, statuslist.SIZE)]

    places = {statuslist.position(counter, key=key) for counter in counters}

    assert len(places) == len(counters)
    assert all(0 <= place < statuslist.SIZE for place in places)


def test_every_place_is_used_exactly_once_and_not_in_order() -> None:
    """Guards against places that are used twice, or tell when a credential was issued."""
    places = [statuslist.position(counter, key=b"k" * 16) for counter in range(statuslist.SIZE)]

    assert sorted(places) == list(range(statuslist.SIZE))
    neighbours = sum(abs(a - b) < 100 for a, b in pairwise(places))
    assert neighbours < statuslist.SIZE * 0.004


@pytest.mark.parametrize(
    "text",
    [
        None,
        "H4sIAAAA",
        "u!!!",
        "u" + base64url(b"not gzip"),
        "u" + base64url(gzip.compress(bytes(100))),
        "u" + base64url(gzip.compress(bytes(statuslist.MAX_BYTES + 1))),
        statuslist.encode(statuslist.empty())[:-8],
    ],
    ids=["none", "no multibase", "no base64", "no gzip", "too short", "bomb", "cut off"],
)
def test_what_is_no_list_is_refused(text: object) -> None:
    """Guards against a foreign list that fills the memory, or reads as all clear."""
    with pytest.raises(Invalid):
        statuslist.decode(text)


@pytest.mark.parametrize("index", ["-1", "131072", "\u0661", "1.0", "", "9" * 30, 5, None])
def test_an_index_outside_the_list_is_refused(index: object) -> None:
    """Guards against a revoked credential that points past the end of its list."""
    with pytest.raises(Invalid):
        statuslist.is_set(statuslist.empty(), statuslist.place({"statusListIndex": index}))
