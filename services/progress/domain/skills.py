"""Skill standings: how much of what was asked of a skill was right, recent answers heavier.

Practice answers are taken in one by one, in order; one that is older than what is in, or a raised
grade, needs the learner's events again (see `are_stale`). Assessments come from the course's state,
once released: before, a standing would tell what the marks do not.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from services.content.contract import LessonKind, VersionFacts
from services.kit.records import Record
from services.progress.domain.course import facts_of
from services.progress.domain.stored import Order, Stored

FADING = 0.9
"""Weight of an answer against the next one of the same skill."""
DIGITS = 6


class SkillState(Record, array_like=True):
    """What answers say of one skill."""

    last: Order
    """Watermark: the latest answer."""
    answers: int = 0
    right: float = 0.0
    """Weights of the right answers."""
    weight: float = 0.0
    """Weights of all answers."""

    @property
    def mastery(self) -> float:
        """Return the weighted share of right answers, 0 to 1."""
        return round(self.right / self.weight, DIGITS)


class Evidence(Record):
    """One answer that counts for skills."""

    order: Order
    skills: tuple[str, ...]
    correct: bool


Skills: TypeAlias = Mapping[str, SkillState]
"""By skill id."""


def fold_skills(
    skills: Skills,
    events: Iterable[Stored],
    versions: Mapping[str, VersionFacts],
    *,
    raised: frozenset[str],
    history: Iterable[Stored] = (),
) -> Skills:
    """Return the standings from practice with events taken in.

    `raised` names all answers that a corrected key made right; `history`, needed where `are_stale`,
    holds all events of the learner.
    """
    batch = list(events)
    if are_stale(skills, batch, versions):
        skills, batch = {}, list(history)
    return weighed(skills, practised(batch, versions, raised=raised))


def are_stale(
    skills: Skills, events: Iterable[Stored], versions: Mapping[str, VersionFacts]
) -> bool:
    """Return whether the standings from practice must be made again from all events."""
    batch = list(events)
    if any(stored.event.type == "grade.raised" for stored in batch):
        return True
    return any(
        skill in skills and one.order <= skills[skill].last
        for one in practised(batch, versions)
        for skill in one.skills
    )


def raised_in(events: Iterable[Stored]) -> frozenset[str]:
    """Return the ids of the answers that a corrected key made right."""
    return frozenset(
        stored.event.body["answer"]
        for stored in events
        if stored.event.type == "grade.raised" and stored.event.body["correct"]
    )


def practised(
    events: Iterable[Stored],
    versions: Mapping[str, VersionFacts],
    *,
    raised: frozenset[str] = frozenset(),
) -> list[Evidence]:
    """Return the marked answers of practice lessons; those `raised` are right."""
    return [
        Evidence(
            order=stored.order,
            skills=skills,
            correct=stored.mark.correct or stored.event.id in raised,
        )
        for stored in events
        if stored.mark is not None and (skills := _practice_skills(stored, versions))
    ]


def weighed(skills: Skills, evidence: Iterable[Evidence]) -> Skills:
    """Return the standings with answers taken in, in total order."""
    found = dict(skills)
    for one in sorted(evidence, key=lambda one: one.order):
        for skill in one.skills:
            found[skill] = _with(found.get(skill, SkillState(last=one.order)), one)
    return found


def together(parts: Iterable[Skills]) -> Skills:
    """Return standings from several places as one each; the order of the parts is theirs."""
    found: dict[str, SkillState] = {}
    for part in parts:
        for skill, state in part.items():
            known = found.get(skill, SkillState(last=state.last))
            found[skill] = SkillState(
                last=max(known.last, state.last),
                answers=known.answers + state.answers,
                right=known.right + state.right,
                weight=known.weight + state.weight,
            )
    return found


def _practice_skills(stored: Stored, versions: Mapping[str, VersionFacts]) -> tuple[str, ...]:
    lesson = facts_of(stored, versions)
    if lesson is None or lesson.kind is not LessonKind.PRACTICE:
        return ()
    question = lesson.questions.get(stored.event.question or "")
    return question.skills if question else ()


def _with(state: SkillState, one: Evidence) -> SkillState:
    return SkillState(
        last=one.order,
        answers=state.answers + 1,
        right=state.right * FADING + one.correct,
        weight=state.weight * FADING + 1,
    )
