"""The fold of what is the learner's own, over all courses: days, streak, skills, settings."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from services.content.contract import VersionFacts
from services.kit.records import Json, Record
from services.progress.domain.course import facts_of
from services.progress.domain.days import DaysState, days_in, fold_days, stale_days
from services.progress.domain.registers import Registers, bounded, put
from services.progress.domain.skills import Skills, are_stale, fold_skills, raised_in
from services.progress.domain.stored import Place, Stored
from services.progress.domain.streak import StreakState, fold_streak


class Assignment(Record, array_like=True):
    """The last assignment event of one assignment; what the server decides goes by its place."""

    place: Place
    values: Mapping[str, Json] | None
    """As assignment.made told it; None once it was withdrawn."""


class PersonalState(Record):
    """What the events say of the learner, over all courses."""

    days: DaysState = DaysState()
    streak: StreakState = StreakState()
    skills: Skills = {}
    """From practice; what assessments add is in the summaries of the courses."""
    raised: tuple[str, ...] = ()
    """Ids of the answers that a corrected key made right, sorted."""
    bookmarks: Registers = {}
    """By `course id/lesson key`: the lesson's id at that time, or None."""
    preferences: Registers = {}
    consents: Registers = {}
    assignments: Mapping[str, Assignment] = {}


def needs_history(
    state: PersonalState, events: Iterable[Stored], versions: Mapping[str, VersionFacts]
) -> bool:
    """Return whether `fold_personal` needs all of the learner's events."""
    batch = list(events)
    late = stale_days(state.days, days_in(batch))
    return bool(late) or are_stale(state.skills, batch, versions)


def fold_personal(
    state: PersonalState,
    events: Iterable[Stored],
    versions: Mapping[str, VersionFacts],
    *,
    history: Iterable[Stored] = (),
) -> PersonalState:
    """Return the state with events taken in, each exactly once, for answers add up."""
    batch, everything = list(events), list(history)
    raised = raised_in(batch).union(state.raised)
    state = replace(
        state,
        raised=tuple(sorted(raised)),
        days=fold_days(state.days, batch, history=everything),
        streak=fold_streak(state.streak, batch),
        skills=fold_skills(state.skills, batch, versions, raised=raised, history=everything),
    )
    for stored in batch:
        state = _applied(state, stored, versions)
    return state


def _applied(
    state: PersonalState, stored: Stored, versions: Mapping[str, VersionFacts]
) -> PersonalState:
    body, order = stored.event.body, stored.order
    match stored.event.type:
        case "bookmark.set":
            return _bookmarked(state, stored, versions)
        case "preference.set":
            set_ = put(state.preferences, body["name"], body.get("value"), order)
            return replace(state, preferences=bounded(set_))
        case "consent.changed":
            return replace(
                state, consents=bounded(put(state.consents, body["name"], body["given"], order))
            )
        case "assignment.made" | "assignment.withdrawn":
            return _assigned(state, stored)
    return state


def _bookmarked(
    state: PersonalState, stored: Stored, versions: Mapping[str, VersionFacts]
) -> PersonalState:
    lesson = facts_of(stored, versions)
    if lesson is None:
        return state
    name = f"{versions[stored.event.version or ''].course_id}/{lesson.key}"
    value = lesson.id if stored.event.body["bookmarked"] else None
    return replace(state, bookmarks=put(state.bookmarks, name, value, stored.order))


def _assigned(state: PersonalState, stored: Stored) -> PersonalState:
    body = stored.event.body
    known = state.assignments.get(body["assignmentId"])
    if known is not None and known.place >= stored.place:
        return state
    values = body if stored.event.type == "assignment.made" else None
    assignment = Assignment(place=stored.place, values=values)
    return replace(state, assignments={**state.assignments, body["assignmentId"]: assignment})
