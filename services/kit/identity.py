"""Who calls whom inside: short-lived tokens that one process signs (EdDSA) and its peers check.

The people that a call is made for travel in it as an `Actor`; these tokens say which process asks.
"""

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, OKPKey

from services.kit.errors import SettingsError, Unauthenticated

LIFETIME_SECONDS = 60
RENEW_SECONDS = 20
"""A token is signed anew when it has no longer than this to live."""
LEEWAY_SECONDS = 5
MAX_KNOWN = 256
TYPE = "morsel-internal+jwt"
ALGORITHM = "Ed25519"


class Identity:
    """One process among its peers: signs tokens for those it calls, checks those of its callers."""

    def __init__(
        self,
        name: str,
        *,
        internal_key: str,
        internal_peers: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        """Read the settings `internal_key` and `internal_peers`; SettingsError when malformed."""
        self.name = name
        self._key = OKPKey.import_key(_private_key(internal_key))
        self._peers = dict(_read_peer(text) for text in internal_peers.split(",") if text.strip())
        self._now = now
        self._signed: dict[str, tuple[str, float]] = {}
        self._known: dict[str, tuple[str, float]] = {}

    def token(self, audience: str) -> str:
        """Return a token for one peer, good for 20 to 60 seconds."""
        token, end = self._signed.get(audience, ("", 0.0))
        if end - self._now() < RENEW_SECONDS:
            issued = int(self._now())
            end = issued + LIFETIME_SECONDS
            claims = {"iss": self.name, "aud": audience, "iat": issued, "exp": end}
            header = {"alg": ALGORITHM, "typ": TYPE, "kid": self.name}
            token = jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])
            self._signed[audience] = (token, end)
        return token

    def caller(self, authorization: str) -> str:
        """Return the peer whose token an Authorization header holds; else Unauthenticated."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("This call needs an internal token.")
        name, end = self._known.get(token, ("", 0.0))
        if end + LEEWAY_SECONDS <= self._now():
            name, end = self._verify(token)
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            self._known[token] = (name, end)
        return name

    def _verify(self, token: str) -> tuple[str, float]:
        try:
            read = jwt.decode(token, self._key_of, algorithms=[ALGORITHM])
            jwt.JWTClaimsRegistry(
                now=lambda: int(self._now()),
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": read.header["kid"]},
                aud={"essential": True, "value": self.name},
                exp={"essential": True},
            ).validate(read.claims)
        except (JoseError, ValueError, KeyError) as error:
            raise Unauthenticated("The internal token is invalid or expired.") from error
        if read.header.get("typ") != TYPE:
            raise Unauthenticated("The internal token is of another type.")
        return read.claims["iss"], float(read.claims["exp"])

    def _key_of(self, token: GuestProtocol) -> OKPKey:
        return self._peers[token.headers()["kid"]]


def public_key(internal_key: str) -> str:
    """Return the public half, base64url, of an `internal_key`: what peers are given."""
    return _encode(_private_key(internal_key).public_key().public_bytes_raw())


def _private_key(internal_key: str) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(_decode(internal_key))
    except ValueError as error:
        raise SettingsError("MORSEL_INTERNAL_KEY is wrong: it is 32 bytes in base64url") from error


def _read_peer(text: str) -> tuple[str, OKPKey]:
    name, _, key = text.strip().partition(":")
    try:
        return name, OKPKey.import_key(Ed25519PublicKey.from_public_bytes(_decode(key)))
    except ValueError as error:
        raise SettingsError(
            "MORSEL_INTERNAL_PEERS is wrong: it is `name:public key in base64url`, "
            "with commas between"
        ) from error


def _decode(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except Base64Error as error:
        raise ValueError("not base64url") from error


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
