"""The kit's tests run on both drivers: what depends on `mongo` or `database` runs twice."""

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator

import pytest

from services.kit.mongo import Driver, Mongo


@pytest.fixture(scope="session", params=list(Driver))
def driver(request: pytest.FixtureRequest) -> Driver:
    """Each driver in turn."""
    return Driver(request.param)


@pytest.fixture(scope="session")
async def mongo(mongo_uri: str, driver: Driver) -> AsyncIterator[Mongo]:
    """A client of the session's mongod, on that driver."""
    client = Mongo(mongo_uri, app_name=f"tests-{driver}", driver=driver)
    yield client
    await client.close()


@pytest.fixture
async def _swept() -> AsyncIterator[None]:
    """For tests that close a client while it connects: PyMongo drops that socket unclosed."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        await asyncio.sleep(0.05)  # its cancelled tasks end in their own time
        gc.collect()
