"""Advice: what a learner knows, what they lack for a role, and what to do next."""

from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from services.kit.records import Record
from services.progress.contract.finding import Findable

PROVEN_MASTERY = 0.8
"""Mastery from which a skill counts as proven, given PROVEN_ANSWERS."""
PROVEN_ANSWERS = 5
"""Answers that a skill must have to be proven by its standing."""
MAX_ADVICE = 20
"""Recommendations of one learner, at most."""
ROLE_PREFERENCE = "jobRoleId"
"""Name of the preference (preference.set) that holds the job role which a learner aims at."""


class SkillStanding(Record):
    """How a learner stands in one skill, as of now."""

    skill_id: str
    mastery: float
    """Weighted share of right answers, 0 to 1; recent answers are heavier."""
    retention: float
    """Mean chance that what was asked of it is still known today, 0 to 1."""
    answers: int
    last_practised_at: datetime | None = None


class RoleKey(Record):
    """A learner and a job role."""

    learner_id: str
    job_role_id: str


class RoleGap(Record):
    """What a learner lacks for a job role, and the courses that close the gap."""

    met: tuple[SkillStanding, ...] = ()
    """Skills of the role that are proven, in the order of the role."""
    missing: tuple[str, ...] = ()
    """Ids of the others, in the order of the role."""
    course_ids: tuple[str, ...] = ()
    """Courses that teach those of the missing skills that any course teaches; shortest first."""
    minutes: int = 0
    """What is left of these courses, at the learner's own pace."""


class AdviceKind(StrEnum):
    """Why something is recommended; the order is that of the recommendations."""

    OVERDUE = "OVERDUE"
    REVIEWS = "REVIEWS"
    RESUME = "RESUME"
    ROLE = "ROLE"
    POPULAR = "POPULAR"


class Recommendation(Record):
    """Something to do next, with what its reason tells of; only what its kind needs is set."""

    kind: AdviceKind
    course_id: str | None = None
    lesson_id: str | None = None
    due_on: date | None = None
    """OVERDUE: when it was due."""
    cards: int = 0
    """REVIEWS: how many cards are due."""
    percent: float = 0.0
    """RESUME: how much of the course is done, 0 to 100."""
    job_role_id: str | None = None
    """ROLE: the role that the learner aims at."""
    skill_id: str | None = None
    """POPULAR: the skill that the learner has practised and the course teaches."""
    learners: int = 0
    """POPULAR: how many learners with an account took the course up."""


class AdviceApi(Protocol):
    """Advice for learners, batch-shaped: a key carries its learner, which came from a token."""

    async def standings(
        self, learner_ids: tuple[str, ...]
    ) -> tuple[tuple[SkillStanding, ...], ...]:
        """Return how learners stand in each skill that they were asked, by mastery, best first."""

    async def findable(self, learner_ids: tuple[str, ...]) -> tuple[Findable | None, ...]:
        """Return what employers may find of learners; None for who did not agree to it."""

    async def gaps(self, keys: tuple[RoleKey, ...]) -> tuple[RoleGap | None, ...]:
        """Return what learners lack for roles; None where no framework says what a role needs."""

    async def recommendations(
        self, learner_ids: tuple[str, ...], *, first: int
    ) -> tuple[tuple[Recommendation, ...], ...]:
        """Return what learners may do next, the most pressing first, at most `first` of each."""
