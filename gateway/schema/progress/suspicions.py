"""What may be wrong with a question, in words."""

from services.progress.contract import QuestionHealth

HARD = 0.2
EASY = 0.98
WEAK = 0.1
"""Below this discrimination a question tells little of who knows the lesson."""
FLAGS = 3
"""Learners who flag a question from which it is worth a look, however few answered it."""


def suspicion(health: QuestionHealth) -> str | None:
    """Return the gravest suspicion in a sentence; None where there is none."""
    flags = sum(each.learners for each in health.flags)
    if health.likely_key is not None:
        return (
            f"The key may be wrong: {health.astray} of {health.strong} learners who know the rest "
            "of the lesson chose the same other answer."
        )
    weakness = health.discrimination
    if weakness is not None and weakness < 0:
        return "Learners who know the rest of the lesson get it wrong more often than the others."
    if flags >= FLAGS:
        most = min(health.flags, key=lambda each: (-each.learners, each.reason))
        return f"{flags} learners flagged it, most of all as {most.reason}."
    return _mild(health) if health.claimed else None


def _mild(health: QuestionHealth) -> str | None:
    """Return what makes a question of little use though nothing in it need be wrong."""
    if health.facility < HARD:
        return "Hardly anybody gets it right: it may be unclear, or not taught before it is asked."
    if health.facility > EASY:
        return "Nearly everybody gets it right: it may give its answer away."
    if health.dead_choices:
        return f"Wrong choices that hardly anybody picks: {len(health.dead_choices)}."
    if health.discrimination is not None and health.discrimination < WEAK:
        return "It hardly tells those who know the rest of the lesson from the others."
    return None
