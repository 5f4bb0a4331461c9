"""Cohorts: people of an organisation who are to do the same courses, and how they get on."""

from datetime import date, datetime
from typing import Protocol

from services.kit.records import Actor, Page, PageArgs, Record

MAX_MEMBERS = 10_000
"""Members of one cohort, at most."""
MAX_AT_ONCE = 500
"""Learners added, or e-mail addresses invited, in one call, at most."""
MAX_ASSIGNMENTS = 50
"""Courses assigned to one cohort, at most."""


class Cohort(Record):
    """A group of learners of an organisation; its name is its own within it."""

    id: str
    organisation: str
    name: str
    created_at: datetime


class Invitation(Record):
    """What lets whoever holds it join a cohort."""

    code: str
    url: str
    expires_at: datetime


class Invite(Record):
    """Who is to be invited; `renew` takes the code that is out back and makes another."""

    cohort_id: str
    emails: tuple[str, ...] = ()
    renew: bool = False


class Assign(Record):
    """A course for a cohort, and until when."""

    cohort_id: str
    course_id: str
    due_on: date | None = None


class Member(Record):
    """Somebody in a cohort, as its managers see them."""

    learner_id: str
    display_name: str | None = None
    last_active_at: datetime | None = None
    """When they last did something in a course that the cohort is assigned."""


class Assignment(Record):
    """A course that a cohort is to do, and how far its members are."""

    id: str
    cohort_id: str
    course_id: str
    version_id: str
    """The version that was published when it was assigned; members take the newest."""
    due_on: date | None = None
    assigned: int
    completed: int
    overdue: int
    """Members who have not completed it, once it is due by UTC's calendar."""


class LearnerAssignment(Record):
    """A course that a learner is to do, as one cohort asks it of them."""

    id: str
    learner_id: str
    course_id: str
    version_id: str
    """The version that was published when it was assigned."""
    due_on: date | None = None
    cohort_name: str


class CohortSkill(Record):
    """How a cohort stands in one skill of its assigned courses."""

    skill_id: str
    proven: int
    """Members who earned the award of an assigned course that teaches it."""
    mean_retention: float
    """Mean chance that its question cards are still known today; 0 where there is none."""


class CohortReport(Record):
    """How a cohort gets on, in its assigned courses alone."""

    cohort_id: str
    members: int
    active7_days: int
    completions: int
    """Courses completed, summed over the members."""
    mean_score: float | None = None
    """Mean score of those that have one, 0 to 1."""
    skills: tuple[CohortSkill, ...] = ()


class CohortApi(Protocol):
    """Cohorts, for managers of their organisation, for ADMIN of all, and for who joins.

    A cohort of another organisation is as if it were not there.
    """

    async def create(self, actor: Actor, name: str) -> Cohort:
        """Return the organisation's cohort of that name, new where there was none."""

    async def add(self, actor: Actor, cohort_id: str, learner_ids: tuple[str, ...]) -> Cohort:
        """Add accounts; all or none. NotFound, Forbidden for guests, LimitReached."""

    async def invite(self, actor: Actor, invite: Invite) -> Invitation:
        """Return the cohort's code, good for 30 days from now; no mail is sent."""

    async def join(self, actor: Actor, code: str) -> Cohort:
        """Join by a code; a repeat is a no-op. NotFound for a wrong or expired one."""

    async def remove(self, actor: Actor, cohort_id: str, learner_id: str) -> Cohort:
        """Remove a member, who loses what the cohort assigned; a repeat is a no-op."""

    async def assign(self, actor: Actor, assign: Assign) -> Cohort:
        """Assign a published course, or change until when it is due."""

    async def unassign(self, actor: Actor, cohort_id: str, course_id: str) -> Cohort:
        """Take an assignment back; progress is kept. A repeat is a no-op."""

    async def cohorts(self, actor: Actor, ids: tuple[str, ...]) -> tuple[Cohort | None, ...]:
        """Return cohorts by id; None for what the actor does not manage."""

    async def managed(self, actor: Actor, page: PageArgs) -> Page[Cohort]:
        """Return the organisation's cohorts by name; for an ADMIN without one, all."""

    async def members(self, actor: Actor, cohort_id: str, page: PageArgs) -> Page[Member]:
        """Return a page of members, in an order that stays."""

    async def assignments(
        self, actor: Actor, cohort_ids: tuple[str, ...]
    ) -> tuple[tuple[Assignment, ...], ...]:
        """Return what each cohort is assigned, what is due first at the head."""

    async def report(self, actor: Actor, cohort_id: str) -> CohortReport:
        """Return how a cohort gets on."""

    async def csv_url(self, actor: Actor, cohort_id: str) -> str:
        """Return an address, good for an hour, of the report as CSV: a row a member and course."""
