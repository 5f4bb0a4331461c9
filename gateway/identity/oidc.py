"""Accounts: tokens of an OpenID provider, verified by the keys that it publishes."""

import warnings
from collections.abc import Mapping
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import Key

from gateway.identity.keyring import Keyring
from gateway.identity.subjects import ClaimNames, Identity, actor_of, learner_id
from services.kit.errors import Unauthenticated

LEEWAY_SECONDS = 30
ALGORITHMS: Mapping[tuple[str, str | None], tuple[str, ...]] = {
    ("RSA", None): ("RS256",),
    ("EC", "P-256"): ("ES256",),
    ("OKP", "Ed25519"): ("EdDSA", "Ed25519"),
}
"""Key type and curve to the algorithms allowed with it: the key decides, never the token."""


class Provider:
    """Verifies access tokens of one issuer for one audience."""

    def __init__(
        self,
        keyring: Keyring,
        *,
        issuer: str,
        audience: str,
        learner_key: bytes,
        names: ClaimNames,
    ) -> None:
        """Trust `issuer` for tokens that name `audience`."""
        self._keyring = keyring
        self._issuer = issuer
        self._learner_key = learner_key
        self._names = names
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )

    @property
    def generation(self) -> int:
        """Return a number that moves when the issuer's keys change."""
        return self._keyring.generation

    async def verify(self, token: str) -> Identity:
        """Return whose token it is; Unauthenticated when it is forged, not for us or not valid."""
        try:
            key = await self._keyring.find(jws.extract_compact(token.encode()).headers().get("kid"))
            claims = _decode(token, key)
            self._claims.validate(claims)
        except (JoseError, ValueError, RecursionError) as error:
            raise Unauthenticated(f"The token is not valid: {error}.") from error
        subject = learner_id(self._learner_key, self._issuer, claims["sub"])
        return Identity(actor_of(claims, self._names, subject=subject), claims["exp"])


def _decode(token: str, key: Key) -> dict[str, Any]:
    curve = None if key.key_type == "RSA" else str(key.get("crv"))
    allowed = ALGORITHMS.get((key.key_type, curve), ())
    with warnings.catch_warnings():
        # RFC 9864 renames EdDSA to Ed25519; providers will say EdDSA for years
        warnings.simplefilter("ignore", SecurityWarning)
        return jwt.decode(
            token, key, algorithms=[key.alg] if key.alg in allowed else allowed
        ).claims
