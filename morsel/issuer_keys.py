"""`morsel issuer`: lists keys, publishes new ones, and deals with one that was lost."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import uvloop
from rich.console import Console

from morsel.data import Data
from morsel.organisation import deployment
from services.credentials.app.signing import open_signing
from services.credentials.app.vouching import open_compromise
from services.credentials.domain.records import KeyUse, SigningKey
from services.credentials.settings import Settings
from services.kit.mongo import Mongo

T = TypeVar("T")


def show(*, data: Data, mongo: str | None, slug: str) -> int:
    """List an organisation's keys."""

    async def keys(settings: Settings, client: Mongo) -> tuple[SigningKey, ...]:
        return (await (await open_signing(settings, client)).issuers.of(slug)).keys

    for key in uvloop.run(_with(data, mongo, keys)):
        _out().print(f"{key.fragment}  {'+'.join(key.uses)}  {_state(key)}")
    return 0


def rotate(*, data: Data, mongo: str | None, slug: str, use: KeyUse, minutes: float) -> int:
    """Publish a new key."""

    async def publish(settings: Settings, client: Mongo) -> SigningKey:
        signing = await open_signing(settings, client)
        return await signing.rotating.rotate(slug, use, lead=timedelta(minutes=minutes))

    key = uvloop.run(_with(data, mongo, publish))
    _out().print(f"{key.fragment} is published, and signs from {_instant(key.active_from)} on.")
    _out().print("What was signed before still verifies.")
    return 0


def compromised(*, data: Data, mongo: str | None, slug: str, key: str) -> int:
    """Drop a key, and sign anew what it signed."""
    out = _out()
    with out.status(f"Dropping {key} of {slug}, and waiting until nobody signs with it") as line:

        async def drop(settings: Settings, client: Mongo) -> str:
            found = await (await open_compromise(settings, client)).run(
                slug, key, told=lambda done: line.update(f"{done:,} credentials signed anew")
            )
            return (
                f"Signed anew: {found.credentials:,} credentials, {found.endorsements:,}"
                f" endorsements, {found.lists:,} status lists."
            )

        told = uvloop.run(_with(data, mongo, drop))
    out.print(f"{key} of {slug} is dropped: nothing that it signed counts any more.")
    out.print(told)
    return 0


async def _with(
    data: Data, mongo: str | None, work: Callable[[Settings, Mongo], Awaitable[T]]
) -> T:
    """Return what is done with the database of a deployment or a data folder."""
    async with _opened(data, mongo) as (settings, client):
        return await work(settings, client)


@asynccontextmanager
async def _opened(data: Data, mongo: str | None) -> AsyncIterator[tuple[Settings, Mongo]]:
    async with deployment(data, mongo, None) as settings:
        client = Mongo(settings.mongo_uri, app_name="morsel-command", driver=settings.mongo_driver)
        try:
            yield settings, client
        finally:
            await client.close()


def _state(key: SigningKey) -> str:
    if key.compromised_at is not None:
        return f"dropped {_instant(key.compromised_at)}"
    if key.active_from is not None and key.active_from > datetime.now(UTC):
        return f"signs from {_instant(key.active_from)}"
    return f"since {_instant(key.active_from)}" if key.active_from else "from the first"


def _instant(at: datetime | None) -> str:
    return "the first" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _out() -> Console:
    return Console(soft_wrap=True, highlight=False, markup=False)
