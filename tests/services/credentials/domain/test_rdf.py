"""JSON-LD, strictly: nothing is dropped in silence, and nothing takes for ever."""

from typing import Any

import pytest

from services.credentials.domain import contexts as pinned
from services.credentials.domain.contexts import pin
from services.credentials.domain.rdf import Canonicalise
from services.credentials.repository.wheel import load_contexts
from services.kit.errors import Invalid


def document(**members: Any) -> dict[str, Any]:
    """Return a small credential with members put in."""
    return {
        "@context": [pinned.CREDENTIALS_V2],
        "id": "urn:example:credential",
        "type": ["VerifiableCredential"],
        "issuer": "did:example:issuer",
        "credentialSubject": {"id": "did:example:subject"},
        **members,
    }


@pytest.mark.parametrize(
    "members,words",
    [
        ({"nickname": "x"}, "no vocabulary declares"),
        ({"type": ["VerifiableCredential", "Nonsense"]}, "no vocabulary declares"),
        ({"id": "relative"}, "no absolute address"),
        ({"issuer": "relative"}, "a relative id"),
        ({"credentialSubject": {"id": "http://a b/"}}, "no absolute address"),
        ({"credentialSubject": {"id": 7}}, "no absolute address"),
        ({"@context": ["https://example.org/v1"]}, "not known here"),
        ({"@context": [pinned.CREDENTIALS_V2, {"name": None}]}, "written into the document"),
        ({"evidence": [{"@context": "https://example.org/v1"}]}, "not known here"),
        ({"@context": None}, "not known here"),
    ],
    ids=str,
)
def test_what_a_signature_would_not_cover_is_refused(
    canonicalise: Canonicalise, members: dict[str, Any], words: str
) -> None:
    """Guards against signed text that anybody can change: JSON-LD drops it without a word."""
    with pytest.raises(Invalid, match=words):
        canonicalise(document(**members))


def test_control_characters_are_escaped_as_the_standard_says(canonicalise: Canonicalise) -> None:
    """Guards against lines that other implementations escape: their hash would differ."""
    lines = canonicalise(document(name='tab\t bell\a "q" \\ é \x7f')).decode()

    assert '"tab\\t bell\\u0007 \\"q\\" \\\\ é \\u007F"' in lines


def test_the_order_of_members_does_not_matter(canonicalise: Canonicalise) -> None:
    """Guards against a canonical form that is none."""
    one = document(name="n", description="d")

    assert canonicalise(one) == canonicalise(dict(reversed(one.items())))


def test_a_document_made_to_be_dear_is_refused_at_once(canonicalise: Canonicalise) -> None:
    """Guards against one small upload that keeps a core busy for hours: RDFC-1.0 is exponential."""
    nodes = [
        {"id": f"_:b{i}", "evidence": [{"id": f"_:b{j}"} for j in range(12) if j != i]}
        for i in range(12)
    ]
    with pytest.raises(Invalid, match="cannot be told apart"):
        canonicalise(document(evidence=nodes))


def test_contexts_are_taken_only_as_they_were_pinned() -> None:
    """Guards against a changed package that gives signed words another meaning."""
    files = dict.fromkeys(pinned.PINS, b'{"@context": {}}')

    with pytest.raises(Invalid, match="is not the text with SHA-256"):
        pin(files)
    assert load_contexts().encoded.keys() == pinned.PINS.keys()


def test_an_embedded_credential_brings_its_own_contexts(canonicalise: Canonicalise) -> None:
    """Guards against endorsements, credentials inside a credential, that cannot be signed."""
    achievement = {"@context": [pinned.OPEN_BADGES], "id": "urn:example:a", "type": ["Achievement"]}

    lines = canonicalise(document(evidence=[achievement])).decode()

    assert "<urn:example:a>" in lines
    assert "vocab.html#Achievement>" in lines
