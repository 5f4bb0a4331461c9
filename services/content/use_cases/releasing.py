"""What learners see of a course, decided by its authors: now, later, as before, or no more."""

from services.content import contract
from services.content.domain.course import Course as Document
from services.content.domain.problem import Problem
from services.content.domain.texts import CONTROL
from services.content.use_cases.history import History
from services.content.use_cases.ports import Remarks, StoredCourse
from services.content.use_cases.publishing import Publishing
from services.content.use_cases.scheduling import Scheduling
from services.kit.clock import Clock
from services.kit.errors import Invalid
from services.kit.records import Page, PageArgs

MAX_NOTES = 20_000


class Releasing:
    """Publishes, schedules, rolls back and archives courses whose author has been checked."""

    def __init__(
        self, publishing: Publishing, scheduling: Scheduling, history: History, *, clock: Clock
    ) -> None:
        """Keep who does each."""
        self._publishing = publishing
        self._scheduling = scheduling
        self._history = history
        self._clock = clock

    async def problems(self, document: Document) -> tuple[Problem, ...]:
        """Return what stands in the way of publishing a document."""
        return await self._publishing.problems(document)

    async def publish(self, course: StoredCourse, asked: contract.PublishCourse) -> StoredCourse:
        """Publish or schedule the draft; either way what was scheduled before is forgotten."""
        if len(asked.notes or "") > MAX_NOTES or CONTROL.search(asked.notes or ""):
            message = f"Notes have at most {MAX_NOTES} characters, and no control characters."
            raise Invalid(message, path=("notes",))
        remarks, revision = Remarks(notes=asked.notes, reworded=asked.reworded), asked.base_revision
        if asked.at is not None and asked.at > self._clock():
            return await self._scheduling.schedule(
                course, base_revision=revision, at=asked.at, remarks=remarks
            )
        published = await self._publishing.publish(course, base_revision=revision, remarks=remarks)
        return await self._scheduling.unschedule(published)

    async def publish_import(self, course: StoredCourse) -> StoredCourse:
        """Publish a draft that was just brought in; if learners see it already, nothing changes."""
        return await self._publishing.publish(
            course, base_revision=course.revision, remarks=Remarks()
        )

    async def unschedule(self, course: StoredCourse) -> StoredCourse:
        """Forget the scheduled publication."""
        return await self._scheduling.unschedule(course)

    async def roll_back(self, course: StoredCourse, number: int) -> StoredCourse:
        """Show the version of that number again; what is scheduled stays so."""
        return await self._publishing.roll_back(course, number)

    async def archive(self, course: StoredCourse) -> StoredCourse:
        """Show the course no more, and forget what was scheduled."""
        return await self._scheduling.unschedule(await self._publishing.archive(course))

    async def versions(self, course: StoredCourse, page: PageArgs) -> Page[str]:
        """Return a page of the ids of a course's versions, newest first."""
        return await self._history.page(course.id, page)


def show_schedule(course: StoredCourse) -> contract.Scheduled | None:
    """Return what its authors are shown of what is scheduled."""
    waiting = course.scheduled
    if waiting is None:
        return None
    return contract.Scheduled(
        at=waiting.at,
        revision=waiting.revision,
        notes=waiting.remarks.notes,
        failure=waiting.failure,
    )
