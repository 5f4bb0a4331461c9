"""Who manages which cohort: a manager those of their organisation, an administrator all."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from services.kit.errors import Forbidden, Invalid, NotFound
from services.kit.records import Actor, Page, PageArgs, Role
from services.progress.contract import Cohort
from services.progress.domain.cohort import CohortState
from services.progress.use_cases.cohort_store import Cohorts

MOST = 100
NO_COHORT = "There is no such cohort in your organisation."


def check_manager(actor: Actor) -> None:
    """Return when somebody manages cohorts, else Forbidden."""
    if Role.ADMIN in actor.roles:
        return
    if Role.MANAGER not in actor.roles or actor.organisation is None:
        raise Forbidden("Cohorts are for the role MANAGER of an organisation.")


def shown(cohort: CohortState) -> Cohort:
    """Return a cohort as others see it."""
    return Cohort(
        id=cohort.id,
        organisation=cohort.organisation,
        name=cohort.name,
        created_at=cohort.created_at,
    )


class Managing:
    """Finds cohorts for those who manage them; of another organisation there is none."""

    def __init__(self, cohorts: Cohorts) -> None:
        """Read from this store."""
        self._cohorts = cohorts

    async def one(self, actor: Actor, cohort_id: str) -> CohortState:
        """Return a cohort, else Forbidden or NotFound."""
        check_manager(actor)
        found = (await self._cohorts.cohorts([cohort_id])).get(cohort_id)
        if found is None or not _manages(actor, found):
            raise NotFound(NO_COHORT, path=("cohortId",))
        return found

    async def some(self, actor: Actor, ids: tuple[str, ...]) -> tuple[Cohort | None, ...]:
        """Return cohorts by id; None for what the actor does not manage."""
        check_manager(actor)
        found = await self._cohorts.cohorts(ids)
        return tuple(
            shown(cohort) if (cohort := found.get(id_)) and _manages(actor, cohort) else None
            for id_ in ids
        )

    async def page(self, actor: Actor, page: PageArgs) -> Page[Cohort]:
        """Return cohorts by name: the organisation's; for an ADMIN without one, all."""
        check_manager(actor)
        first = check_first(page)
        after = _place(page.after)
        found = await self._cohorts.page(actor.organisation, after=after, limit=first + 1)
        nodes = found[:first]
        return Page(
            nodes=tuple(map(shown, nodes)),
            cursors=tuple(_cursor(cohort) for cohort in nodes),
            has_next=len(found) > first,
            has_previous=after is not None,
            total=await self._cohorts.count(actor.organisation),
        )


def check_first(page: PageArgs) -> int:
    """Return how many a page may hold, else Invalid."""
    if not 1 <= page.first <= MOST:
        raise Invalid(f"first must be 1 to {MOST}.", path=("first",))
    return page.first


def _manages(actor: Actor, cohort: CohortState) -> bool:
    return Role.ADMIN in actor.roles or cohort.organisation == actor.organisation


def _cursor(cohort: CohortState) -> str:
    place = json.dumps([cohort.organisation, cohort.name])
    return urlsafe_b64encode(place.encode()).decode()


def _place(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    try:
        return msgspec.json.decode(urlsafe_b64decode(cursor.encode()), type=tuple[str, str])
    except (ValueError, msgspec.DecodeError) as error:
        raise Invalid("after is no cursor of this list.", path=("after",)) from error
