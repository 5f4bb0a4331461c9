"""Changing one's own settings: events of the server in the learner's log, none where all is so."""

from collections.abc import Iterator
from datetime import datetime

from services.kit.clock import Clock
from services.kit.ids import uuid7
from services.kit.records import Actor, Json
from services.progress.contract import Profile, ProfileUpdate
from services.progress.domain.calendar import offset_in
from services.progress.domain.closing import Claimed
from services.progress.domain.event import Event, server_event
from services.progress.domain.settings import check_update
from services.progress.domain.streak import Goal, latest_goal
from services.progress.use_cases.appending import Appender
from services.progress.use_cases.profile import profile_of, registration, settings_of, updated
from services.progress.use_cases.store import LearnerDocument


class Updating:
    """The learner's side of updateProfile."""

    def __init__(self, appender: Appender, clock: Clock) -> None:
        """Keep the parts."""
        self._appender = appender
        self._clock = clock

    async def update(self, actor: Actor, update: ProfileUpdate) -> Profile:
        """Change the actor's own settings; Invalid with every field at fault."""
        check_update(update)
        at = self._clock()

        def own(learner: LearnerDocument) -> tuple[Event, ...]:
            return tuple(_events(actor, learner, update, at))

        appended = await self._appender.append(actor.subject, (), own=own)
        if appended.learner.state.closed_to is not None:
            raise Claimed("change it")
        return profile_of(actor.subject, appended.learner.state)


def _events(
    actor: Actor, learner: LearnerDocument, update: ProfileUpdate, at: datetime
) -> Iterator[Event]:
    """Yield an event for each thing that is not so already."""
    state = learner.state
    before = settings_of(state)
    known = registration(actor, before, known=state.profile is not None)
    values = updated(known or before, update)
    if known is not None or values != before:
        yield _event("profile.set", at, values)
    profile = profile_of(learner.learner_id, state)
    if update.discoverable is not None and update.discoverable != profile.discoverable:
        given = {"name": "discoverable", "given": update.discoverable}
        yield _event("consent.changed", at, given)
    goal = latest_goal(state.own.streak)
    if update.daily_goal_minutes is not None and update.daily_goal_minutes != goal.minutes:
        zone = update.time_zone or profile.time_zone
        yield _goal_event(goal, update.daily_goal_minutes, at, zone)


def _goal_event(goal: Goal, minutes: int, at: datetime, zone: str) -> Event:
    """Return goal.set on the learner's study day; the days of the week stay as they were."""
    body = {"minutes": minutes, "daysPerWeek": goal.days_per_week}
    return _event("goal.set", at, body, tz=offset_in(zone, at))


def _event(event_type: str, at: datetime, body: Json, *, tz: int | None = None) -> Event:
    return server_event(str(uuid7()), event_type, at=at, tz=tz, body=body)
