"""Capability URLs: an address that lets whoever holds it do one thing for an hour."""

import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.kit.clock import Clock
from services.kit.errors import NotFound

HOLD = timedelta(hours=1)
STEP_SECONDS = 300
"""Expiries are rounded up to this: an app that asks again gets the same address."""
FOR_EVER = "for ever"
MAX_DIGITS = 12
"""Of an expiry: enough for thirty thousand years."""


class Capabilities:
    """Makes and checks signed addresses under one origin."""

    def __init__(self, *, origin: str, secret: bytes, label: str, clock: Clock) -> None:
        """Derive the key from a secret; it is of no use for anything but what `label` names."""
        self._origin = origin
        self._key = HKDF(SHA256(), length=32, salt=None, info=label.encode()).derive(secret)
        self._clock = clock

    def url(self, path: str) -> str:
        """Return the address of a path, good for an hour and at most five minutes more."""
        end = self._clock() + HOLD
        expires = -int(-end.timestamp() // STEP_SECONDS) * STEP_SECONDS
        return f"{self._origin}{path}?expires={expires}&signature={self._sign(path, expires)}"

    def lasting_url(self, path: str) -> str:
        """Return the address of a path that is good for ever."""
        return f"{self._origin}{path}?key={self._sign(path, FOR_EVER)}"

    def check_lasting(self, path: str, *, key: str) -> None:
        """Return when the key opens the path for ever, else NotFound, whatever is there."""
        if not hmac.compare_digest(self._sign(path, FOR_EVER).encode(), key.encode()):
            raise NotFound("This address is not complete.")

    def check(self, path: str, *, expires: str, signature: str) -> None:
        """Return when the parameters open the path now, else NotFound, whatever is there."""
        if not self._opens(path, expires=expires, signature=signature):
            raise NotFound("This address has expired or is not complete: ask for a new one.")

    def _opens(self, path: str, *, expires: str, signature: str) -> bool:
        if not (expires.isascii() and expires.isdigit() and len(expires) <= MAX_DIGITS):
            return False
        expected = self._sign(path, int(expires))
        known = hmac.compare_digest(expected.encode(), signature.encode())
        return known and self._clock().timestamp() < int(expires)

    def _sign(self, path: str, expires: int | str) -> str:
        signature = hmac.digest(self._key, f"{expires}\0{path}".encode(), "sha256")
        return urlsafe_b64encode(signature).rstrip(b"=").decode()
