"""The records of what is the learner's own, over all courses."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec

from services.kit.clock import from_millis, to_rfc3339
from services.kit.records import Json
from services.progress.contract import Change, ChangeKind, Tombstone
from services.progress.domain.calendar import date_of
from services.progress.domain.days import Day
from services.progress.domain.ids import bookmark_id
from services.progress.domain.registers import Register, values
from services.progress.domain.skills import SkillState
from services.progress.domain.streak import latest_goal, outlook_of, streak_of
from services.progress.use_cases.change_records import (
    AssignmentRecord,
    BookmarkRecord,
    ChangeRecord,
    CredentialRecord,
    GoalRecord,
    ProfileRecord,
    SkillStandingRecord,
    StreakRecord,
    StudyDayRecord,
)
from services.progress.use_cases.changes import changed
from services.progress.use_cases.profile import profile_of
from services.progress.use_cases.standings import standings_of
from services.progress.use_cases.store import LearnerDocument

STREAK_DAYS = 60
"""Study days that a STREAK record lists."""
GOAL_DAYS = 14
"""Study days that a GOAL record lists with their minutes."""
MINUTE_MS = 60_000


def learner_changes(learner: LearnerDocument) -> Iterator[Change]:
    """Yield the records of the learner as a whole."""
    for kind, id_, record in _records(learner):
        yield changed(kind, id_, record, learner.stamps)


def _records(
    learner: LearnerDocument,
) -> Iterator[tuple[ChangeKind, str, ChangeRecord | Tombstone]]:
    id_, state = learner.learner_id, learner.state
    own = state.own
    if state.profile is not None or own.preferences or own.consents:
        yield ChangeKind.PROFILE, id_, _profile(learner)
    if own.days.days or own.streak.frozen:
        yield ChangeKind.STREAK, id_, _streak(learner)
    if own.days.days or own.streak.goals:
        yield ChangeKind.GOAL, id_, _goal(learner)
    for skill, standing in standings_of(learner).items():
        yield ChangeKind.SKILL_STANDING, skill, _standing(skill, standing)
    yield from _told_by_others(learner)
    for name, bookmark in own.bookmarks.items():
        yield ChangeKind.BOOKMARK, bookmark_id(name), _bookmark(name, bookmark)


_UNTOLD = {"validUntil": None, "status": "VALID", "statusReason": None}
"""What events of credentials did not tell once."""


def _told_by_others(
    learner: LearnerDocument,
) -> Iterator[tuple[ChangeKind, str, ChangeRecord | Tombstone]]:
    """Yield what other services added to the log: credentials and assignments."""
    for credential, body in learner.state.credentials.items():
        if (told := _told({**_UNTOLD, **body}, CredentialRecord)) is not None:
            yield ChangeKind.CREDENTIAL, credential, told
    for assignment, one in learner.state.own.assignments.items():
        if one.values is None:
            yield ChangeKind.ASSIGNMENT, assignment, Tombstone.LEFT_SCOPE
        elif (made := _told(one.values, AssignmentRecord)) is not None:
            yield ChangeKind.ASSIGNMENT, assignment, made


T = TypeVar("T", bound=ChangeRecord)


def _told(values: Mapping[str, Json], record: type[T]) -> T | None:
    """Return what another service told as a record; None where it is not one, and no phone hears.

    It must not hold up the learner's own: a log is never mended.
    """
    try:
        return msgspec.convert(values, record)
    except msgspec.ValidationError:
        return None


def _profile(learner: LearnerDocument) -> ProfileRecord:
    profile, own = profile_of(learner.learner_id, learner.state), learner.state.own
    return ProfileRecord(
        display_name=profile.display_name,
        email=profile.email,
        locale=profile.locale,
        time_zone=profile.time_zone,
        is_guest=profile.is_guest,
        discoverable=profile.discoverable,
        contact_url=profile.contact_url,
        preferences=values(own.preferences),
        consents=values(own.consents),
    )


def _streak(learner: LearnerDocument) -> StreakRecord:
    own = learner.state.own
    days = own.days.days
    streak, outlook = streak_of(days, own.streak), outlook_of(days, own.streak)
    last = days[-1] if days else None
    frozen = [day for day in own.streak.frozen if last is None or day > last.day]
    return StreakRecord(
        days=streak.days,
        longest=streak.longest,
        last_study_day=None if last is None else date_of(last.day).isoformat(),
        stands_until=None if outlook is None else date_of(outlook.until).isoformat(),
        freezes_left=streak.freezes_left,
        freeze_days=[date_of(day).isoformat() for day in outlook.freezes] if outlook else [],
        frozen_days=[date_of(day).isoformat() for day in frozen],
        study_days=[date_of(day.day).isoformat() for day in days[-STREAK_DAYS:]],
    )


def _goal(learner: LearnerDocument) -> GoalRecord:
    own = learner.state.own
    days, goal = own.days.days, latest_goal(own.streak)
    return GoalRecord(
        minutes=goal.minutes,
        days_per_week=goal.days_per_week,
        days=[_study_day(day) for day in days[-GOAL_DAYS:]],
    )


def _study_day(day: Day) -> StudyDayRecord:
    ended, tz = day.last
    return StudyDayRecord(
        day=date_of(day.day).isoformat(),
        minutes=minutes_of(day),
        ended_at=to_rfc3339(from_millis(ended)),
        tz=tz,
    )


def minutes_of(day: Day) -> float:
    """Return the minutes of a study day, to a tenth."""
    return round(day.millis / MINUTE_MS, 1)


def _standing(skill: str, state: SkillState) -> SkillStandingRecord:
    return SkillStandingRecord(
        skill_id=skill,
        mastery=state.mastery,
        answers=state.answers,
        last_practised_at=to_rfc3339(from_millis(state.last[0])),
    )


def _bookmark(name: str, bookmark: Register) -> BookmarkRecord | Tombstone:
    if bookmark.value is None:
        return Tombstone.DELETED
    return BookmarkRecord(
        lesson_id=bookmark.value,
        course_id=name.split("/", 1)[0],
        at=to_rfc3339(from_millis(bookmark.order[0])),
    )
