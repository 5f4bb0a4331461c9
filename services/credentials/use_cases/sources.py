"""Where verification looks things up: ours in the store, what is others' on the web."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol, TypeVar

import msgspec

from services.credentials.contract import Check
from services.credentials.domain import did
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.fetched import Fetched, Unresolved
from services.credentials.domain.keys import did_document
from services.credentials.domain.openbadges2.assertion import Assertion, World, wanted
from services.credentials.domain.records import SignedList
from services.credentials.domain.shape import Presented, read_json, read_token
from services.credentials.domain.verification import Findings, StatusList, references
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.lookup import Lookup
from services.kit.clock import Clock
from services.kit.errors import Invalid
from services.kit.records import Json

T = TypeVar("T")

DOCUMENT_SECONDS = 300.0
"""How long a copy of an issuer's document counts: a key taken back still signs for so long."""
LIST_SECONDS = 300.0
"""The same of a status list that does not say it, and at most."""
NEWS_SECONDS = 60.0
"""The same of a badge of Open Badges 2.0, which a word in it revokes, and what it leads to."""
OWN_SECONDS = 0.5
"""The same of our own issuers' documents; our status lists are read each time anew."""
KEPT, KEPT_LISTS = 256, 64
"""Answers that are held in memory: with MAX_DOCUMENT, about 128 MiB at worst for each kind."""
MAX_DOCUMENT = 512 * 1024
"""Bytes of an issuer's document; some hold a picture."""
MAX_REFERENCES = 32
"""Documents that one credential may make this server look up."""
STEPS = 5
"""From a badge of Open Badges 2.0 to its class, issuer, keys and list, and one for a detour."""
AT_ONCE = 32
"""Documents that are fetched at the same time."""


class Fetcher(Protocol):
    """A way to documents of strangers."""

    async def fetch(self, url: str) -> Fetched:
        """Return what stands at an https address; a ServiceError says, as a clause, why not."""


class Judge(Protocol):
    """Whoever does the work that strangers' documents may make long: a process, or a thread."""

    async def examine(self, presented: Presented, findings: Findings) -> tuple[Check, ...]:
        """Return the outcomes of the checks that need no status list; Invalid if too long."""

    async def read_list(self, value: Json, address: str, findings: Findings) -> StatusList:
        """Return a status list that holds; Invalid when it does not."""

    async def ready(self) -> None:
        """Return once it can be asked: the first time it has to start."""

    async def stop(self) -> None:
        """End, and answer no more."""


class ListStore(Protocol):
    """Where our own status lists are kept."""

    async def signed_list_at(self, list_url: str) -> SignedList | None:
        """Return a list by its address."""


class Sources:
    """Documents of issuers and keys, and status lists, each with why it could not be had."""

    def __init__(
        self,
        store: ListStore,
        fetcher: Fetcher,
        judge: Judge,
        *,
        issuers: Issuers,
        contexts: Contexts,
        clock: Clock,
    ) -> None:
        """Keep where to look things up; nothing is looked up yet."""
        self._store = store
        self._fetcher = fetcher
        self._judge = judge
        self._issuers = issuers
        self._contexts = contexts
        self._clock = clock
        self._calls = asyncio.Semaphore(AT_ONCE)
        self._own = Lookup(self._own_document, seconds=lambda _: OWN_SECONDS, size=KEPT)
        self._own_lists = Lookup(self._own_list, seconds=lambda _: 0.0, size=KEPT_LISTS)
        self._documents = Lookup(self._document, seconds=lambda _: DOCUMENT_SECONDS, size=KEPT)
        self._news = Lookup(self._json, seconds=lambda _: NEWS_SECONDS, size=KEPT)
        self._lists = Lookup(self._foreign_list, seconds=_list_seconds, size=KEPT_LISTS)

    async def fetch(self, url: str) -> Fetched:
        """Return what stands at an address now; errors as the fetcher's."""
        async with self._calls:
            return await self._fetcher.fetch(url)

    async def findings(self, presented: Presented) -> Findings:
        """Return all that a verification needs to know."""
        names, lists = references(presented)
        if len(names) + len(lists) > MAX_REFERENCES:
            raise Invalid(f"It refers to more than {MAX_REFERENCES} documents elsewhere.")
        known = await self._findings(names)
        return msgspec.structs.replace(known, lists=await _gather(lists, self._list))

    async def documents(self, presented: Presented) -> dict[str, Json]:
        """Return what issuers and keys publish that a credential refers to, as far as known."""
        names, _ = references(presented)
        known = await self._findings(sorted(names)[:MAX_REFERENCES])
        return {
            name: document
            for name, document in known.documents.items()
            if not isinstance(document, Unresolved)
        }

    async def world(self, assertion: Assertion) -> World:
        """Return what stands at the addresses that a badge of Open Badges 2.0 leads to."""
        found: dict[str, Json | Unresolved] = {}
        for _ in range(STEPS):
            missing = wanted(assertion, found) - found.keys()
            if not missing:
                break
            found |= await _gather(missing, self._news)
        return found

    async def _findings(self, names: Iterable[str]) -> Findings:
        """Return what issuers' documents say, and which are our own."""
        owned = {name: await self._own(name) for name in names}
        own = {name for name, document in owned.items() if isinstance(document, dict)}
        others = await _gather((name for name in owned if name not in own), self._documents)
        return Findings(
            now=self._clock(),
            contexts=self._contexts,
            documents={**{name: owned[name] for name in own}, **others},
            own=frozenset(own),
        )

    async def _own_document(self, name: str) -> Json:
        """Return the document of an issuer of ours, None for others."""
        account = await self._issuers.known(name) if name.startswith("did:") else None
        return account and did_document(account)

    async def _document(self, name: str) -> Json:
        if not name.startswith("did:"):
            return await self._json(name)
        if name.startswith(did.KEY):
            return did.key_document(name)
        if name.startswith(did.JWK):
            return did.jwk_document(name)
        return await self._json(did.document_url(name))

    async def _json(self, url: str) -> Json:
        fetched = await self.fetch(url)
        if len(fetched.body) > MAX_DOCUMENT:
            raise Invalid(f"{url[:120]} sent more than {MAX_DOCUMENT // 1024} KiB")
        try:
            return msgspec.json.decode(fetched.body)
        except (ValueError, RecursionError) as error:
            raise Invalid(f"{url[:120]} sent no JSON") from error

    async def _list(self, address: str) -> StatusList | Json | Unresolved:
        own = await self._own_lists(address)
        return own if own is not None else await self._lists(address)

    async def _own_list(self, address: str) -> StatusList | None:
        """Return a list of ours, which needs no proof: it comes out of our own store."""
        own = await self._store.signed_list_at(address)
        if own is None:
            return None
        return StatusList(issuer=own.issuer, purposes=(str(own.purpose),), bits=own.bits)

    async def _foreign_list(self, address: str) -> StatusList | Json:
        fetched = await self.fetch(address)
        value = _json_or_token(fetched.body)
        if isinstance(value, dict) and "revokedCredential" in value:
            return value
        listed = read_token(value) if isinstance(value, str) else read_json(value)
        names, _ = references(listed)
        return await self._judge.read_list(value, address, await self._findings(names))


def _json_or_token(body: bytes) -> Json:
    """Return a list as it came: a JSON object, or the text of a token."""
    try:
        if body.lstrip().startswith(b"{"):
            return msgspec.json.decode(body)
        return body.decode("ascii").strip()
    except (ValueError, RecursionError) as error:
        raise Invalid("what stands there is no status list") from error


def _list_seconds(found: StatusList | Json) -> float:
    ttl = found.ttl if isinstance(found, StatusList) else None
    return LIST_SECONDS if ttl is None else min(ttl, LIST_SECONDS)


async def _gather(names: Iterable[str], look_up: Callable[[str], Awaitable[T]]) -> dict[str, T]:
    wanted = sorted(names)
    return dict(zip(wanted, await asyncio.gather(*map(look_up, wanted)), strict=True))
