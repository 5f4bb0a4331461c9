"""`morsel org create`: registers an organisation, with its name, its issuer's key and its DID."""

import os
import shlex
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import uvloop
from rich.console import Console

from morsel.course_package import COMMAND
from morsel.data import Data
from morsel.issuer import PATH, development_issuer
from morsel.system import environment, shared_mongo
from services.credentials.app.signing import open_organisations
from services.credentials.contract import Issuer, Organisation
from services.credentials.settings import Settings
from services.kit.mongo import Mongo
from services.kit.records import Actor, Role
from services.kit.settings import load, variable

SEALING_KEY = variable("sealing_key")


def main(*, data: Data, mongo: str | None, slug: str, name: str, public_url: str | None) -> int:
    """Register an organisation and say what to do next."""
    organisation = Organisation(slug=slug, name=name)
    issuer = uvloop.run(_register(organisation, data, mongo, public_url))
    _tell(issuer, slug=slug, data=data)
    return 0


async def _register(
    organisation: Organisation, data: Data, mongo: str | None, public_url: str | None
) -> Issuer:
    administrator = Actor(subject=COMMAND, roles=frozenset({Role.ADMIN}))
    async with AsyncExitStack() as stack:
        settings = await stack.enter_async_context(deployment(data, mongo, public_url))
        client = Mongo(settings.mongo_uri, app_name="morsel-command", driver=settings.mongo_driver)
        stack.push_async_callback(client.close)
        organisations = await open_organisations(settings, client)
        return await organisations.register(administrator, organisation)


@asynccontextmanager
async def deployment(
    data: Data, mongo: str | None, public_url: str | None
) -> AsyncIterator[Settings]:
    """Yield the settings of credentials: a cluster's own, told by `MORSEL_*`, or a data folder's.

    Only the sealing key of a deployment makes keys that it can open.
    """
    if _is_deployed():
        yield load(Settings, os.environ)
        return
    origin = public_url or development_issuer(data).url.removesuffix(PATH)
    async with shared_mongo(data, mongo) as mongo_uri:
        yield load(Settings, environment(data, mongo_uri=mongo_uri, public_url=origin))


def _is_deployed() -> bool:
    return SEALING_KEY in os.environ or f"{SEALING_KEY}_FILE" in os.environ


def _tell(issuer: Issuer, *, slug: str, data: Data) -> None:
    out = Console(soft_wrap=True, highlight=False, markup=False)
    out.print(f"{issuer.name} issues credentials as {issuer.did}")
    out.print(f'Its people sign in with the claim org = "{slug}" and the claim roles.')
    if not _is_deployed():
        out.print("A token of its first author, from the development issuer:")
        folder = shlex.quote(str(data.folder))
        out.print(f"morsel token --subject ann --role AUTHOR --org {slug} --data {folder}")
