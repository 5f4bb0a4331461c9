"""Ad-hoc documents that would cost too much are refused by counting."""

import time

import pytest
from graphql import GraphQLSyntaxError, get_introspection_query, parse

from gateway.limits import OverLimit, check, parse_ad_hoc

FIELDS = " ".join(f"f{index}" for index in range(45))


def nested(depth: int) -> str:
    """Return a document that nests so deep."""
    return "{ a " * depth + "}" * depth


def doubling(count: int) -> str:
    """Return fragments that each spread the next twice."""
    chain = [
        f"fragment F{i} on T {{ x {{ ...F{i + 1} }} y {{ ...F{i + 1} }} }}" for i in range(count)
    ]
    return " ".join(["{ ...F0 }", *chain, f"fragment F{count} on T {{ {FIELDS} }}"])


@pytest.mark.parametrize(
    "document,reason",
    [
        (nested(13), "nest"),
        ("{ " + " ".join(f"a{i}: f" for i in range(31)) + " }", "aliases"),
        ("{ " + "same " * 51 + "}", "mentions of one field"),
        ("{ " + "...F " * 51 + "} fragment F on Query { a }", "fragment spreads"),
        ("{ a " + "@skip(if: false) " * 21 + "}", "directives"),
        (doubling(8), "fields"),
    ],
)
def test_a_document_over_a_limit_is_refused(document: str, reason: str) -> None:
    """Some kilobytes could keep a core busy for a minute."""
    with pytest.raises(OverLimit, match=reason):
        check(parse(document))


@pytest.mark.parametrize(
    "document",
    [
        nested(12),
        "{ " + " ".join(f"a{i}: f{i}" for i in range(30)) + " }",
        "{ " + "same " * 50 + "}",
        "{ " + "...F " * 50 + "} fragment F on Query { a }",
        "{ a " + "@skip(if: false) " * 20 + "}",
        get_introspection_query(),
    ],
    ids=["deep", "aliased", "repeated", "spread", "directed", "introspection"],
)
def test_a_document_at_a_limit_passes(document: str) -> None:
    """Tools that developers live by would not work."""
    check(parse(document))


def test_a_cycle_of_fragments_ends() -> None:
    """The gateway would spin for ever on twenty characters; validation refuses the cycle later."""
    check(parse("{ ...A } fragment A on Query { a ...B } fragment B on Query { b ...A }"))


@pytest.mark.parametrize(
    "source", ["{ " + "a " * 6_000 + "}", "{ " + "a " * 1_001 + "}", "#\n" * 200 + "{ a }"]
)
def test_a_source_that_is_too_long_is_not_parsed(source: str) -> None:
    """Parsing alone would cost more than most operations."""
    with pytest.raises(OverLimit):
        parse_ad_hoc(source)


def test_a_syntax_error_stays_one() -> None:
    """A developer would look for a limit in place of a missing brace."""
    with pytest.raises(GraphQLSyntaxError):
        parse_ad_hoc("{ limit(of: ")


def test_a_refusal_is_cheap() -> None:
    """Fragments that double forty times would take longer than the universe to write out."""
    begun = time.process_time()

    with pytest.raises(OverLimit):
        check(parse(doubling(24)))

    assert time.process_time() - begun < 1
