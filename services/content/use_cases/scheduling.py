"""Publishing at a later time: what was scheduled is what is published, once, by any process."""

import asyncio
from contextlib import suppress
from datetime import datetime

import structlog

from services.content.use_cases.pointers import stale
from services.content.use_cases.ports import Remarks, ScheduleStore, StoredCourse, StoredSchedule
from services.content.use_cases.publishing import Publishing
from services.kit.errors import NotFound, ServiceError, Unavailable
from services.kit.ids import uuid7

POLL_SECONDS = 1.0
"""How often each process looks whether a time has come."""

log = structlog.get_logger(__name__)


class Scheduling:
    """Keeps publications until their time, and carries them out in the background."""

    def __init__(
        self, store: ScheduleStore, publishing: Publishing, *, poll: float = POLL_SECONDS
    ) -> None:
        """Keep where publications wait, and who publishes."""
        self._store = store
        self._publishing = publishing
        self._poll = poll
        self._task: asyncio.Task[None] | None = None

    async def schedule(
        self, course: StoredCourse, *, base_revision: int, at: datetime, remarks: Remarks
    ) -> StoredCourse:
        """Keep the draft as it is to be published then, in place of what was scheduled before."""
        if course.revision != base_revision:
            raise stale(course.revision)
        await self._publishing.check(course, course.content, remarks)
        wanted = StoredSchedule(at=at, revision=base_revision, remarks=remarks)
        kept = await self._store.schedule(course.id, wanted, course.content)
        if kept is None:
            raise stale(course.revision + 1)
        return kept

    async def unschedule(self, course: StoredCourse) -> StoredCourse:
        """Forget what was scheduled."""
        if course.scheduled is None:
            return course
        kept = await self._store.unschedule(course.id)
        if kept is None:
            raise NotFound("There is no such course.", path=("courseId",))
        return kept

    def start(self) -> None:
        """Begin to look in the background."""
        self._task = asyncio.create_task(self._run(), name="scheduled publications")

    async def stop(self) -> None:
        """End; what is under way goes on in whatever process takes it next."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def run_once(self) -> bool:
        """Carry out one publication whose time has come; return whether there was one."""
        token = uuid7().hex
        taken = await self._store.take_due(token)
        if taken is None:
            return False
        course, content = taken
        remarks = course.scheduled.remarks if course.scheduled else Remarks()
        try:
            await self._publishing.publish_scheduled(course, content, remarks, lease=token)
        except Unavailable:
            raise  # the lease ends, and then it is tried again
        except ServiceError as error:
            log.warning("scheduling.refused", course=course.id, reason=error.message)
            await self._store.give_up(course.id, token, reason=error.message)
        return True

    async def _run(self) -> None:
        while True:
            try:
                while await self.run_once():
                    pass
            except Unavailable as error:
                log.warning("scheduling.store_away", reason=error.message)
            except Exception:
                log.exception("scheduling.failed")
            await asyncio.sleep(self._poll)
