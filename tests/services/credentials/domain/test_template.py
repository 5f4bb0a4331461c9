"""Templates: what they make of a document is, byte for byte, what the whole way makes of it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.credentials.domain import proofs
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.credential import Award, make_credential
from services.credentials.domain.rdf import Canonicalise
from services.credentials.domain.signing import SeedSigner
from services.credentials.domain.template import Templates
from services.kit.errors import Invalid
from services.kit.records import Json
from tests.services.credentials.domain.test_endorsement import endorsed
from tests.support.awards import QUOTES

MARK = "https://slot.invalid/0/"
TEXTS = st.text(max_size=12) | st.sampled_from(
    ["", QUOTES, MARK, f'"{MARK}"', "_:c14n0", "\x7f\b", "\t\n\r", '"@en .\n_:x', "x" * 10_000]
)
IDS = st.sampled_from(
    [
        "https://example.org/credentials/cre_1",
        "http://localhost:8000/credentials/cre_1#holder",
        "https://example.org/a/../b",
        "https://example.org/ä",
        "https://example.org/?q=1",
        "https://example.org/%C3%A4",
        "urn:uuid:1",
        "did:web:example.org",
        "relative",
        "_:b0",
        MARK,
    ]
)
INSTANTS = st.sampled_from(["2026-11-20T09:30:15Z", "2026-11-20T09:30:15.5+02:00", "today"])
Path: TypeAlias = tuple[str | int, ...]
VARIED: tuple[tuple[Path, st.SearchStrategy[str]], ...] = (
    (("id",), IDS),
    (("validFrom",), INSTANTS),
    (("validUntil",), INSTANTS),
    (("awardedDate",), INSTANTS),
    (("credentialSubject", "id"), IDS),
    (("credentialSubject", "narrative"), TEXTS),
    (("credentialSubject", "identifier", 0, "identityHash"), TEXTS),
    (("credentialSubject", "identifier", 0, "salt"), TEXTS),
    (("credentialSubject", "identifier", 1, "identityHash"), TEXTS),
    (("credentialSubject", "result", 0, "value"), TEXTS),
    (("credentialStatus", "id"), IDS),
    (("credentialStatus", "statusListIndex"), TEXTS),
    (("credentialStatus", "statusListCredential"), IDS),
    (("evidence", 0, "narrative"), TEXTS),
    # and what stays the same for one achievement, so that these make other templates
    (("name",), TEXTS),
    (("credentialSubject", "achievement", "name"), TEXTS),
)


@pytest.fixture(scope="module")
def templates(contexts: Contexts) -> Templates:
    """Templates that all tests share: what one leaves behind must not change another."""
    return Templates(contexts)


CHANGES = st.lists(
    st.one_of([st.tuples(st.just(path), values) for path, values in VARIED]), max_size=6
)
DROPPED = st.sets(st.sampled_from(["evidence", "validUntil", "awardedDate"]))


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(changes=CHANGES, dropped=DROPPED)
def test_they_are_equal_to_the_whole_way(
    award: Award,
    templates: Templates,
    canonicalise: Canonicalise,
    changes: list[tuple[Path, str]],
    dropped: set[str],
) -> None:
    """Breaks when a signature covers other bytes than a verifier works out, or errors differ."""
    document = make_credential(award)
    for path, value in changes:
        _put(document, path, value)
    for name in dropped:
        document.pop(name, None)

    assert _outcome(templates.quads, document) == _outcome(canonicalise, document)
    assert _outcome(templates.jcs, document) == _outcome(proofs.jcs, document)


def test_many_holders_make_as_many_right_credentials(
    award: Award, templates: Templates, canonicalise: Canonicalise, signer: SeedSigner
) -> None:
    """The ordinary case, endorsements and their proofs included: graphs within the document."""
    whole = endorsed(award, canonicalise)
    for number in range(50):
        completion = replace(
            whole.completion,
            name=f'Ana "{number}" Ñandú \\ 日本',
            email=f"ana{number}@example.org" if number % 3 else None,
            score=number / 50 if number % 7 else None,
        )
        document = make_credential(
            replace(
                whole,
                url=f"{whole.url}{number}",
                completion=completion,
                place=replace(whole.place, index=number),
                salt=number.to_bytes(16),
            )
        )

        assert templates.quads(document) == canonicalise(document)
        assert templates.jcs(document) == proofs.jcs(document)


def test_parts_that_cannot_be_told_apart_are_named_as_the_standard_says(
    award: Award, templates: Templates, canonicalise: Canonicalise
) -> None:
    """Two nameless nodes with equal lines need RDFC-1.0's longer way (4.8)."""
    document = make_credential(award)
    evidence = [document["evidence"][0] | {"narrative": text} for text in ("a", "a", "b")]

    for texts in (("a", "a", "b"), ("a", "b", "a"), ("c", "b", "a")):
        document["evidence"] = [
            one | {"narrative": text} for one, text in zip(evidence, texts, strict=True)
        ]

        assert templates.quads(document) == canonicalise(document)


def test_what_templates_secure_is_what_the_whole_way_secures(
    award: Award, templates: Templates, canonicalise: Canonicalise, signer: SeedSigner
) -> None:
    """Ed25519 signs equal bytes equally, so the whole document is equal, member for member."""
    document = make_credential(award)
    created = document["validFrom"]

    secured = templates.secure(document, signer=signer, created=created)

    expected = proofs.secure(document, signer=signer, created=created, canonicalise=canonicalise)
    assert msgspec.json.encode(secured) == msgspec.json.encode(expected)


def _put(document: Any, path: Path, value: str) -> None:
    *way, last = path
    for step in way:
        document = document[step]
    document[last] = value


def _outcome(
    form: Callable[[Mapping[str, Json]], bytes], document: Mapping[str, Json]
) -> bytes | type[Exception]:
    try:
        return form(document)
    except (Invalid, UnicodeEncodeError) as error:
        return type(error)
