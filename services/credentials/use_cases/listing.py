"""Listing: issuers look through what their organisation issued and awards."""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import datetime
from typing import Protocol

from services.credentials.contract import Achievement, Credential, CredentialsApi, IssuedQuery
from services.credentials.domain.records import IssuedFilter
from services.credentials.domain.text import name_words
from services.credentials.use_cases.acting import organisation_of
from services.credentials.use_cases.cursors import cursor_of, read_cursor
from services.kit.clock import Clock
from services.kit.errors import Invalid
from services.kit.ids import Kind, kind_of
from services.kit.records import Actor, Page, PageArgs, Role

MAX_PAGE = 100


class PageStore(Protocol):
    """Where credentials and definitions are kept."""

    async def issued(
        self, wanted: IssuedFilter, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[tuple[datetime, str]]:
        """Return when credentials were awarded, and their ids: the latest awards first."""

    async def count(self, wanted: IssuedFilter) -> int:
        """Return how many credentials there are."""

    async def achievements(self, organisation: str, *, after: str, limit: int) -> list[str]:
        """Return ids of achievements that an organisation awards, after one, in their order."""

    async def count_achievements(self, organisation: str) -> int:
        """Return how many achievements an organisation awards."""


class Listing:
    """IssuedApi."""

    def __init__(self, store: PageStore, reading: CredentialsApi, clock: Clock) -> None:
        """Keep where to look, and who shows what is found."""
        self._store = store
        self._reading = reading
        self._clock = clock

    async def issued(self, actor: Actor, query: IssuedQuery) -> Page[Credential]:
        """Return what the actor's organisation issued, the latest awards first."""
        wanted = _filter(_organisation(actor), query, self._clock())
        size = _size(query.page)
        before = None if query.page.after is None else read_cursor(query.page.after)
        found, total = await asyncio.gather(
            self._store.issued(wanted, before=before, limit=size + 1), self._store.count(wanted)
        )
        shown = await self._reading.credentials(actor, tuple(id_ for _, id_ in found[:size]))
        nodes = tuple(credential for credential in shown if credential is not None)
        return Page(
            nodes=nodes,
            cursors=tuple(cursor_of(one.awarded_at, one.id) for one in nodes),
            has_next=len(found) > size,
            has_previous=before is not None,
            total=total,
        )

    async def awarded(self, actor: Actor, page: PageArgs) -> Page[Achievement]:
        """Return what the actor's organisation awards or awarded, by id."""
        organisation, size = _organisation(actor), _size(page)
        after = "" if page.after is None else _read_id(page.after)
        found, total = await asyncio.gather(
            self._store.achievements(organisation, after=after, limit=size + 1),
            self._store.count_achievements(organisation),
        )
        shown = await self._reading.achievements(tuple(found[:size]))
        nodes = tuple(achievement for achievement in shown if achievement is not None)
        return Page(
            nodes=nodes,
            cursors=tuple(urlsafe_b64encode(one.id.encode()).decode() for one in nodes),
            has_next=len(found) > size,
            has_previous=page.after is not None,
            total=total,
        )


def _organisation(actor: Actor) -> str:
    return organisation_of(actor, Role.ISSUER, refusal="Only issuers may read this")


def _filter(organisation: str, query: IssuedQuery, now: datetime) -> IssuedFilter:
    return IssuedFilter(
        organisation=organisation,
        achievement_id=query.achievement_id,
        status=query.status,
        words=() if query.search is None else _asked(query.search),
        now=now,
    )


def _asked(search: str) -> tuple[str, ...]:
    words = name_words(search)
    if not words:
        raise Invalid(
            "search must have a letter or digit of the holder's name; null: everybody.",
            path=("search",),
        )
    return words


def _size(page: PageArgs) -> int:
    return max(1, min(page.first, MAX_PAGE))


def _read_id(text: str) -> str:
    try:
        found = urlsafe_b64decode(text).decode()
        if kind_of(found) is Kind.ACHIEVEMENT:
            return found
    except (Base64Error, ValueError):
        pass
    raise Invalid("This cursor is not one that was given out.", path=("after",))
