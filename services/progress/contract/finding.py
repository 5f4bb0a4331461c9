"""What employers may find of a learner who agreed to be found."""

from datetime import datetime

from services.kit.records import Record

LEVELS = tuple(tenths / 10 for tenths in range(1, 10))
"""The chances of recall that employers may ask for: tenths, so that no question singles one out."""


class SkillMemory(Record):
    """How long a learner still knows a skill, should they practise it no more."""

    skill_id: str
    mastery: float
    answers: int
    last_practised_at: datetime | None = None
    known_until: tuple[int, ...] = ()
    """For each of LEVELS, the last study day (days since 1970) on which the mean chance that its
    question cards are known is at least so; empty where it has no question cards."""


class Findable(Record):
    """A learner who agreed to be found."""

    learner_id: str
    name: str | None = None
    skills: tuple[SkillMemory, ...] = ()
