"""Internal tokens: only a known peer, only for us, only for a minute."""

import os
from base64 import urlsafe_b64encode

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from services.kit.errors import Unauthenticated
from services.kit.identity import Identity, public_key
from services.kit.settings import SettingsError


def _new_key() -> str:
    return urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


GATEWAY_KEY, CONTENT_KEY, STRANGER_KEY = _new_key(), _new_key(), _new_key()


@pytest.fixture
def gateway(clock: Clock) -> Identity:
    return Identity("gateway", internal_key=GATEWAY_KEY, now=clock)


@pytest.fixture
def content(clock: Clock) -> Identity:
    peers = f"gateway:{public_key(GATEWAY_KEY)}, progress:{public_key(STRANGER_KEY)}"
    return Identity("content", internal_key=CONTENT_KEY, internal_peers=peers, now=clock)


def test_a_known_peer_is_named(gateway: Identity, content: Identity) -> None:
    """Breaks when a good token is refused, the first time or from memory."""
    header = "Bearer " + gateway.token("content")

    assert [content.caller(header), content.caller(header)] == ["gateway", "gateway"]


def test_a_token_is_kept_until_it_gets_old(gateway: Identity, clock: Clock) -> None:
    """Breaks when each call signs, or a token that is about to expire is handed out."""
    first = gateway.token("content")
    clock.now += 39
    assert gateway.token("content") == first

    clock.now += 2

    assert gateway.token("content") != first


def test_a_token_ends_after_a_minute_also_from_memory(
    gateway: Identity, content: Identity, clock: Clock
) -> None:
    """Breaks when a remembered token outlives its expiry and the leeway of 5 s."""
    header = "Bearer " + gateway.token("content")
    content.caller(header)
    clock.now += 64
    assert content.caller(header) == "gateway"

    clock.now += 2

    with pytest.raises(Unauthenticated):
        content.caller(header)


def _forged(claims: dict[str, object], *, key: str = GATEWAY_KEY, **header: object) -> str:
    raw = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "d": key, "x": public_key(key)})
    base = {"alg": "Ed25519", "typ": "morsel-internal+jwt", "kid": "gateway"}
    full = {"iss": "gateway", "aud": "content", "iat": 1_800_000_000, "exp": 1_800_000_060}
    return jwt.encode({**base, **header}, {**full, **claims}, raw, algorithms=["Ed25519"])


def test_the_forgery_itself_is_sound(content: Identity) -> None:
    """Breaks when the refusals below would be for another reason than the one that they name."""
    assert content.caller(f"Bearer {_forged({})}") == "gateway"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        _forged({}, key=STRANGER_KEY),
        _forged({}, kid="nobody"),
        _forged({}, typ="JWT"),
        _forged({"aud": "progress"}),
        _forged({"iss": "progress"}),
        _forged({"exp": 1_799_999_000}),
        _forged({"exp": None}),
        _forged({})[:-6] + "AAAAAA",
    ],
)
def test_anything_else_is_refused(content: Identity, token: str) -> None:
    """Breaks when a wrong key, peer, type, audience, issuer, expiry or signature gets through."""
    with pytest.raises(Unauthenticated):
        content.caller(f"Bearer {token}")


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer"])
def test_a_call_without_a_token_is_refused(content: Identity, header: str) -> None:
    """Breaks when a service answers a caller that it does not know."""
    with pytest.raises(Unauthenticated, match="needs an internal token"):
        content.caller(header)


@pytest.mark.parametrize(
    "key, peers, named",
    [
        ("short", "", "MORSEL_INTERNAL_KEY"),
        ("€", "", "MORSEL_INTERNAL_KEY"),
        (GATEWAY_KEY, "gateway", "MORSEL_INTERNAL_PEERS"),
        (GATEWAY_KEY, "gateway:abc", "MORSEL_INTERNAL_PEERS"),
    ],
    ids=["short", "no ascii", "no key", "no public key"],
)
def test_wrong_settings_are_named(key: str, peers: str, named: str) -> None:
    """Breaks when a process starts with keys that cannot work, or dies with a traceback."""
    with pytest.raises(SettingsError, match=named):
        Identity("content", internal_key=key, internal_peers=peers)
