"""How learners stand in skills today: mastery as folded, and what is still known by their cards."""

from collections.abc import Iterable

from services.kit.clock import from_millis
from services.progress.contract import PROVEN_ANSWERS, PROVEN_MASTERY, SkillStanding
from services.progress.domain import fsrs
from services.progress.domain.calendar import study_day
from services.progress.domain.skills import SkillState
from services.progress.use_cases.standings import standings_of
from services.progress.use_cases.store import CardDocument, LearnerDocument

DIGITS = 6


def standings_on(
    learner: LearnerDocument, cards: Iterable[CardDocument], today: int
) -> tuple[SkillStanding, ...]:
    """Return the standing in each skill on a study day, best first."""
    known: dict[str, list[float]] = {}
    for card in cards:
        if card.key.is_question and card.schedule is not None and card.state.met is not None:
            for skill in card.state.met.skills:
                known.setdefault(skill, []).append(card.schedule.retrievability(today))
    found = [
        SkillStanding(
            skill_id=skill,
            mastery=state.mastery,
            retention=_mean(known[skill]) if skill in known else _assumed(state, today),
            answers=state.answers,
            last_practised_at=from_millis(state.last[0]),
        )
        for skill, state in standings_of(learner).items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.mastery, -one.answers, one.skill_id)))


def is_proven(standing: SkillStanding) -> bool:
    """Return whether a standing alone proves a skill."""
    return standing.mastery >= PROVEN_MASTERY and standing.answers >= PROVEN_ANSWERS


def _assumed(state: SkillState, today: int) -> float:
    """Return the retention of a skill without cards: mastery, fading as one card would.

    One that was answered right, for the first time, on the day of the last answer.
    """
    days = max(0, today - study_day(state.last[0], 0))
    stability = fsrs.first(fsrs.GOOD).stability
    return round(state.mastery * fsrs.retrievability(stability, days), DIGITS)


def _mean(chances: list[float]) -> float:
    return round(sum(chances) / len(chances), DIGITS)
