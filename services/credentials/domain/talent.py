"""Talent: what is kept of somebody who agreed to be found, and how a search reads."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from services.credentials.contract import MAX_SKILLS, CredentialStatus, TalentQuery
from services.credentials.domain.records import Definition, Issued
from services.kit.errors import Invalid
from services.kit.ids import Kind, kind_of
from services.kit.records import Record
from services.progress.contract import LEVELS, Findable, SkillMemory, SkillStanding

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Where a credential has no last day."""
SHOWN_CREDENTIALS = 3
"""Credentials that are kept for one skill of one person: the latest."""

HIDDEN: Mapping[str, Any] = {
    "status_reason": None,
    "changes": (),
    "share_url": None,
    "share_expires_at": None,
    "shares_retention": False,
    "linked_in_url": None,
}
"""Of a credential, what is its holder's alone, as employers see it who found them."""


class FoundSkill(Record):
    """A skill that somebody is found by."""

    id: str
    ends: datetime
    """When the last credential that proves it ends."""
    known_until: tuple[int, ...]
    """As SkillMemory has it."""
    mastery: float = 0.0
    answers: int = 0
    last_practised_at: datetime | None = None
    credentials: tuple[str, ...]
    """Ids, the latest first."""

    def standing(self, today: int) -> SkillStanding:
        """Return how it stands: retention in tenths, so that a search tells what it asked."""
        reached = [
            at for at, until in zip(LEVELS, self.known_until, strict=False) if until >= today
        ]
        return SkillStanding(
            skill_id=self.id,
            mastery=round(self.mastery, 1),
            retention=max(reached, default=0.0),
            answers=self.answers,
            last_practised_at=self.last_practised_at,
        )


class Findings(Record):
    """Somebody who is found, and by what."""

    learner_id: str
    name: str
    skills: tuple[FoundSkill, ...]


class Search(Record):
    """A query as the index reads it."""

    skill_ids: tuple[str, ...]
    level: int | None
    """Which of LEVELS each skill must reach; None: no matter."""
    now: datetime
    today: int
    """Study day in UTC."""


def found_by(
    findable: Findable, held: Iterable[Issued], definitions: Mapping[str, Definition], now: datetime
) -> Findings | None:
    """Return what somebody is found by; None without a name or a valid credential."""
    valid = sorted(
        (one for one in held if one.status_at(now) is CredentialStatus.VALID),
        key=lambda one: (one.awarded_at, one.id),
        reverse=True,
    )
    names = [findable.name, *(one.holder_name for one in valid)]
    name = next((name for name in names if name), None)
    proofs: dict[str, list[Issued]] = {}
    for issued in valid:
        definition = definitions.get(issued.version_id)
        for skill in definition.skills if definition else ():
            proofs.setdefault(skill.id, []).append(issued)
    if name is None or not proofs:
        return None
    memories = {memory.skill_id: memory for memory in findable.skills}
    skills = tuple(_found(id_, some, memories.get(id_)) for id_, some in sorted(proofs.items()))
    return Findings(learner_id=findable.learner_id, name=name, skills=skills)


def read_query(query: TalentQuery, *, now: datetime) -> Search:
    """Return a query as the index reads it; Invalid with what is allowed."""
    ids = tuple(dict.fromkeys(query.skill_ids))
    if not 1 <= len(ids) <= MAX_SKILLS:
        raise Invalid(f"skillIds must name 1 to {MAX_SKILLS} skills.", path=("skillIds",))
    if any(kind_of(id_) is not Kind.SKILL for id_ in ids):
        raise Invalid("skillIds must be ids of skills.", path=("skillIds",))
    days = (now - datetime(1970, 1, 1, tzinfo=UTC)).days
    return Search(skill_ids=ids, level=_level(query.min_retention), now=now, today=days)


def _level(retention: float | None) -> int | None:
    """Return the level of a chance, rounded up to a tenth."""
    if retention is None or retention == 0:
        return None
    if not 0 < retention <= LEVELS[-1]:
        raise Invalid(
            f"minRetention must be 0 to {LEVELS[-1]}; it counts in tenths.", path=("minRetention",)
        )
    return max(0, math.ceil(round(retention * 10, 6)) - 1)


def _found(skill_id: str, proofs: Sequence[Issued], memory: SkillMemory | None) -> FoundSkill:
    ends = max(one.valid_until or FOR_EVER for one in proofs)
    known = memory or SkillMemory(skill_id=skill_id, mastery=0.0, answers=0)
    return FoundSkill(
        id=skill_id,
        ends=ends,
        known_until=known.known_until,
        mastery=known.mastery,
        answers=known.answers,
        last_practised_at=known.last_practised_at,
        credentials=tuple(one.id for one in proofs[:SHOWN_CREDENTIALS]),
    )
