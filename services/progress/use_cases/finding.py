"""What employers may find of learners: how long each skill is known, by its question cards."""

from collections.abc import Iterable, Sequence

from services.kit.clock import from_millis
from services.kit.records import OutboxEntry
from services.progress.contract import LEVELS, SkillMemory
from services.progress.domain.cards import Schedule
from services.progress.domain.event import Event
from services.progress.use_cases.profile import profile_of
from services.progress.use_cases.standings import standings_of
from services.progress.use_cases.store import CardDocument, LearnerDocument

HORIZON = 3650
"""Study days that are looked ahead, from the last review of any card."""
MOVED = "learner.findable"
"""Type of the entry that tells that what employers may find of a learner may have changed."""
TYPES = frozenset(
    {"question.answered", "card.reviewed", "grade.raised", "attempt.submitted", "profile.set"}
)
"""Types of event that change it for somebody who agreed; `consent.changed` does for everybody."""


def is_discoverable(learner: LearnerDocument) -> bool:
    """Return whether a learner agreed to be found."""
    return profile_of(learner.learner_id, learner.state).discoverable


def moved_entries(
    learner: LearnerDocument, events: Iterable[Event], *, n: int
) -> tuple[OutboxEntry, ...]:
    """Return what a submission, the log's nth, tells of a learner who is found, or was."""
    types = {event.type for event in events}
    told = "consent.changed" in types or (is_discoverable(learner) and not types.isdisjoint(TYPES))
    if not told:
        return ()
    data = {"learnerId": learner.learner_id}
    return (OutboxEntry(id=f"findable:{learner.learner_id}:{n}", type=MOVED, data=data),)


def memories(learner: LearnerDocument, cards: Iterable[CardDocument]) -> tuple[SkillMemory, ...]:
    """Return how long each skill that was asked is still known."""
    schedules: dict[str, list[Schedule]] = {}
    for card in cards:
        if card.key.is_question and card.schedule is not None and card.state.met is not None:
            for skill in card.state.met.skills:
                schedules.setdefault(skill, []).append(card.schedule)
    return tuple(
        SkillMemory(
            skill_id=skill,
            mastery=state.mastery,
            answers=state.answers,
            last_practised_at=from_millis(state.last[0]),
            known_until=known_until(schedules[skill]) if skill in schedules else (),
        )
        for skill, state in sorted(standings_of(learner).items())
    )


def known_until(schedules: Sequence[Schedule]) -> tuple[int, ...]:
    """Return for each level the last day on which the mean chance of recall is at least so.

    It only falls from day to day, so each is found by halving; beyond the horizon is the horizon.
    """
    first = max(schedule.last_day for schedule in schedules)
    found, latest = [], first + HORIZON
    for level in LEVELS:  # rising: what is lost at one level is lost at the next
        low, high = first - 1, latest
        while low < high:
            middle = (low + high + 1) // 2
            if _mean(schedules, middle) >= level:
                low = middle
            else:
                high = middle - 1
        latest = low
        found.append(low)
    return tuple(found)


def _mean(schedules: Sequence[Schedule], day: int) -> float:
    return sum(schedule.retrievability(day) for schedule in schedules) / len(schedules)
