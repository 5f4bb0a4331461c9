"""Study days and streaks: the 4 h rule, travel, shift goals and freezes, on any device alike."""

from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.progress.domain.calendar import date_of, study_day
from services.progress.domain.days import Day, DaysState, fold_days
from services.progress.domain.event import DAY_MS
from services.progress.domain.streak import (
    Goal,
    Streak,
    StreakState,
    fold_streak,
    outlook_of,
    streak_of,
    streak_on,
)
from tests.support.histories import FACTS, read, stored
from tests.support.phone import Phone

MONDAY = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)
RECEIVED = round(datetime(2026, 12, 5, tzinfo=UTC).timestamp() * 1000)


def studied(*moments: tuple[datetime, int]) -> DaysState:
    """Return the days of a learner who looked at a card at these instants, minutes east of UTC."""
    phone = Phone(FACTS)
    log = []
    for n, (instant, offset) in enumerate(moments):
        phone.now = instant
        raw = {**phone.view("practice", "t1", seconds=60), "tz": offset}
        log.append(stored(read(raw), (n + 1, 0), received=RECEIVED))
    return fold_days(DaysState(), log)


def evenings(*days: int) -> DaysState:
    """Return the days of a learner who learned on these evenings, counted from a Monday."""
    return studied(*((MONDAY + timedelta(days=day), 0) for day in days))


def asked(*raws: dict[str, Any]) -> StreakState:
    """Return what goals and freezes say."""
    log = [stored(read(raw), (n + 1, 0), received=RECEIVED) for n, raw in enumerate(raws)]
    return fold_streak(StreakState(), log)


def own(type_: str, evening: int, **body: Any) -> dict[str, Any]:
    """Return an event of the learner on an evening, counted from the Monday."""
    phone = Phone(FACTS, name=f"{type_} {evening} {body}")
    phone.now = MONDAY + timedelta(days=evening)
    return phone.own(type_, **body) | {"tz": 0}


def frozen(day: int, *, on: int) -> dict[str, Any]:
    """Return a freeze for a day, asked for on another."""
    return own("streak.frozen", on, day=(MONDAY + timedelta(days=day)).date().isoformat())


def length(days: DaysState, state: StreakState = StreakState()) -> int:  # noqa: B008 - frozen
    return streak_of(days.days, state).days


def test_a_study_day_begins_at_four() -> None:
    """Who learns past midnight would lose the evening, and the streak with it."""
    night = datetime(2026, 11, 17, 2, 59, tzinfo=UTC)
    instant = round(night.timestamp() * 1000)
    assert date_of(study_day(instant, 60)).isoformat() == "2026-11-16"
    assert date_of(study_day(instant + 60_000, 60)).isoformat() == "2026-11-17"
    assert date_of(study_day(instant, -600)).isoformat() == "2026-11-16"


def test_days_in_a_row_count_and_a_missed_one_ends_it() -> None:
    """A streak would be worth nothing."""
    assert length(evenings(0, 1, 2)) == 3
    streak = streak_of(evenings(0, 1, 2, 4).days, StreakState())
    assert (streak.days, streak.longest) == (1, 3)
    assert streak_of((), StreakState()) == Streak()


def test_travel_over_the_date_line_costs_no_day() -> None:
    """Who flies from Honolulu to Auckland would lose the streak above the sea."""
    left = datetime(2026, 11, 17, 6, 0, tzinfo=UTC)  # the evening of the 16th in Honolulu
    days = studied((left, -600), (left + timedelta(hours=20), 780))
    assert [one.day - days.days[0].day for one in days.days] == [0, 2]
    assert length(days) == 2
    # 36 hours are too long, and without a journey the same gap is a missed day
    assert length(studied((left, -600), (left + timedelta(hours=36), 780))) == 1
    late = datetime(2026, 11, 17, 3, 30, tzinfo=UTC)
    assert length(studied((late, 0), (late + timedelta(hours=30), 0))) == 1


def test_the_other_way_two_mornings_are_one_day() -> None:
    """Flying back would count a day twice."""
    left = datetime(2026, 11, 17, 19, 0, tzinfo=UTC)  # the morning of the 18th in Auckland
    days = studied((left - timedelta(days=1), 780), (left, 780), (left + timedelta(hours=4), -600))
    assert len(days.days) == 2
    assert length(days) == 2


def test_a_goal_of_days_a_week_lets_the_others_go() -> None:
    """A nurse on four shifts a week would never have a streak."""
    shifts = own("goal.set", 0, minutes=10, daysPerWeek=4)
    assert length(evenings(0, 1, 4, 6, 7, 10, 11, 12), asked(shifts)) == 8
    # a fourth day missed in one week is one too many
    assert length(evenings(0, 1, 6), asked(shifts)) == 1
    # and the days before the goal was set keep the rule of then
    later = own("goal.set", 2, minutes=10, daysPerWeek=4)
    assert length(evenings(0, 2, 4), asked(later)) == 2


def test_freezes_cover_what_they_were_asked_for_while_there_are_any() -> None:
    """A streak could be frozen for ever."""
    asks = [frozen(day, on=0) for day in (1, 3, 5)]
    streak = streak_of(evenings(0, 2, 4).days, asked(*asks))
    assert (streak.days, streak.freezes_left) == (3, 0)
    assert length(evenings(0, 2, 4, 6), asked(*asks)) == 1
    # a frozen day that was studied after all costs none; seven days in a row earn one
    streak = streak_of(evenings(0, 1, 2).days, asked(frozen(1, on=0)))
    assert (streak.days, streak.freezes_left) == (3, 2)
    week = streak_of(evenings(0, *range(2, 8)).days, asked(frozen(1, on=0)))
    assert (week.days, week.freezes_left) == (7, 2)
    # and one that is asked for long afterwards is none
    assert length(evenings(0, 2), asked(frozen(1, on=9))) == 1


def test_a_streak_stands_until_a_day_was_missed() -> None:
    """It would look broken every morning, or never."""
    days, state = evenings(0, 1).days, StreakState()

    def shown(day: int, state: StreakState = state) -> int:
        instant = round((MONDAY + timedelta(days=day)).timestamp() * 1000)
        return streak_on(days, state, instant=instant, offset=0).days

    assert [shown(1), shown(2), shown(3)] == [2, 2, 0]
    assert shown(3, asked(frozen(2, on=1))) == 2
    assert streak_on((), state, instant=0, offset=0).days == 0


def test_minutes_are_the_union_over_devices() -> None:
    """Two phones open at once would double the minutes."""
    days = studied((MONDAY, 0), (MONDAY + timedelta(seconds=30), 0), (MONDAY, 0))
    assert [one.millis for one in days.days] == [90_000]


@given(
    missed=st.lists(st.integers(1, 3), max_size=8),
    frozen=st.sets(st.integers(20_000, 20_040)),
    per_week=st.integers(1, 7),
)
def test_phones_are_told_until_when_the_streak_stands(
    missed: list[int], frozen: set[int], per_week: int
) -> None:
    """A phone would show another streak, or other freezes left, than the server does that day."""
    numbers = list(accumulate(missed, initial=20_000))
    days = [
        Day(day=day, millis=0, first=(day * DAY_MS, 0), last=(day * DAY_MS, 0)) for day in numbers
    ]
    goal = Goal(day=19_000, order=(0, "", 0, ""), days_per_week=per_week)
    state = StreakState(goals=(goal,), frozen=tuple(sorted(frozen)))
    streak, outlook = streak_of(days, state), outlook_of(days, state)
    assert outlook is not None

    for today in range(numbers[-1], outlook.until + 3):
        now = streak_on(days, state, instant=today * DAY_MS + DAY_MS // 2, offset=0)
        assert now.days == (streak.days if today <= outlook.until else 0)
        if today <= outlook.until:
            used = sum(day < today for day in outlook.freezes)
            assert now.freezes_left == streak.freezes_left - used
