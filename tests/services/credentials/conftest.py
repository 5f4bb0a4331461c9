"""The credentials service on a fresh database."""

from collections.abc import AsyncIterator

import pytest

from services.kit.mongo import Mongo
from tests.support.issuing import World, new_world


@pytest.fixture
async def world(mongo: Mongo, mongo_uri: str) -> AsyncIterator[World]:
    """A world whose service is prepared but does not listen yet."""
    async with new_world(mongo, mongo_uri) as made:
        yield made
