"""Ids: ordered by time, opaque, of one kind, and the same wherever they are made."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import NotFound
from services.kit.ids import (
    ITEMS,
    Kind,
    bound_id,
    global_id,
    item_id,
    item_version,
    kind_of,
    loose_id,
    new_id,
    read_id,
    uuid7,
    version_hash,
    version_id,
)

HASH = "00112233445566778899aabbccddeeff" * 2


@given(kind=st.sampled_from(Kind), raw=st.binary(min_size=1, max_size=32))
def test_an_id_gives_its_bytes_back(kind: Kind, raw: bytes) -> None:
    """Breaks when an id loses bytes or its kind, or grows over 47 characters."""
    text = global_id(kind, raw)

    assert read_id(kind, text) == raw
    assert kind_of(text) is kind
    assert len(text) <= 47


@given(text=st.text(max_size=60))
def test_no_text_but_an_id_is_read(text: str) -> None:
    """Breaks when a malformed id is an error of the program, or two texts name one thing."""
    try:
        raw = read_id(Kind.COURSE, text)
    except NotFound:
        return
    assert global_id(Kind.COURSE, raw) == text


@pytest.mark.parametrize("text", ["", "crs_", "les_AAAA", "crs_AAA=", "crs_AB", "crs_A", "crs_é"])
def test_a_malformed_id_is_not_found(text: str) -> None:
    """Breaks when an id of another kind, or one with stray bits, is taken."""
    with pytest.raises(NotFound, match="No course has the id"):
        read_id(Kind.COURSE, text)


def test_a_uuid_has_the_shape_of_version_7() -> None:
    """Breaks when the time, the version or the variant stand in the wrong bits (RFC 9562, 5.7)."""
    made = uuid7(at_ms=1_795_374_187_512)

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == 1_795_374_187_512


@given(earlier=st.integers(0, 2**48 - 2))
def test_uuids_are_ordered_by_time(earlier: int) -> None:
    """Breaks when what is made later sorts before."""
    assert uuid7(at_ms=earlier) < uuid7(at_ms=earlier + 1)


def test_new_ids_differ() -> None:
    """Breaks when ids are made from the clock alone."""
    assert len({new_id(Kind.COURSE) for _ in range(1000)}) == 1000


def test_a_version_is_named_by_its_hash() -> None:
    """Breaks when a version's id is not its content's address."""
    assert version_hash(version_id(HASH)) == HASH


def test_an_item_is_bound_to_its_version_and_path() -> None:
    """Breaks when an item's id depends on anything else, or its version cannot be told from it."""
    lesson = item_id(Kind.LESSON, HASH, "intro")

    assert lesson == item_id(Kind.LESSON, HASH, "intro")
    assert lesson != item_id(Kind.LESSON, HASH, "intro/first")
    assert item_version(Kind.LESSON, lesson) == HASH[:32]


@given(kind=st.sampled_from(sorted(ITEMS)), path=st.text(min_size=1))
def test_a_loose_id_is_the_same_in_every_version_and_leads_back(kind: Kind, path: str) -> None:
    """A phone would send ids that the server never gave, or fetch every lesson of a new version."""
    other = HASH[::-1]
    loose = loose_id(item_id(kind, HASH, path))
    assert loose == loose_id(item_id(kind, other, path)) == loose_id(loose)
    assert bound_id(HASH, loose) == item_id(kind, HASH, path)
    assert bound_id(other, loose) == item_id(kind, other, path)


def test_what_is_no_item_has_no_version_to_lose() -> None:
    """A picture's id of 32 bytes would be cut in half."""
    picture = global_id(Kind.IMAGE, bytes(32))
    assert loose_id(picture) == picture
    with pytest.raises(NotFound):
        bound_id(HASH, picture)
