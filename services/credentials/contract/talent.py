"""Talent: people who agreed to be found, and who found them."""

from datetime import datetime
from typing import Protocol

from services.credentials.contract.credential import Credential
from services.kit.records import Actor, Page, PageArgs, Record
from services.progress.contract import SkillStanding

MAX_SKILLS = 10
"""Skills that a search names, at most."""
MIN_GROUP = 5
"""People that a search must find, for any of them to be shown."""
MOST_COUNTED = 1_000
"""People that a search counts: a total of so many says so many or more."""


class TalentQuery(Record):
    """What an employer looks for."""

    skill_ids: tuple[str, ...]
    """All of these, 1 to MAX_SKILLS."""
    min_retention: float | None = None
    """Chance that each is still known today; counts in tenths, rounded up. None: no matter."""
    page: PageArgs = PageArgs()


class Talent(Record):
    """Somebody who agreed to be found, with what was asked for and nothing else."""

    holder_name: str
    skills: tuple[SkillStanding, ...]
    """Those asked for; retention in tenths, rounded down, 0 where there are no question cards."""
    credentials: tuple[Credential, ...]
    """Valid ones that prove them, the latest first."""
    contact_url: str | None = None


class TalentView(Record):
    """That an employer found somebody, and by what."""

    at: datetime
    employer: str
    """Name of the organisation."""
    skill_ids: tuple[str, ...]


class TalentApi(Protocol):
    """People who agreed to be found, for employers; and who found them, for themselves."""

    async def talent(self, actor: Actor, query: TalentQuery) -> Page[Talent]:
        """Return people by skills that valid credentials prove; nobody where fewer than MIN_GROUP.

        Forbidden unless the actor is EMPLOYER of an organisation, LimitReached beyond an hour's
        searches. Whoever is shown can read of it.
        """

    async def talent_views(self, learner_id: str, page: PageArgs) -> Page[TalentView]:
        """Return who found a learner in the last year, the latest first."""
