"""Capability URLs: an address that lets whoever holds it read one credential for an hour."""

from datetime import timedelta

from services.credentials.domain import sealing
from services.kit.clock import Clock
from services.kit.errors import NotFound

HOLD = timedelta(hours=1)
STEP_SECONDS = 300
"""Expiries are rounded up to this: an app that asks again gets the same address."""
_LABEL = "morsel credentials: capability URLs"


class Capabilities:
    """Makes and checks the addresses of private files under one origin."""

    def __init__(self, *, origin: str, sealing_key: bytes, clock: Clock) -> None:
        """Derive the key; it is of no use for anything but these addresses."""
        self._origin = origin
        self._key = sealing.derive(sealing_key, _LABEL)
        self._clock = clock

    def url(self, path: str) -> str:
        """Return the address of a path, good for an hour and at most five minutes more."""
        end = self._clock() + HOLD
        expires = -int(-end.timestamp() // STEP_SECONDS) * STEP_SECONDS
        signature = sealing.sign_path(path, expires=expires, key=self._key)
        return f"{self._origin}{path}?expires={expires}&signature={signature}"

    def check(self, path: str, *, expires: str, signature: str) -> None:
        """Return when the parameters open the path now, else NotFound, whatever is there."""
        now = int(self._clock().timestamp())
        if not sealing.opens_path(
            path, expires=expires, signature=signature, key=self._key, now=now
        ):
            raise NotFound("This address has expired or is not complete: ask for a new one.")
