"""The credentials service on its own database, with fakes of content and progress around it."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

import msgspec

from services.content.contract import CatalogApi, CourseVersion, UploadsApi
from services.credentials.app import Credentials, Doors, build
from services.credentials.contract import Credential, CredentialStatus, HolderKey
from services.credentials.domain import statuslist
from services.credentials.domain.records import SignedList
from services.credentials.settings import Settings
from services.kit.mongo import Database, Mongo
from services.kit.outbox import Outbox
from services.progress.contract import AdviceApi, LearnerApi, TrackingApi
from tests.support.awards import Diary, Shelf, completion_of, course_version
from tests.support.world import Paths

ORIGIN = "http://localhost:8000"


def entries_of(credential: Credential) -> list[Any]:
    """Return the status entries of a credential, one or two."""
    found = msgspec.json.decode(credential.json)["credentialStatus"]
    return found if isinstance(found, list) else [found]


class World:
    """The service and its surroundings, as a test sees them."""

    def __init__(self, mongo: Mongo, mongo_uri: str) -> None:
        self.settings = Settings(
            mongo_uri=mongo_uri,
            database=f"test_{uuid4().hex}",
            public_url=ORIGIN,
            sealing_key=urlsafe_b64encode(b"k" * 32).decode(),
            verify_seconds=60,
            verify_workers=0,
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
            Doors(
                catalog=cast("CatalogApi", self.shelf),
                pathways=self.paths,
                uploads=cast("UploadsApi", self.shelf),
                content_feed=self.content_feed,
                progress_feed=self.progress_feed,
                tracking=cast("TrackingApi", self.diary),
                learners=cast("LearnerApi", self.diary),
                advice=cast("AdviceApi", self.diary),
            ),
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

    async def empty(self) -> None:
        """Forget what was issued, who was found and who erased: for tests that share a database."""
        talent = ("talent", "talent_views", "talent_searches")
        for name in ("credentials", "definitions", "erased", *talent):
            await self.database.truth(name).delete_many({})
        self.diary.forget()

    async def revoke(self, credential: Credential, *, reason: str = "Issued by mistake.") -> None:
        """Revoke a credential."""
        revoked = CredentialStatus.REVOKED
        await self.service.statuses.change(credential.id, to=revoked, by="lrn_x", reason=reason)

    async def bits(self, credential: Credential, entry: int = 0) -> bytes:
        """Return the bits that the public list of one of its status entries has now."""
        listed = msgspec.json.decode((await self._list_of(credential, entry)).signed)
        return statuslist.decode(listed["credentialSubject"]["encodedList"])

    async def is_flagged(self, credential: Credential, entry: int = 0) -> bool:
        """Return whether the public list of one of its status entries has its bit set."""
        index = int(entries_of(credential)[entry]["statusListIndex"])
        return statuslist.is_set(await self.bits(credential, entry), index)

    async def signed_at(self, credential: Credential) -> datetime:
        """Return when its list was last signed."""
        found = (await self._list_of(credential, 0)).signed_at
        assert found is not None
        return found

    async def published(self) -> None:
        """Wait until every change is in the public lists."""
        async with asyncio.timeout(60):
            while await self.database.truth("list_bits").count({"pending.0": {"$exists": True}}):
                if not await self.service.lists.publish():
                    await asyncio.sleep(0.05)

    async def _list_of(self, credential: Credential, entry: int) -> SignedList:
        url = entries_of(credential)[entry]["statusListCredential"]
        return await self.service.credentials.status_list(url.rpartition("/")[2])

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
