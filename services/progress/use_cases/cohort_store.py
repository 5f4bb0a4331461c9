"""What cohorts are kept in, and what is read of their members."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.kit.records import Record
from services.progress.contract import EnrolmentStatus
from services.progress.domain.cohort import Assigned, CohortState


class Step(Record, rename="camel"):
    """One step of telling a cohort's members what it is assigned: those behind a learner id."""

    cohort_id: str
    revision: int
    after: str = ""


class Membership(Record, rename="camel"):
    """That somebody joined a cohort or left it."""

    cohort_id: str
    learner_id: str


class Standing(Record):
    """A member in an assigned course."""

    learner_id: str
    course_id: str
    status: EnrolmentStatus
    score: float | None = None
    completed: int | None = None
    """When it was completed, ms."""
    active: int
    """When the server last heard of it, ms."""


class Tally(Record):
    """Members in one assigned course, counted."""

    course_id: str
    completed: int = 0
    scored: int = 0
    score: float = 0.0
    """Sum of the scores of those that have one."""


class Recall(Record):
    """Question cards of one skill, over some learners."""

    skill_id: str
    cards: int = 0
    chance: float = 0.0
    """Sum of the chances that they are still known."""


class Cohorts(Protocol):
    """The cohorts, their members and what waits to be told to them."""

    async def create(self, cohort: CohortState) -> CohortState:
        """Keep a cohort, or return the one of that id."""

    async def cohorts(self, ids: Collection[str]) -> Mapping[str, CohortState]:
        """Return cohorts by id."""

    async def by_code(self, code: str) -> CohortState | None:
        """Return the cohort that has this code, good or expired."""

    async def page(
        self, organisation: str | None, *, after: tuple[str, str] | None, limit: int
    ) -> list[CohortState]:
        """Return cohorts by (organisation, name), of one organisation or of all."""

    async def count(self, organisation: str | None) -> int:
        """Return how many cohorts there are."""

    async def put_code(
        self, cohort_id: str, code: str, until: datetime, *, expected: str | None
    ) -> bool:
        """Set the code and until when it is good, where the code is as expected."""

    async def put_assigned(
        self, cohort_id: str, assigned: Sequence[Assigned], *, expected: int
    ) -> bool:
        """Set what is assigned where the revision is as expected, and note the first step."""

    async def go_on(self, step: Step) -> None:
        """Note the next step, unless it waits already."""

    async def add(
        self, cohort_id: str, learner_ids: Sequence[str], *, at: datetime
    ) -> tuple[str, ...]:
        """Add members, each with a note that they are to be told; return those who are new."""

    async def leave(self, cohort_id: str, learner_ids: Collection[str]) -> int:
        """Take members out, each with a note that they are to be told; return how many."""

    async def told_of_leaving(self, membership: Membership) -> None:
        """Forget that somebody left."""

    async def present(self, cohort_id: str, learner_ids: Collection[str]) -> frozenset[str]:
        """Return which of these are in a cohort."""

    async def size(self, cohort_id: str) -> int:
        """Return how many members a cohort has."""

    async def members(self, cohort_id: str, *, after: str, limit: int) -> list[str]:
        """Return members by learner id."""

    async def memberships(self, learner_ids: Collection[str]) -> Mapping[str, int]:
        """Return in how many cohorts each learner is; those in none are not there."""

    async def guesses(self, learner_id: str, *, now: datetime) -> int:
        """Count one more code that somebody tried, and return how many there were this hour."""


class Standings(Protocol):
    """What reports read: state documents of members in assigned courses, and nothing else."""

    async def tallies(
        self, learner_ids: Collection[str], course_ids: Collection[str]
    ) -> list[Tally]:
        """Return the counts of each course that any of the learners is in."""

    async def active(
        self, learner_ids: Collection[str], course_ids: Collection[str], *, since: datetime
    ) -> int:
        """Return how many of the learners did something in any of the courses."""

    async def earned(
        self, learner_ids: Collection[str], course_ids: Collection[str]
    ) -> list[frozenset[str]]:
        """Return for each learner who earned an award in which of the courses they did."""

    async def recalls(
        self, learner_ids: Collection[str], course_ids: Collection[str], *, today: int
    ) -> list[Recall]:
        """Return of each skill the chances that the learners' question cards are still known."""

    async def standings(
        self, learner_ids: Collection[str], course_ids: Collection[str]
    ) -> list[Standing]:
        """Return where the learners are in the courses that they are in."""
