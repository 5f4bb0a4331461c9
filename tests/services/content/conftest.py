"""A content service on a fresh database, and who writes in it."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from services.content.app import Content, build
from services.content.settings import Settings
from services.kit.mongo import Mongo
from services.kit.records import Actor, Role


@pytest.fixture
async def content(mongo: Mongo, mongo_uri: str) -> AsyncIterator[Content]:
    """The service, started."""
    name = f"test_content_{uuid4().hex[:12]}"
    settings = Settings(mongo_uri=mongo_uri, public_url="http://localhost:8000", database=name)
    service = build(settings, mongo)
    await service.start()
    yield service
    await service.stop()
    await mongo.database(name).drop()


@pytest.fixture
def author() -> Actor:
    """An author of the organisation `school`."""
    return Actor(subject="lrn_author", roles=frozenset({Role.AUTHOR}), organisation="school")


@pytest.fixture
def stranger() -> Actor:
    """An author of another organisation."""
    return Actor(subject="lrn_stranger", roles=frozenset({Role.AUTHOR}), organisation="other")
