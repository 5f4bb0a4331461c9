"""The credentials service on its own database, with fakes of content and progress around it."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import cast
from uuid import uuid4

from services.content.contract import CatalogApi, CourseVersion
from services.credentials.app import Credentials, build
from services.credentials.contract import Credential, HolderKey
from services.credentials.settings import Settings
from services.kit.mongo import Database, Mongo
from services.kit.outbox import Outbox
from services.progress.contract import LearnerApi, TrackingApi
from tests.support.awards import Diary, Shelf, completion_of, course_version
from tests.support.world import Paths

ORIGIN = "http://localhost:8000"


class World:
    """The service and its surroundings, as a test sees them."""

    def __init__(self, mongo: Mongo, mongo_uri: str) -> None:
        self.settings = Settings(
            mongo_uri=mongo_uri,
            database=f"test_{uuid4().hex}",
            public_url=ORIGIN,
            sealing_key=urlsafe_b64encode(b"k" * 32).decode(),
            verify_seconds=60,
        )
        self.mongo = mongo
        self.database: Database = mongo.database(self.settings.database)
        self.shelf = Shelf()
        self.paths = Paths()
        self.diary = Diary()
        self.content_feed = self._feed("content")
        self.progress_feed = self._feed("progress")
        self.service = self.another()

    def another(self, settings: Settings | None = None) -> Credentials:
        """Return one more process of the service on the same database."""
        return build(
            settings or self.settings,
            self.mongo,
            catalog=cast("CatalogApi", self.shelf),
            pathways=self.paths,
            content_feed=self.content_feed,
            progress_feed=self.progress_feed,
            tracking=cast("TrackingApi", self.diary),
            learners=cast("LearnerApi", self.diary),
        )

    async def issue(self, learner: str = "zoe", version: CourseVersion | None = None) -> Credential:
        """Let a learner complete a version, and return the credential that they got."""
        completion = completion_of(self.shelf.add(version or course_version()), learner)
        await self.service.issuing.award(completion)
        assert completion.achievement_id is not None
        key = HolderKey(learner_id=completion.learner_id, achievement_id=completion.achievement_id)
        (held,) = await self.service.credentials.held((key,))
        assert held is not None
        return held

    async def tell(self, feed: str, *, type: str, data: Mapping[str, object], id: str) -> None:
        """Put an entry into the outbox of content or progress."""
        entry = {"id": id, "type": type, "data": data, "to": ["credentials"]}
        await self.database.truth(f"{feed}_outbox").insert_one({"_id": id, "outbox": [entry]})

    def _feed(self, name: str) -> Outbox:
        return Outbox([self.database.truth(f"{name}_outbox")], poll=0.05)


@asynccontextmanager
async def new_world(mongo: Mongo, mongo_uri: str) -> AsyncIterator[World]:
    """Make a world whose service is prepared but does not listen yet.

    Its database is dropped afterwards.
    """
    made = World(mongo, mongo_uri)
    await made.service.prepare()
    yield made
    await made.database.drop()
