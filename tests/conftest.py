"""Fixtures that every test may ask for: one embedded mongod a session, a fresh database a test."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from morsel.mongod import Mongod
from services.kit.mongo import Database, Mongo
from tests.support.memory import quick_folder

pytest_plugins = ["tests.support.npm"]


@pytest.fixture(scope="session")
async def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of the session's mongod."""
    with quick_folder(tmp_path_factory.mktemp("mongod")) as folder:
        async with Mongod(folder, test_commands=True) as mongod:
            yield mongod.uri


@pytest.fixture(scope="session")
async def mongo(mongo_uri: str) -> AsyncIterator[Mongo]:
    """A client of the session's mongod."""
    client = Mongo(mongo_uri, app_name="tests")
    yield client
    await client.close()


@pytest.fixture
async def database(mongo: Mongo) -> AsyncIterator[Database]:
    """A fresh, empty database, dropped afterwards."""
    fresh = mongo.database(f"test_{uuid4().hex}")
    yield fresh
    await fresh.drop()
