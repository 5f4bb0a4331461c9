"""From a learner's document to what depends on today: their study day, by their time zone; pure."""

from datetime import datetime
from heapq import nlargest

from services.kit.clock import to_millis
from services.progress.contract import (
    MOST_CONTINUED,
    DailyGoal,
    EnrolmentStatus,
    Home,
    Streak,
)
from services.progress.domain.calendar import date_of, offset_in, study_day
from services.progress.domain.streak import latest_goal, streak_on
from services.progress.use_cases.assigned import assignments_of
from services.progress.use_cases.personal_changes import minutes_of
from services.progress.use_cases.profile import profile_of
from services.progress.use_cases.store import CourseSummary, LearnerDocument


def today_of(learner: LearnerDocument, now: datetime) -> int:
    """Return the learner's study day at an instant."""
    return study_day(to_millis(now), _offset(learner, now))


def due_before(learner: LearnerDocument, day: int) -> int:
    """Return how many cards are due before a study day."""
    return sum(cards for due, cards in learner.due if due < day)


def home_of(learner: LearnerDocument, now: datetime) -> Home:
    """Return what Home shows at an instant."""
    assignments = assignments_of(learner.learner_id, learner.state)
    courses = sorted({one.course_id for one in assignments} & learner.courses.keys())
    return Home(
        profile=profile_of(learner.learner_id, learner.state) if _is_somebody(learner) else None,
        goal=_goal(learner, now),
        streak=_streak(learner, now),
        due_reviews=due_before(learner, today_of(learner, now) + 1),
        assignments=assignments,
        assigned=tuple(learner.courses[id_].enrolment for id_ in courses),
        continued=tuple(
            one.enrolment
            for one in nlargest(
                MOST_CONTINUED,
                filter(_is_under_way, learner.courses.values()),
                key=lambda one: (one.active, one.enrolment.id),
            )
        ),
    )


def _is_somebody(learner: LearnerDocument) -> bool:
    """Return whether anything is stored of the learner; of who was erased, nothing is."""
    return learner.through > 0 and not learner.state.erased


def _is_under_way(course: CourseSummary) -> bool:
    return course.enrolment.status is EnrolmentStatus.ACTIVE


def _goal(learner: LearnerDocument, now: datetime) -> DailyGoal:
    own, today = learner.state.own, today_of(learner, now)
    goal = latest_goal(own.streak)
    studied = (minutes_of(day) for day in reversed(own.days.days) if day.day == today)
    return DailyGoal(
        minutes=goal.minutes,
        days_per_week=goal.days_per_week,
        minutes_today=next(studied, 0.0),
    )


def _streak(learner: LearnerDocument, now: datetime) -> Streak:
    own = learner.state.own
    days = own.days.days
    streak = streak_on(days, own.streak, instant=to_millis(now), offset=_offset(learner, now))
    return Streak(
        days=streak.days,
        longest=streak.longest,
        last_study_day=date_of(days[-1].day) if days else None,
        freezes_left=streak.freezes_left,
    )


def _offset(learner: LearnerDocument, now: datetime) -> int:
    return offset_in(profile_of(learner.learner_id, learner.state).time_zone, now)
