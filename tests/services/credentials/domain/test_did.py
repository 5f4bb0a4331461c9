"""Identifiers and their documents: whose key may sign what."""

from typing import Any

import pytest

from services.credentials.domain import did
from services.credentials.domain.multikey import encode_ed25519
from services.kit.errors import Invalid

WEB = "did:web:learn.example.org:issuers:acme"
KEY = encode_ed25519(b"k" * 32)


@pytest.mark.parametrize(
    "name,url",
    [
        ("did:web:example.org", "https://example.org/.well-known/did.json"),
        ("did:web:example.org:a:b", "https://example.org/a/b/did.json"),
        ("did:web:localhost%3A8000:x", "https://localhost:8000/x/did.json"),
        ("did:web:example.org:..%2Fx", "https://example.org/..%2Fx/did.json"),
    ],
)
def test_a_did_web_leads_to_its_document(name: str, url: str) -> None:
    """Guards against documents that are looked for where nobody puts them."""
    assert did.document_url(name) == url


@pytest.mark.parametrize("name", ["did:web:", "did:key:z6Mk", "did:web:example.org::a", "x"])
def test_what_is_no_did_web_has_no_document(name: str) -> None:
    """Guards against a call to an address that somebody smuggled into an id."""
    with pytest.raises(Invalid):
        did.document_url(name)


@pytest.mark.parametrize(
    "origin,expected",
    [
        ("http://localhost:8000", "did:web:localhost%3A8000:issuers:acme"),
        ("https://learn.example.org", WEB),
    ],
)
def test_an_issuer_is_named_after_origin_and_organisation(origin: str, expected: str) -> None:
    """Guards against a DID whose document is served somewhere else."""
    assert did.issuer_did(origin, "acme") == expected


def test_our_document_lists_every_key_and_allows_it() -> None:
    """Guards against a rotation after which old credentials fail."""
    document = did.document(WEB, {"key-1": b"a" * 32, "key-2": b"b" * 32})

    for fragment, key in (("key-1", b"a" * 32), ("key-2", b"b" * 32)):
        method = f"{WEB}#{fragment}"
        did.check_assertion(document, method)
        assert did.key_of(document, method)["crv"] == "Ed25519"
        assert encode_ed25519(key) in str(document)


def test_a_did_key_is_its_own_document() -> None:
    """Guards against a look-up on the web for a key that is in the name."""
    name = f"did:key:{KEY}"

    document = did.key_document(name)

    did.check_assertion(document, f"{name}#{KEY}")
    with pytest.raises(Invalid):
        did.key_document("did:key:zNonsense")


@pytest.mark.parametrize(
    "changes,words",
    [
        ({"assertionMethod": []}, "does not use this key"),
        ({"assertionMethod": None}, "does not use this key"),
        ({"verificationMethod": [], "assertionMethod": []}, "does not use this key"),
        ({"controller": "did:web:other"}, "somebody else"),
    ],
    ids=["dropped", "no list", "gone", "other controller"],
)
def test_a_key_that_may_not_sign_is_refused(changes: dict[str, Any], words: str) -> None:
    """Guards against any key of an issuer's being good enough."""
    document = did.document(WEB, {"key-1": b"a" * 32})
    if "controller" in changes:
        document["verificationMethod"][0] |= changes
    else:
        document |= changes

    with pytest.raises(Invalid, match=words):
        did.check_assertion(document, f"{WEB}#key-1")


def test_relative_and_embedded_methods_are_understood() -> None:
    """Guards against foreign issuers that write their documents in the short form."""
    method = {"id": "#k", "type": "Multikey", "controller": WEB, "publicKeyMultibase": KEY}
    embedded = {"id": WEB, "assertionMethod": [method]}
    relative = {"id": WEB, "verificationMethod": [method], "assertionMethod": ["#k"]}

    for document in (embedded, relative):
        did.check_assertion(document, f"{WEB}#k")
        assert did.key_of(document, f"{WEB}#k")["kty"] == "OKP"


@pytest.mark.parametrize(
    "method",
    [
        {"publicKeyJwk": {"kty": "oct", "k": "AAAA"}},
        {"publicKeyJwk": {"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}},
        {"publicKeyPem": "-----BEGIN"},
        {},
    ],
    ids=["symmetric", "private", "pem", "none"],
)
def test_a_key_in_an_unknown_form_is_refused(method: dict[str, Any]) -> None:
    """Guards against a shared secret, or nothing at all, taken for a public key."""
    document = {"id": WEB, "verificationMethod": [{"id": f"{WEB}#k", "controller": WEB, **method}]}

    with pytest.raises(Invalid, match="a form that is not known"):
        did.key_of(document, f"{WEB}#k")
