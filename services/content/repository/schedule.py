"""Publications at a later time, in the documents of their courses, leased by the server's clock."""

from datetime import datetime, timedelta

import msgspec

from services.content.repository.courses import read_course
from services.content.use_cases.ports import StoredCourse, StoredSchedule
from services.kit.mongo import Collection, Document, Index

LEASE = timedelta(seconds=30)
INDEXES = [Index([("scheduled.at", 1)], name="scheduled", sparse=True)]
_NOT_HELD = {"$ifNull": ["$scheduled.lease.until", "$scheduled.at"]}


class Schedule:
    """The ScheduleStore over MongoDB."""

    def __init__(self, courses: Collection, *, lease: timedelta = LEASE) -> None:
        """Keep the collection; who takes a publication has it for a `lease`."""
        self._courses = courses
        self._lease_ms = lease // timedelta(milliseconds=1)

    async def prepare(self) -> None:
        """Create the index that is not there yet."""
        await self._courses.create_indexes(INDEXES)

    async def schedule(
        self, course_id: str, schedule: StoredSchedule, content: bytes
    ) -> StoredCourse | None:
        """Keep a publication of a revision; None when the draft is another by now."""
        where = {"_id": course_id, "revision": schedule.revision}
        stored = {**msgspec.to_builtins(schedule, builtin_types=(datetime,)), "content": content}
        return await self._update(where, {"$set": {"scheduled": stored}})

    async def unschedule(self, course_id: str) -> StoredCourse | None:
        """Forget a publication; None when there is no such course."""
        return await self._update({"_id": course_id}, {"$unset": {"scheduled": ""}})

    async def take_due(self, token: str) -> tuple[StoredCourse, bytes] | None:
        """Lease a publication whose time has come by the server's clock, with its content."""
        until = {"$add": ["$$NOW", self._lease_ms]}
        found = await self._courses.find_one_and_update(
            {
                "scheduled.at": {"$exists": True},
                "scheduled.failure": None,
                "$expr": {
                    "$and": [
                        {"$lte": ["$scheduled.at", "$$NOW"]},
                        {"$lte": [_NOT_HELD, "$$NOW"]},
                    ]
                },
            },
            [{"$set": {"scheduled.lease": {"by": token, "until": until}}}],
            sort=[("scheduled.at", 1)],
        )
        if found is None:
            return None
        return read_course(found), bytes(found["scheduled"]["content"])

    async def give_up(self, course_id: str, token: str, *, reason: str) -> None:
        """Keep why a leased publication cannot be; nobody leases it again."""
        where = {"_id": course_id, "scheduled.lease.by": token}
        await self._update(where, {"$set": {"scheduled.failure": reason}})

    async def _update(self, where: Document, update: Document) -> StoredCourse | None:
        found = await self._courses.find_one_and_update(where, update)
        return None if found is None else read_course(found)
