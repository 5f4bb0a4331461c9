"""Study days: whole numbers of days since 1970, each from four in the morning to the next."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from services.progress.domain.event import DAY_MS
from services.progress.domain.stored import Stored

MINUTE_MS = 60_000
BEGINS_MS = 4 * 60 * MINUTE_MS
"""A study day begins at 4 h: what is learned after midnight belongs to the evening."""
EPOCH = date(1970, 1, 1).toordinal()
DAYS_A_WEEK = 7
MONDAY = 3
"""Days from a Monday to 1970-01-01, a Thursday."""


def study_day(instant: int, offset: int) -> int:
    """Return the study day of an instant (ms), `offset` minutes east of UTC."""
    return (instant + offset * MINUTE_MS - BEGINS_MS) // DAY_MS


def day_of(stored: Stored) -> int:
    """Return the study day of an event, by its own offset; UTC where it has none."""
    return study_day(stored.effective, stored.event.tz or 0)


@cache
def zones() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones())


def offset_in(zone: str, instant: datetime) -> int:
    """Return the minutes east of UTC in a zone at an instant; 0 where there is no such zone."""
    place = ZoneInfo(zone) if zone in zones() else UTC
    return (instant.astimezone(place).utcoffset() or timedelta()) // timedelta(minutes=1)


def week_of(day: int) -> int:
    """Return the number of the week, from Monday to Sunday, that a day is in."""
    return (day + MONDAY) // DAYS_A_WEEK


def date_of(day: int) -> date:
    """Return the calendar date of a study day."""
    return date.fromordinal(EPOCH + day)


def number_of(text: str) -> int:
    """Return the study day of an ISO date."""
    return date.fromisoformat(text).toordinal() - EPOCH
