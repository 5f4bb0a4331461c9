"""A progress service on the real database, over a small content service in memory."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from services.kit.ids import Kind, new_id
from services.kit.mongo import Database, Mongo
from services.kit.records import Actor
from services.progress.app import Progress
from services.progress.settings import Settings
from tests.support.library import Library, small_course
from tests.support.phone import START


class Hands:
    """A clock whose hands a test moves."""

    def __init__(self) -> None:
        self.now = START + timedelta(hours=1)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def library() -> Library:
    library = Library()
    library.add(small_course())
    return library


@pytest.fixture
def settings(database: Database) -> Settings:
    return Settings(
        mongo_uri="", public_url="http://localhost", cursor_key="a2V5", database=database.name
    )


@pytest.fixture
async def progress(
    mongo: Mongo, settings: Settings, library: Library, hands: Hands
) -> AsyncIterator[Progress]:
    service = Progress(settings, mongo, library.doors, clock=hands)
    await service.start()
    yield service
    await service.stop()


@pytest.fixture
def actor() -> Actor:
    return Actor(subject=new_id(Kind.LEARNER), name="Learner", email="learner@example.org")


@pytest.fixture
def guest() -> Actor:
    return Actor(subject=new_id(Kind.LEARNER), is_guest=True)
