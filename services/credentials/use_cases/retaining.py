"""Retention: how well holders still know what their credentials are for."""

from collections.abc import Sequence
from typing import Protocol

from services.credentials.domain.records import Definition, Issued
from services.progress.contract import AdviceApi, SkillStanding

DIGITS = 4


class DefinitionStore(Protocol):
    """Where awards are kept."""

    async def definitions(self, version_ids: Sequence[str]) -> dict[str, Definition]:
        """Return the awards of course versions, by the version's id."""


class Retaining:
    """Asks progress how holders stand in the skills of what they hold."""

    def __init__(self, store: DefinitionStore, advice: AdviceApi) -> None:
        """Keep where skills of awards are, and who knows how learners stand in them."""
        self._store = store
        self._advice = advice

    async def of(self, held: Sequence[Issued]) -> tuple[float | None, ...]:
        """Return for each the mean chance, 0 to 1, that its skills are still known today.

        None where its holder was never asked any of them.
        """
        if not held:
            return ()
        definitions = await self._store.definitions([issued.version_id for issued in held])
        learners = tuple(dict.fromkeys(issued.learner_id for issued in held))
        found = await self._advice.standings(learners)
        standings = dict(zip(learners, found, strict=True))
        return tuple(
            _mean(definitions.get(issued.version_id), standings[issued.learner_id])
            for issued in held
        )


def _mean(definition: Definition | None, standings: Sequence[SkillStanding]) -> float | None:
    skills = {skill.id for skill in definition.skills} if definition else set()
    known = [one.retention for one in standings if one.skill_id in skills]
    return round(sum(known) / len(known), DIGITS) if known else None
