"""Parsing events: what a phone sends is read or refused alone, with words that name the field."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import Code
from services.progress.domain.event import Event, Refusal, restore
from services.progress.domain.parsing import parse

BASE: dict[str, Any] = {
    "id": "01948F0E-6f2a-7c31-9d0e-5b7c1a2f3e4d",
    "type": "block.viewed",
    "v": 1,
    "device": "5a1f0c1e-0000-4000-8000-000000000001",
    "seq": 42,
    "at": "2026-11-22T18:03:07.512Z",
    "offset": -350,
    "tz": 60,
    "zone": "Europe/Rome",
    "ref": {"version": "ab" * 32, "lesson": "les_x", "block": "blk_x"},
    "body": {"seconds": 14},
}


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return value


def test_an_event_is_read_whole() -> None:
    """A field would be lost between phone and log."""
    event = parse(BASE)
    assert isinstance(event, Event)
    assert event.id == "01948f0e-6f2a-7c31-9d0e-5b7c1a2f3e4d"
    assert (event.device, event.seq, event.at, event.offset) == (
        BASE["device"],
        42,
        1795370587512,
        -350,
    )
    assert (event.version, event.lesson, event.block) == ("ab" * 32, "les_x", "blk_x")
    assert restore(event.canonical) == event


@pytest.mark.parametrize(
    "change",
    [
        {"at": "1970-01-01T00:00:09Z", "offset": 56 * 366 * 86_400_000},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "9999-12-31T23:59:59.999Z", "offset": -(10**13)},
    ],
)
def test_no_event_is_refused_for_its_time(change: dict[str, Any]) -> None:
    """A phone with a dead clock battery would lose all that its learner did."""
    assert isinstance(parse({**BASE, **change}), Event)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"id": None}, "id must be a UUID"),
        ({"id": "01948f0e6f2a7c319d0e5b7c1a2f3e4d"}, "id must be a UUID"),
        ({"device": 7}, "device must be a UUID"),
        ({"type": "Block Viewed"}, "type must be a dotted name"),
        ({"type": "x" * 65}, "type must be a dotted name"),
        ({"v": True}, "v must be a whole number from 1"),
        ({"seq": 0}, "seq must be a whole number from 1 to 2147483647"),
        ({"seq": 2**31}, "seq must be a whole number from 1 to 2147483647"),
        ({"seq": "7"}, "seq must be a whole number"),
        ({"at": "2026-11-22"}, "at must be an RFC 3339 instant"),
        ({"at": "2026-11-22T18:03:07.512"}, "at must be an RFC 3339 instant"),
        ({"at": 1795370587512}, "at must be an RFC 3339 instant"),
        ({"offset": 1e300}, "offset must be a whole number"),
        ({"ref": []}, "ref must be an object"),
        ({"ref": {"version": "AB" * 32}}, "ref.version must be the hash"),
        ({"ref": {"lesson": "l" * 65}}, "ref.lesson must be the id"),
        ({"ref": {}}, "ref.version is missing: block.viewed needs it"),
        ({"body": "seconds"}, "body must be an object"),
        ({"body": {"seconds": -1}}, "body.seconds must be a number"),
        ({"body": {"seconds": "5"}}, "body.seconds must be a number"),
        ({"body": {"x": 2**63}}, "no canonical JSON"),
        ({"body": {"x": float("nan")}}, "no canonical JSON"),
        ({"body": {"x": "\ud800"}}, "no canonical JSON"),
        ({"body": {"\udc00": 1}}, "no canonical JSON"),
        ({"body": nested(33)}, "nests deeper than 32"),
        ({"body": nested(5000)}, "nests deeper than 32"),
    ],
)
def test_what_is_wrong_is_refused_with_words(change: dict[str, Any], words: str) -> None:
    """An app developer would search for hours, or the insert of the neighbours would fail."""
    refusal = parse({**BASE, **change})
    assert isinstance(refusal, Refusal)
    assert words in refusal.message
    assert refusal.code is Code.INVALID


@pytest.mark.parametrize(
    "kind", ["enrolment.made", "attempt.released", "log.closed", "grade.raised"]
)
def test_the_servers_own_types_are_forbidden(kind: str) -> None:
    """A phone could grade itself."""
    refusal = parse({**BASE, "type": kind})
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.seq) == (Code.FORBIDDEN, 42)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"choiceIds": ["a"], "number": 1},
        {"choiceIds": "a"},
        {"choiceIds": [1]},
        {"pairs": [["a"]]},
        {"pairs": ["ab"]},
        {"texts": [None]},
        {"number": "1"},
        {"number": True},
        {"number": 1, "attempt": "first"},
    ],
)
def test_an_answer_has_one_response_of_its_shape(body: dict[str, Any]) -> None:
    """Marking would meet what it cannot read."""
    ref = {**BASE["ref"], "question": "qst_x"}
    refusal = parse({**BASE, "type": "question.answered", "ref": ref, "body": body})
    assert isinstance(refusal, Refusal)
    assert refusal.message.startswith("body")


def test_unknown_types_are_kept_whatever_they_hold() -> None:
    """An app that is newer than its server would lose what its learner did."""
    event = parse({**BASE, "type": "garden.watered", "ref": {}, "body": {"a\0b": [None, 1.5]}})
    assert isinstance(event, Event)
    assert event.body == {"a\0b": [None, 1.5]}


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=())),
    lambda child: (
        st.lists(child, max_size=4) | st.dictionaries(st.text(max_size=5), child, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values, st.sampled_from([*BASE, "more"]), json_values)
def test_nothing_that_json_can_hold_raises(value: Any, field: str, other: Any) -> None:
    """One hostile event would end in an error for the whole push."""
    assert isinstance(parse(value), Event | Refusal)
    assert isinstance(parse({**BASE, field: other}), Event | Refusal)
