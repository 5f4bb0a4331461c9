"""Verifying: finds out what a credential refers to, and has the domain judge it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import msgspec

from services.credentials.contract import Verification, VerifyInput
from services.credentials.domain import did
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.records import SignedList
from services.credentials.domain.shape import Presented, read_json, read_token
from services.credentials.domain.verification import (
    Findings,
    Unresolved,
    references,
    unreadable,
    verify,
)
from services.credentials.use_cases.issuers import Issuers, did_document
from services.credentials.use_cases.reading import Reading
from services.kit.clock import Clock
from services.kit.errors import Invalid, NotFound, ServiceError, Unsupported
from services.kit.records import Json


class Fetcher(Protocol):
    """A way to documents of foreign issuers."""

    async def json(self, url: str) -> Json:
        """Return the JSON at an https address; Invalid or Unavailable say, as a clause, why not."""


class ListStore(Protocol):
    """Where our own status lists are kept."""

    async def signed_list_at(self, list_url: str) -> SignedList | None:
        """Return a list by its address."""


class Verifying:
    """VerifyingApi: our own issuers and lists from the store, everybody else's from the web."""

    def __init__(
        self,
        store: ListStore,
        fetcher: Fetcher,
        *,
        issuers: Issuers,
        reading: Reading,
        contexts: Contexts,
        clock: Clock,
    ) -> None:
        """Keep where to look things up."""
        self._store = store
        self._fetcher = fetcher
        self._issuers = issuers
        self._reading = reading
        self._contexts = contexts
        self._clock = clock

    async def verify(self, inputs: tuple[VerifyInput, ...]) -> tuple[Verification, ...]:
        """Verify each input; a malformed one answers with a failed SYNTAX check, never an error."""
        return tuple([await self._verify(one) for one in inputs])

    async def _verify(self, given: VerifyInput) -> Verification:
        try:
            presented = await self._read(given)
        except (Invalid, NotFound, Unsupported) as error:
            return unreadable(error.message)
        dids, lists = references(presented)
        documents = await _resolve(dids, self._did_document)
        own = [name for name in dids if await self._issuers.known(name)]
        findings = Findings(
            now=self._clock(),
            contexts=self._contexts,
            documents=documents,
            lists=await _resolve(lists, self._status_list),
            own=frozenset(own),
        )
        return await asyncio.to_thread(verify, presented, findings)

    async def _read(self, given: VerifyInput) -> Presented:
        if [given.json, given.jwt, given.image, given.url].count(None) != 3:  # noqa: PLR2004 - one of the four
            raise Invalid("Give one thing to verify: json, jwt, image or url.")
        if given.jwt is not None:
            return read_token(given.jwt)
        if given.url is not None:
            return await self._read_url(given.url)
        if given.image is not None:
            raise Unsupported(
                "Badges inside pictures cannot be read yet: give the JSON or the token."
            )
        return await asyncio.to_thread(read_json, given.json)

    async def _read_url(self, url: str) -> Presented:
        """Return a credential from a capability URL of ours; Unsupported for other addresses."""
        parts, own = urlsplit(url), urlsplit(self._issuers.origin)
        name = parts.path.removeprefix("/credentials/")
        credential_id, dot, suffix = name.rpartition(".")
        if parts[:2] != own[:2] or name == parts.path or dot + suffix not in {".json", ".jwt"}:
            raise Unsupported(
                f"Only addresses of credentials at {self._issuers.origin} can be read:"
                " give the JSON or the token instead."
            )
        query = parse_qs(parts.query)
        signed = await self._reading.signed_file(
            credential_id,
            dot + suffix,
            expires=query.get("expires", [""])[0],
            signature=query.get("signature", [""])[0],
        )
        return read_json(signed) if suffix == "json" else read_token(signed.decode())

    async def _did_document(self, name: str) -> Json:
        account = await self._issuers.known(name)
        if account is not None:
            return did_document(account)
        if name.startswith(did.KEY):
            return did.key_document(name)
        return await self._fetcher.json(did.document_url(name))

    async def _status_list(self, url: str) -> Json:
        own = await self._store.signed_list_at(url)
        return msgspec.json.decode(own.signed) if own else await self._fetcher.json(url)


async def _resolve(
    names: Iterable[str], resolve: Callable[[str], Awaitable[Json]]
) -> dict[str, Json | Unresolved]:
    """Return what each name stands for, or why that could not be found out."""
    found: dict[str, Json | Unresolved] = {}
    for name in sorted(names):
        try:
            found[name] = await resolve(name)
        except ServiceError as error:
            found[name] = Unresolved(reason=error.message)
    return found
