"""Guests: people who learn before they sign up, each known by a token that the gateway signs."""

import json
from base64 import urlsafe_b64decode
from time import time

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from gateway.identity.subjects import Identity, learner_id
from services.kit.errors import Unauthenticated
from services.kit.ids import uuid7
from services.kit.records import Actor

LIFETIME_SECONDS = 180 * 24 * 3600
ALGORITHM = "HS256"
INVALID = "The guest token is forged or has expired: send the one that startGuest gave."


class Guests:
    """Makes and verifies guest tokens; each names the device that it was made for."""

    def __init__(self, guest_key: bytes, learner_key: bytes, public_url: str) -> None:
        """Sign with `guest_key`; the issuer is this deployment's own."""
        self._key = OctKey.import_key(guest_key)
        self._learner_key = learner_key
        self._issuer = f"{public_url}/guests"
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self._issuer},
            sub={"essential": True},
            exp={"essential": True},
        )

    def start(self, device: str) -> tuple[str, Identity]:
        """Return a token for a new guest, made for a device, and who that is."""
        subject, expires = uuid7().hex, int(time()) + LIFETIME_SECONDS
        claims = {"iss": self._issuer, "sub": subject, "exp": expires, "device": device}
        token = jwt.encode({"alg": ALGORITHM}, claims, self._key, algorithms=[ALGORITHM])
        return token, self._identity(subject, expires)

    def issued(self, token: str) -> bool:
        """Tell whether a token claims to be a guest's; nothing is verified."""
        try:
            payload = token.split(".")[1]
            claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (IndexError, ValueError, RecursionError):
            return False
        return isinstance(claims, dict) and claims.get("iss") == self._issuer

    def verify(self, token: str) -> Identity:
        """Return the guest whose token it is; Unauthenticated when it is forged or expired."""
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            self._claims.validate(claims)
        except (JoseError, ValueError, RecursionError) as error:
            raise Unauthenticated(INVALID) from error
        return self._identity(claims["sub"], claims["exp"])

    def _identity(self, subject: str, expires: float) -> Identity:
        learner = learner_id(self._learner_key, self._issuer, subject)
        return Identity(Actor(subject=learner, is_guest=True), expires)
