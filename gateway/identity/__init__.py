"""Bearer token to identity: who asks, as the services know them.

A guest's token is signed by the gateway itself; everybody else's by an OpenID provider. A verified
token is kept by its bytes until it expires: a signature costs a thousand times a look-up.
"""

from dataclasses import dataclass
from time import time

from gateway.identity.guests import Guests
from gateway.identity.oidc import Provider
from gateway.identity.subjects import Identity
from services.kit.errors import Unauthenticated

MAX_TOKEN_BYTES = 8_192
MAX_KEPT = 10_000


@dataclass(slots=True)
class _Kept:
    identity: Identity
    generation: int


class Authenticator:
    """Verifies bearer tokens of guests and of the OpenID provider."""

    def __init__(self, guests: Guests, provider: Provider | None) -> None:
        """Without a provider, only guests sign in."""
        self._guests = guests
        self._provider = provider
        self._kept: dict[str, _Kept] = {}

    async def identify(self, authorization: str | None) -> Identity | None:
        """Return who an Authorization header speaks for, None without one; else Unauthenticated."""
        if authorization is None:
            return None
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("The Authorization header must be: Bearer, a space, a token.")
        return await self.verify(token.strip())

    async def verify(self, token: str) -> Identity:
        """Return whose token it is; Unauthenticated when it is forged, expired or not for us."""
        kept = self._kept.get(token)
        if kept and kept.identity.expires > time() and kept.generation == self._generation():
            return kept.identity
        if len(token) > MAX_TOKEN_BYTES:
            raise Unauthenticated("The token is too long.")
        identity = await self._check(token)
        self._keep(token, identity)
        return identity

    def guest(self, token: str) -> Identity:
        """Return the guest whose token it is; Unauthenticated for a token of anybody else."""
        return self._guests.verify(token)

    async def _check(self, token: str) -> Identity:
        if self._guests.issued(token):
            return self._guests.verify(token)
        if self._provider is None:
            raise Unauthenticated("The token is not one of ours, and no other issuer is trusted.")
        return await self._provider.verify(token)

    def _generation(self) -> int:
        return self._provider.generation if self._provider else 0

    def _keep(self, token: str, identity: Identity) -> None:
        self._kept.pop(token, None)
        while len(self._kept) >= MAX_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[token] = _Kept(identity, self._generation())
