"""Documents of foreign issuers, fetched so that nobody makes this server call where it must not."""

import asyncio
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from services.kit.errors import Invalid, Unavailable
from services.kit.records import Json

MAX_BYTES = 3 * 1024 * 1024
"""A status list of the largest size that is read, and its frame."""
SECONDS = 5.0


class Web:
    """Fetches JSON over https from public addresses, without redirects, capped in size and time."""

    def __init__(self, *, own_origin: str = "") -> None:
        """Keep the one origin that may be a private address: this system's own."""
        self._own_origin = own_origin

    async def json(self, url: str) -> Json:
        """Return the JSON at an address; Invalid when not to be called, Unavailable if it fails."""
        own = _origin(url) == self._own_origin
        if not own:
            _check_address(url)
        try:
            async with (
                asyncio.timeout(SECONDS),
                self._open(own=own) as session,
                session.get(url, allow_redirects=False) as answer,
            ):
                return await _read(answer, url)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable(f"{_origin(url)} did not answer") from error

    def _open(self, *, own: bool) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(resolver=ThreadedResolver() if own else PublicResolver())
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept": "application/json, application/did+json, application/vc"},
        )


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only, at the moment of the call: no second look-up."""

    def __init__(self) -> None:
        """Use the system's own resolver."""
        self._resolver = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        """Return the public addresses of a host; OSError when it has none."""
        found = await self._resolver.resolve(host, port, family)
        public = [address for address in found if ip_address(address["host"]).is_global]
        if not public:
            raise OSError(f"{host} has no public address")
        return public

    async def close(self) -> None:
        """Release the resolver."""
        await self._resolver.close()


def _check_address(url: str) -> None:
    """Refuse what is not https to a named host: a literal address would go past the resolver."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or parts.username is not None or not host:
        raise Invalid(f"{url[:120]!r} is no https address")
    if _is_number(host) or "." not in host:
        raise Invalid(f"{url[:120]!r} names no public host")


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host.replace(".", "").isdigit()
    return True


async def _read(answer: aiohttp.ClientResponse, url: str) -> Json:
    if answer.status != 200:  # noqa: PLR2004 - HTTP's own number for success
        raise Unavailable(f"{_origin(url)} answered {answer.status}")
    body = bytearray()
    async for chunk in answer.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > MAX_BYTES:
            raise Invalid(f"{_origin(url)} sent more than {MAX_BYTES // 1024} KiB")
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{_origin(url)} sent no JSON") from error


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
