"""Keys as text: what one side writes the other reads, and nothing else is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.credentials.domain import multikey
from services.kit.errors import Invalid


@given(st.binary(max_size=64))
def test_base58_gives_back_what_it_was_given(raw: bytes) -> None:
    """Guards against lost leading zeros: signatures and keys may start with them."""
    assert multikey.base58_decode(multikey.base58_encode(raw)) == raw


@pytest.mark.parametrize(
    "raw,text",
    [
        (b"", ""),
        (b"\0\0", "11"),
        (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
        (bytes.fromhex("0000287fb4cd"), "11233QC4"),
    ],
)
def test_base58_agrees_with_its_draft(raw: bytes, text: str) -> None:
    """Guards against a base58 of our own: the pairs are those of the IETF draft."""
    assert multikey.base58_encode(raw) == text


@given(st.binary(min_size=32, max_size=32))
def test_an_ed25519_key_survives_as_multikey(key: bytes) -> None:
    """Guards against DID documents that other verifiers cannot read."""
    text = multikey.encode_ed25519(key)

    assert text.startswith("z6Mk")
    assert multikey.base64url_decode(multikey.to_jwk(text)["x"]) == key


def test_a_p256_key_becomes_a_jwk_with_both_coordinates() -> None:
    """Guards against foreign ES256 issuers whose compressed key cannot be used."""
    text = "zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"

    jwk = multikey.to_jwk(text)

    assert (jwk["kty"], jwk["crv"]) == ("EC", "P-256")
    assert len(multikey.base64url_decode(jwk["x"])) == 32


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "z6Mk",
        "m6MkAAAA",
        "z0OIl",
        "z" + "1" * 300,
        multikey.multibase_encode(b"\xed\x01short"),
    ],
)
def test_what_is_no_key_is_refused_in_words(text: str) -> None:
    """Guards against a crash, or minutes of arithmetic, on a key that somebody made up."""
    with pytest.raises(Invalid):
        multikey.to_jwk(text)
