"""Scalars: what they take, and what they refuse."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as some

from gateway.schema.languages import accepted, chain, pick
from gateway.schema.scalars import UUID, DateTime, Locale


@pytest.mark.parametrize(
    "text,instant",
    [
        ("2026-11-22T18:03:07.512Z", datetime(2026, 11, 22, 18, 3, 7, 512_000, UTC)),
        ("2026-11-22T19:03:07+01:00", datetime(2026, 11, 22, 18, 3, 7, 0, UTC)),
        ("2026-11-22t18:03:07.5129999z", datetime(2026, 11, 22, 18, 3, 7, 512_000, UTC)),
    ],
)
def test_an_instant_is_read_with_its_zone_and_cut_to_milliseconds(
    text: str, instant: datetime
) -> None:
    """Phone and server would disagree on what was when."""
    assert DateTime.parse_value(text) == instant


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-22",
        "2026-11-22T18:03:07",
        "2026-11-22 18:03:07Z",
        "2026-13-22T18:03:07Z",
        "0001-01-01T00:00:00+14:00",
        "20261122T180307Z",
        1_700_000_000,
        None,
        True,
    ],
)
def test_what_is_no_instant_is_refused(value: Any) -> None:
    """A local time would be taken for UTC."""
    with pytest.raises(GraphQLError):
        DateTime.parse_value(value)


@given(some.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9000, 1, 1)))  # noqa: DTZ001 - bounds
def test_an_instant_comes_back_as_it_was_sent(instant: datetime) -> None:
    """A phone that compares what it sent with what it gets would sync for ever."""
    exact = instant.replace(microsecond=instant.microsecond // 1000 * 1000, tzinfo=UTC)

    assert DateTime.parse_value(DateTime.serialize(exact)) == exact
    assert DateTime.serialize(exact + timedelta(microseconds=999)) == DateTime.serialize(exact)


@pytest.mark.parametrize(
    "text,tag",
    [("EN", "en"), ("pt-br", "pt-BR"), ("zh-hant-tw", "zh-Hant-TW"), ("de-1996", "de-1996")],
)
def test_a_tag_is_read_in_any_case(text: str, tag: str) -> None:
    """A phone that writes pt-br would read English."""
    assert Locale.parse_value(text) == tag


@pytest.mark.parametrize(
    "value", ["", "e", "english", "en_GB", "en-", "*", "en" + "-variant" * 9, 7]
)
def test_what_is_no_tag_is_refused(value: Any) -> None:
    """Nonsense would be looked up in every text."""
    with pytest.raises(GraphQLError):
        Locale.parse_value(value)


def test_a_uuid_is_read_in_any_case_and_in_one_form_only() -> None:
    """The same device under two names would be two devices."""
    text = "01948F0E-6f2a-7c31-9d0e-5b7c1a2f3e4d"

    assert UUID.parse_value(text) == text.lower()
    for other in (text.replace("-", ""), f"{{{text}}}", f"urn:uuid:{text}", "x", 7):
        with pytest.raises(GraphQLError):
            UUID.parse_value(other)


def test_a_text_is_picked_along_the_chain() -> None:
    """A learner would read a language that they did not ask for."""
    text = {"en": "E", "pt": "P", "pt-BR": "B"}

    assert chain("pt-BR", "en") == ("pt-BR", "pt", "en")
    assert pick(text, chain("pt-BR", "en")) == "B"
    assert pick(text, chain("pt-PT", "en")) == "P"
    assert pick(text, chain("fr", "en")) == "E"
    assert pick({"fr": "F"}, ("en",)) == "F"


@pytest.mark.parametrize(
    "header,tags",
    [
        ("", ()),
        ("de-AT,en;q=0.5", ("de-AT", "de", "en")),
        ("en;q=0.1, PT-br", ("pt-BR", "pt", "en")),
        ("*, en;q=x, fr_FR", ()),
    ],
)
def test_accepted_languages_are_ordered_by_their_weight(header: str, tags: tuple[str, ...]) -> None:
    """Feedback would come in the language that the learner reads worst."""
    assert accepted(header) == tags
