"""Contexts cut down: whatever a document says, it means the same as under the whole ones."""

import copy
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.credentials.domain import contexts as pinned
from services.credentials.domain import rdf
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.credential import Award, make_credential
from services.kit.errors import Invalid
from tests.support.badges import badge, known_contexts

VALUES = ["text", "https://example.org/x", 7, {"id": "urn:x"}, ["a", "b"]]


class Whole:
    """In place of a Pruner: cuts nothing."""

    def __init__(self, contexts: Contexts) -> None:
        self._encoded = contexts.encoded

    def terms(self, _document: Any) -> frozenset[str]:
        """Return nothing, as nothing depends on it."""
        return frozenset()

    def cut(self, address: str, _terms: frozenset[str]) -> msgspec.Raw:
        """Return a context whole."""
        return self._encoded[address]


@cache
def whole_contexts() -> Contexts:
    """Return the pinned contexts, never cut."""
    known = known_contexts()
    return msgspec.structs.replace(known, pruner=Whole(known), agreeing=set())


@cache
def all_terms() -> list[str]:
    """Return every term of the contexts that badges name."""
    names = (pinned.CREDENTIALS_V2, pinned.OPEN_BADGES, pinned.EXTENSIONS)
    found = [msgspec.json.decode(known_contexts().encoded[name]) for name in names]
    return sorted({term for context in found for term in _terms(context)})


def _terms(context: Any) -> list[str]:
    own = [term for term in context if not term.startswith("@")]
    inner = [each.get("@context") for each in context.values() if isinstance(each, dict)]
    return own + [term for one in inner if isinstance(one, dict) for term in _terms(one)]


def test_our_own_credential_means_the_same(award: Award) -> None:
    """Guards against a fast verifier, or signer, that nobody else agrees with."""
    document = make_credential(award)

    assert meaning(document, known_contexts()) == meaning(document, whole_contexts())
    assert len(meaning(document, known_contexts())) > 1_000


@pytest.mark.parametrize(
    "changes",
    [
        {"endorsement": [badge(2) | {"type": ["VerifiableCredential", "EndorsementCredential"]}]},
        {"evidence": [{"id": "urn:e", "type": ["Evidence"], "genre": "x"}]},
        {"credentialStatus": {"id": "urn:s", "type": "BitstringStatusListEntry"}},
        {"sec:thing": "x"},
        {"schema:name": "x"},
        {"@type": "VerifiableCredential"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_parts_with_vocabularies_of_their_own_mean_the_same(changes: dict[str, Any]) -> None:
    """Guards against a term of a scoped or embedded context that is cut away."""
    document = badge(1, **changes)

    assert meaning(document, known_contexts()) == meaning(document, whole_contexts())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_terms_anywhere_mean_the_same(data: st.DataObject) -> None:
    """Guards against documents that nobody thought of: verdicts would differ from other tools'."""
    document = copy.deepcopy(badge())
    places: list[Any] = [
        document,
        document["issuer"],
        document["credentialSubject"],
        document["credentialSubject"]["achievement"],
    ]
    for place in places:
        for term in data.draw(st.lists(st.sampled_from(all_terms()), max_size=2)):
            place.setdefault(term, data.draw(st.sampled_from(VALUES)))
    kinds = data.draw(st.lists(st.sampled_from(all_terms()), max_size=2))
    document["credentialSubject"]["type"] = ["AchievementSubject", *kinds]

    assert meaning(document, known_contexts()) == meaning(document, whole_contexts())


def meaning(document: dict[str, Any], contexts: Contexts) -> bytes:
    """Return the canonical form of a document; nothing when it has none."""
    try:
        return rdf.canonical(document, contexts)
    except Invalid:
        return b""
