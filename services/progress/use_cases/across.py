"""What is read of a course over all its learners, and what is kept while they are regraded."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol

from services.kit.records import OutboxEntry, Record
from services.progress.contract import EnrolmentStatus
from services.progress.domain.stored import Stored
from services.progress.use_cases.store import CourseDocument


class EventKey(NamedTuple):
    """An event, for ids are unique per learner."""

    learner_id: str
    event_id: str


class Group(Record):
    """Learners of a course who are alike."""

    status: EnrolmentStatus
    version_id: str
    """The version that they are pinned to."""
    learners: int


class Across(Protocol):
    """Reads over all learners of a course; none of them looks at more than it returns or counts."""

    async def groups(self, course_id: str) -> tuple[Group, ...]:
        """Return how many are in a course, by status and pinned version."""

    async def count_missed(self, course_id: str, questions: Collection[str]) -> int:
        """Return how many learners of a course missed any of these questions."""

    async def missed(
        self, course_id: str, questions: Collection[str], *, after: str, limit: int
    ) -> list[CourseDocument]:
        """Return learners of a course who missed any of these questions, by enrolment id."""

    async def events(self, wanted: Mapping[str, Collection[str]]) -> Mapping[EventKey, Stored]:
        """Return stored events by learner and id; `wanted` are ids of events by learner."""


class Agenda(Protocol):
    """Steps of regrading that are still to do."""

    async def begin(self, publication: str, step: OutboxEntry) -> None:
        """Note the first step for a publication; one that was begun stays as it is."""

    async def go_on(self, publication: str, step: OutboxEntry) -> None:
        """Note the next step for a publication, unless it waits already."""
