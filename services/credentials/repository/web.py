"""Documents of strangers, fetched so that nobody makes this server call where it must not.

A badge names addresses, and whoever made the badge chose them. So only https is spoken, a name is
resolved once and the call goes to the address that was judged, every redirect is judged anew, and
nothing is unpacked: what arrives is at most MAX_BYTES of what was sent.
"""

import asyncio
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from services.credentials.domain.fetched import Fetched
from services.kit.errors import Invalid, NotFound, Unavailable
from services.kit.records import Json

MAX_BYTES = 3 * 1024 * 1024
"""A status list of the largest size that is read, and its frame."""
MAX_REDIRECTS = 3
MAX_URL = 2_048
"""Characters of an address."""
SECONDS = 3.0
"""For one document, redirects and all."""
HEADERS = {
    "Accept": (
        "application/vc+ld+json, application/vc, application/did+json, application/ld+json,"
        " application/json, application/vc+jwt, image/png, image/svg+xml, text/plain;q=0.8,"
        " */*;q=0.1"
    ),
    "Accept-Encoding": "identity",  # what is unpacked may be a thousand times what was sent
    "User-Agent": "Morsel",
}

_MOVED = {301, 302, 303, 307, 308}
_GONE = {404, 410}
_NAT64 = IPv6Network("64:ff9b::/96")


class Web:
    """Fetches over https from public addresses; some origins may be exempt from both."""

    def __init__(self, *, exempt: Collection[str] = ()) -> None:
        """Keep the origins that may be private and plain: this system's own, and a test's."""
        self._exempt = frozenset(exempt)

    async def json(self, url: str) -> Json:
        """Return the JSON at an address; Invalid when it is none, else as `fetch`."""
        fetched = await self.fetch(url)
        try:
            return msgspec.json.decode(fetched.body)
        except (ValueError, RecursionError) as error:
            raise Invalid(f"{_origin(url)} sent no JSON") from error

    async def fetch(self, url: str) -> Fetched:
        """Return what stands at an address.

        Invalid when it is not to be called or sends too much, NotFound when nothing stands there,
        Unavailable when it fails; each says why as a clause.
        """
        try:
            async with asyncio.timeout(SECONDS):
                return await self._follow(url)
        except (aiohttp.ClientError, TimeoutError, OSError, UnicodeError, ValueError) as error:
            raise Unavailable(f"{_origin(url)} did not answer") from error

    async def _follow(self, url: str) -> Fetched:
        for _ in range(MAX_REDIRECTS + 1):
            found = await self._get(url)
            if isinstance(found, Fetched):
                return found
            url = urljoin(url, found)
        raise Invalid(f"{_origin(url)} redirects more than {MAX_REDIRECTS} times")

    async def _get(self, url: str) -> Fetched | str:
        """Return what an address answers: a document, or another address."""
        exempt = _origin(url) in self._exempt
        if not exempt:
            _check_address(url)
        resolver = ThreadedResolver() if exempt else PublicResolver()
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=resolver),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=HEADERS,
                auto_decompress=False,
            ) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            return await _read(answer, url)


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only, at the moment of the call: no second look-up."""

    def __init__(self) -> None:
        """Use the system's own resolver."""
        self._resolver = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        """Return the addresses of a host; OSError unless every one of them is public."""
        found = await self._resolver.resolve(host, port, family)
        if not found or not all(is_public(address["host"]) for address in found):
            raise OSError(f"{host} has no public address")
        return found

    async def close(self) -> None:
        """Release the resolver."""
        await self._resolver.close()


def is_public(address: str) -> bool:
    """Return whether an IP address is anybody's to call, whatever it is wrapped in.

    Machines read an IPv4 address inside an IPv6 one as itself, so both must be public.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return all(
        each.is_global and not (each.is_multicast or each.is_reserved or each.is_unspecified)
        for each in (ip, *_wrapped(ip))
        if not (isinstance(each, IPv6Address) and each.ipv4_mapped)
    )


def _wrapped(ip: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """Return the IPv4 addresses that an IPv6 one stands for: mapped, 6to4, Teredo, NAT64."""
    if isinstance(ip, IPv4Address):
        return []
    inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        inner.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return [each for each in inner if each is not None]


def _check_address(url: str) -> None:
    """Refuse what is not https to a named host: a literal address would go past the resolver."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise Invalid(f"{url[:120]!r} is no address") from error
    if len(url) > MAX_URL:
        raise Invalid(f"{url[:120]!r}... is longer than {MAX_URL} characters")
    if parts.scheme != "https" or parts.username is not None or not host or not url.isprintable():
        raise Invalid(f"{url[:120]!r} is no https address")
    if _is_number(host) or "." not in host.strip("."):
        raise Invalid(f"{url[:120]!r} names no public host")


def _is_number(host: str) -> bool:
    """Return whether a host is a literal address in any notation: what ends in a number is."""
    last = host.rstrip(".").rpartition(".")[2]
    return ":" in host or last.isdigit() or last.startswith("0x")


async def _read(answer: aiohttp.ClientResponse, url: str) -> Fetched | str:
    if answer.status in _MOVED and "Location" in answer.headers:
        return answer.headers["Location"]
    if answer.status in _GONE:
        raise NotFound(f"{_origin(url)} answered {answer.status}")
    if answer.status != 200:  # noqa: PLR2004 - HTTP's own number for success
        raise Unavailable(f"{_origin(url)} answered {answer.status}")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise Invalid(f"{_origin(url)} sent it packed, though asked not to")
    body = bytearray()
    async for chunk in answer.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > MAX_BYTES:
            raise Invalid(f"{_origin(url)} sent more than {MAX_BYTES // 1024} KiB")
    return Fetched(url=url, body=bytes(body))


def _origin(url: str) -> str:
    """Return scheme, host and port of an address, at most 120 characters of it when it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url[:120]
    return f"{parts.scheme}://{parts.netloc}"[:120]
