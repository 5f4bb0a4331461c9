"""The public routes of the credentials service over HTTP, on one database for a module."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from starlette.applications import Starlette

from services.kit.mongo import Mongo
from tests.support.issuing import World, new_world
from tests.support.serving import serving


@pytest.fixture(scope="module")
async def world(mongo: Mongo, mongo_uri: str) -> AsyncIterator[World]:
    """A world whose service is prepared but does not listen."""
    async with new_world(mongo, mongo_uri) as made:
        yield made


@pytest.fixture(scope="module")
async def site(world: World) -> AsyncIterator[str]:
    """The address of the public routes, served on a free port of loopback."""
    async with serving(Starlette(routes=world.service.routes)) as url:
        yield url


@pytest.fixture(scope="module")
async def client(site: str) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of the public routes."""
    async with aiohttp.ClientSession(site) as session:
        yield session
