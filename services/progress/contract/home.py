"""What a learner sees of their own: Home, reviews, bookmarks."""

from datetime import date, datetime
from typing import Protocol

from services.kit.records import Page, PageArgs, Record
from services.progress.contract.cohorts import LearnerAssignment
from services.progress.contract.learners import Enrolment
from services.progress.contract.profiles import Profile

MOST_CONTINUED = 20
"""Enrolments that a Home lists to go on with, at most."""


class DailyGoal(Record):
    """What a learner has set out to do, and how far they are today."""

    minutes: int
    """Minutes a study day."""
    days_per_week: int
    """Study days from Monday to Sunday."""
    minutes_today: float


class Streak(Record):
    """A streak as it stands today."""

    days: int = 0
    """Study days in it; 0 once it broke."""
    longest: int = 0
    last_study_day: date | None = None
    freezes_left: int


class Home(Record):
    """A learner as their first screen shows them: all of it from one document."""

    profile: Profile | None = None
    """None for a learner that has stored nothing yet."""
    goal: DailyGoal
    streak: Streak
    due_reviews: int = 0
    """Cards due today or before."""
    continued: tuple[Enrolment, ...] = ()
    """Active enrolments without their lessons, most recent first, at most MOST_CONTINUED."""
    assignments: tuple[LearnerAssignment, ...] = ()
    """What their cohorts ask of them, what is due first at the head."""
    assigned: tuple[Enrolment, ...] = ()
    """Enrolments in those courses, without their lessons."""


class Review(Record):
    """A card that the learner has reviewed, by the ids of their pinned version where it is there.

    What depends on today is as of the learner's study day.
    """

    id: str
    learner_id: str
    course_id: str
    lesson_id: str
    question_id: str | None = None
    """None for a flashcard."""
    card_id: str | None = None
    """None for a question."""
    due_on: date
    stability: float
    difficulty: float
    retrievability: float
    """Chance that it is known today."""
    lapses: int


class ReviewKey(Record):
    """A learner and one of their reviews."""

    learner_id: str
    review_id: str


class Bookmark(Record):
    """A lesson that a learner marked."""

    lesson_id: str
    """Of the learner's pinned version where it is there, else of that in which it was marked."""
    course_id: str
    at: datetime


class HomeApi(Protocol):
    """Reads of what is a learner's own; today is their study day, by their time zone."""

    async def homes(self, learner_ids: tuple[str, ...]) -> tuple[Home, ...]:
        """Return what each learner's Home shows; one document read for each."""

    async def due_reviews(
        self, learner_id: str, *, before: date | None, page: PageArgs
    ) -> Page[Review]:
        """Return cards due before a study day, those most at risk of being forgotten first.

        None: due today or before. At equal risk what was seen least recently comes first.
        """

    async def reviews(self, keys: tuple[ReviewKey, ...]) -> tuple[Review | None, ...]:
        """Return reviews by id; None where the learner has none of that id."""

    async def bookmarks(self, learner_id: str, page: PageArgs) -> Page[Bookmark]:
        """Return a learner's bookmarks, the latest first."""
