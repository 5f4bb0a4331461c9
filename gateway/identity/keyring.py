"""The public keys of an issuer: fetched once for all who wait, and kept while it is away."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, TypeAlias

import aiohttp
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from services.kit.errors import Unauthenticated, Unavailable

KeySource: TypeAlias = Callable[[], Awaitable[Any]]
"""Returns a JSON Web Key Set (RFC 7517); OSError, ClientError or ValueError when it cannot."""

FRESH_SECONDS = 600
STALE_SECONDS = 24 * 3600
RETRY_SECONDS = 30
"""An unknown key id is a reason to look again, but not more often than this."""
FETCH_SECONDS = 5


class PublishedKeys:
    """The key set that an issuer publishes, by OpenID Connect Discovery 1.0."""

    def __init__(self, issuer: str) -> None:
        """Name the issuer; nothing is fetched yet."""
        self._issuer = issuer

    async def __call__(self) -> Any:
        """Fetch the metadata, then the key set that it names."""
        timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session:
            where = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
            metadata = await _get(session, where)
            if metadata.get("issuer") != self._issuer:
                raise ValueError(f"{where} speaks for {metadata.get('issuer')!r}")
            return await _get(session, metadata["jwks_uri"])


async def _get(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with session.get(url) as response:
        document = await response.json(content_type=None)
    if not isinstance(document, dict):
        raise ValueError(f"{url} is no JSON object")  # noqa: TRY004 - of a document, not of an argument
    return document


class Keyring:
    """Keys by id; a change of the set moves `generation`."""

    def __init__(self, source: KeySource) -> None:
        """Take where keys come from; the first `find` fetches."""
        self._source = source
        self._keys: dict[str | None, Key] = {}
        self._published: Any = None
        self._fetched = float("-inf")
        self._tried = float("-inf")
        self._renewing = asyncio.Lock()
        self.generation = 0

    async def find(self, kid: str | None) -> Key:
        """Return the key of that id, the only key without one; Unauthenticated for no key."""
        if monotonic() - self._fetched > FRESH_SECONDS or kid not in self._keys:
            await self._renew()
        key = self._keys.get(kid)
        if key is None:
            raise Unauthenticated(
                "The token is signed with a key that its issuer does not publish."
            )
        return key

    async def _renew(self) -> None:
        asked = monotonic()
        async with self._renewing:
            if self._tried > asked or (asked - self._tried < RETRY_SECONDS and self._keys):
                return
            self._tried = monotonic()
            try:
                self._adopt(await self._source())
            except (OSError, aiohttp.ClientError, ValueError, KeyError, JoseError) as error:
                if monotonic() - self._fetched > STALE_SECONDS:
                    raise Unavailable("The issuer of the token does not answer.") from error

    def _adopt(self, published: Any) -> None:
        keys = KeySet.import_key_set(published).keys
        self._fetched = monotonic()
        if published == self._published:
            return
        self._published = published
        self._keys = {key.kid: key for key in keys}
        if len(keys) == 1:
            self._keys[None] = keys[0]
        self.generation += 1
