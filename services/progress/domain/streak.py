"""Goals, and the streak of study days that they allow: replayed from the days, on any device alike.

A study day that is missed ends the streak unless one of these covers it, looked at in this order:
1. travel: one calendar day was lost between two places, under 36 hours passed;
2. the goal: with n days a week, 7 - n days may be missed from Monday to Sunday;
3. a freeze that the learner asked for, while one is left.
Missed days that are covered do not count as days of the streak.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from services.kit.records import Record
from services.progress.domain.calendar import DAYS_A_WEEK, day_of, number_of, study_day, week_of
from services.progress.domain.days import Day
from services.progress.domain.stored import Order, Stored

TRAVEL_MS = 36 * 3_600_000
LOST = 1
"""Calendar days that travel may cost."""
FREEZES = 2
"""Freezes at the start, and at most."""
EARNED_EVERY = 7
"""Days of a streak after which a freeze is earned."""
FREEZE_REACH = 7
"""Days before and after the one on which it is asked that a freeze may be for."""
DEFAULT_MINUTES = 10


class Goal(Record, array_like=True):
    """A goal, from the study day on which it was set."""

    day: int
    order: Order
    minutes: int = DEFAULT_MINUTES
    days_per_week: int = DAYS_A_WEEK


class StreakState(Record):
    """What the events say of goals and freezes."""

    goals: tuple[Goal, ...] = ()
    """Of each study day the last that was set; ascending."""
    frozen: tuple[int, ...] = ()
    """Study days that a freeze was asked for; ascending."""


class Streak(Record):
    """A streak as of a study day."""

    days: int = 0
    """Study days in it."""
    longest: int = 0
    freezes_left: int = FREEZES
    week: int = 0
    """The week of the last missed day that the goal covered."""
    missed: int = 0
    """How many it covered in that week."""


def fold_streak(state: StreakState, events: Iterable[Stored]) -> StreakState:
    """Return the state with events taken in; a join."""
    goals, frozen = list(state.goals), set(state.frozen)
    for stored in events:
        if stored.event.type == "goal.set":
            goals.append(_goal(stored))
        elif stored.event.type == "streak.frozen":
            day = number_of(stored.event.body["day"])
            if abs(day - day_of(stored)) <= FREEZE_REACH:
                frozen.add(day)
    last = {goal.day: goal for goal in sorted(goals, key=lambda goal: goal.order)}
    return StreakState(goals=tuple(last[day] for day in sorted(last)), frozen=tuple(sorted(frozen)))


class Outlook(Record):
    """Until when a streak stands if nothing more is learned; nothing in it depends on today."""

    until: int
    """The last study day on which learning goes on with it."""
    freezes: tuple[int, ...] = ()
    """Days before that which take a freeze when they are over."""


def goal_on(state: StreakState, day: int) -> Goal:
    """Return the goal that holds on a study day."""
    before = [goal for goal in state.goals if goal.day <= day]
    return before[-1] if before else Goal(day=day, order=(0, "", 0, ""))


def latest_goal(state: StreakState) -> Goal:
    """Return the goal that was set last, whatever its day: a phone may set one for tomorrow."""
    return goal_on(state, state.goals[-1].day if state.goals else 0)


def streak_of(days: Sequence[Day], state: StreakState) -> Streak:
    """Return the streak as of the last study day."""
    streak, before = Streak(), None
    for day in days:
        streak = _next(streak, before, day, state)
        before = day
    return streak


def streak_on(days: Sequence[Day], state: StreakState, *, instant: int, offset: int) -> Streak:
    """Return the streak at an instant (ms) and place (minutes east of UTC): 0 days once it broke.

    It stands while the learner may still go on with it today.
    """
    streak = streak_of(days, state)
    if not days:
        return streak
    today = Day(
        day=study_day(instant, offset), millis=0, first=(instant, offset), last=(instant, offset)
    )
    covered = _covered(streak, days[-1], today, state)
    return replace(streak, days=0) if covered is None else replace(covered, days=streak.days)


def outlook_of(days: Sequence[Day], state: StreakState) -> Outlook | None:
    """Return until when the streak stands, as of the last study day; None before the first.

    At least one day of a week counts and freezes are few, so that the look ends within weeks.
    """
    if not days:
        return None
    streak, day, used = streak_of(days, state), days[-1].day + 1, list[int]()
    while (covered := _cover(streak, day, state)) is not None:
        if covered.freezes_left < streak.freezes_left:
            used.append(day)
        streak, day = covered, day + 1
    return Outlook(until=day, freezes=tuple(used))


def _next(streak: Streak, before: Day | None, day: Day, state: StreakState) -> Streak:
    covered = _covered(streak, before, day, state) if before else streak
    count = 1 if covered is None else covered.days + 1
    streak = covered or streak
    left = streak.freezes_left + (count % EARNED_EVERY == 0)
    return replace(
        streak, days=count, longest=max(streak.longest, count), freezes_left=min(left, FREEZES)
    )


def _covered(streak: Streak, before: Day, day: Day, state: StreakState) -> Streak | None:
    """Return the streak with the days between covered; None where one is not."""
    if _travelled(before, day):
        return streak
    for missed in range(before.day + 1, day.day):
        covered = _cover(streak, missed, state)
        if covered is None:
            return None
        streak = covered
    return streak


def _cover(streak: Streak, missed: int, state: StreakState) -> Streak | None:
    """Return the streak with a missed day covered by the goal or a freeze; None where neither."""
    week = week_of(missed)
    used = streak.missed if streak.week == week else 0
    if used < DAYS_A_WEEK - goal_on(state, missed).days_per_week:
        return replace(streak, week=week, missed=used + 1)
    if missed in state.frozen and streak.freezes_left > 0:
        return replace(streak, freezes_left=streak.freezes_left - 1)
    return None


def _travelled(before: Day, day: Day) -> bool:
    """Return whether the one day between was lost on the way."""
    (left, from_), (arrived, to) = before.last, day.first
    return day.day - before.day == 1 + LOST and from_ != to and arrived - left < TRAVEL_MS


def _goal(stored: Stored) -> Goal:
    body = stored.event.body
    return Goal(
        day=day_of(stored),
        order=stored.order,
        minutes=int(body["minutes"]),
        days_per_week=int(body.get("daysPerWeek") or DAYS_A_WEEK),
    )
