"""Cohorts in memory: an honest fake of CohortApi."""

from dataclasses import dataclass, field

from services.content.contract import CatalogApi
from services.kit.errors import Forbidden, NotFound
from services.kit.ids import Kind, new_id
from services.kit.records import Actor, Page, PageArgs, Role
from services.progress import contract as progress
from services.progress.domain.cohort import assignment_id, cohort_id, read_name
from tests.support.counted import EPOCH, Counted, paged

CODE = "ABCD-EFGH-JKMN"


@dataclass
class Kept:
    """A cohort, who is in it and what it is to do."""

    cohort: progress.Cohort
    members: list[str] = field(default_factory=list)
    assigned: dict[str, progress.Assign] = field(default_factory=dict)
    code: str | None = None


class Roll(Counted):
    """CohortApi over what a test does to it; nobody has learned anything yet."""

    def __init__(self, catalog: CatalogApi) -> None:
        super().__init__()
        self._catalog = catalog
        self._kept: dict[str, Kept] = {}

    async def create(self, actor: Actor, name: str) -> progress.Cohort:
        _check(actor)
        organisation, tidy = actor.organisation or "", read_name(name)
        id_ = cohort_id(organisation, tidy)
        made = progress.Cohort(id=id_, organisation=organisation, name=tidy, created_at=EPOCH)
        return self._kept.setdefault(id_, Kept(made)).cohort

    async def add(
        self, actor: Actor, cohort_id: str, learner_ids: tuple[str, ...]
    ) -> progress.Cohort:
        kept = self._own(actor, cohort_id)
        kept.members = sorted({*kept.members, *learner_ids})
        return kept.cohort

    async def invite(self, actor: Actor, invite: progress.Invite) -> progress.Invitation:
        kept = self._own(actor, invite.cohort_id)
        kept.code = CODE
        return progress.Invitation(
            code=CODE, url=f"https://x.example/join/{CODE}", expires_at=EPOCH
        )

    async def join(self, actor: Actor, code: str) -> progress.Cohort:
        for kept in self._kept.values():
            if kept.code == code:
                kept.members = sorted({*kept.members, actor.subject})
                return kept.cohort
        raise NotFound("This code is wrong.", path=("code",))

    async def remove(self, actor: Actor, cohort_id: str, learner_id: str) -> progress.Cohort:
        kept = self._own(actor, cohort_id)
        kept.members = [id_ for id_ in kept.members if id_ != learner_id]
        return kept.cohort

    async def assign(self, actor: Actor, assign: progress.Assign) -> progress.Cohort:
        kept = self._own(actor, assign.cohort_id)
        if await self._catalog.courses((assign.course_id,)) == (None,):
            raise NotFound("There is no such course.", path=("courseId",))
        kept.assigned[assign.course_id] = assign
        return kept.cohort

    async def unassign(self, actor: Actor, cohort_id: str, course_id: str) -> progress.Cohort:
        kept = self._own(actor, cohort_id)
        kept.assigned.pop(course_id, None)
        return kept.cohort

    async def cohorts(
        self, actor: Actor, ids: tuple[str, ...]
    ) -> tuple[progress.Cohort | None, ...]:
        _check(actor)
        found = (self._kept.get(id_) for id_ in ids)
        return tuple(
            kept.cohort if kept and kept.cohort.organisation == actor.organisation else None
            for kept in found
        )

    async def managed(self, actor: Actor, page: PageArgs) -> Page[progress.Cohort]:
        _check(actor)
        own = (kept.cohort for kept in self._kept.values())
        named = [cohort for cohort in own if cohort.organisation == actor.organisation]
        return paged(sorted(named, key=lambda cohort: cohort.name), page)

    async def members(self, actor: Actor, cohort_id: str, page: PageArgs) -> Page[progress.Member]:
        members = self._own(actor, cohort_id).members
        return paged([progress.Member(learner_id=id_) for id_ in members], page)

    async def assignments(
        self, actor: Actor, cohort_ids: tuple[str, ...]
    ) -> tuple[tuple[progress.Assignment, ...], ...]:
        return tuple(self._assigned(self._own(actor, id_)) for id_ in cohort_ids)

    async def report(self, actor: Actor, cohort_id: str) -> progress.CohortReport:
        kept = self._own(actor, cohort_id)
        return progress.CohortReport(
            cohort_id=cohort_id, members=len(kept.members), active7_days=0, completions=0
        )

    async def csv_url(self, actor: Actor, cohort_id: str) -> str:
        return f"https://x.example/reports/{self._own(actor, cohort_id).cohort.id}.csv"

    def _own(self, actor: Actor, cohort_id: str) -> Kept:
        _check(actor)
        kept = self._kept.get(cohort_id)
        if kept is None or kept.cohort.organisation != actor.organisation:
            raise NotFound("There is no such cohort.", path=("cohortId",))
        return kept

    def _assigned(self, kept: Kept) -> tuple[progress.Assignment, ...]:
        return tuple(
            progress.Assignment(
                id=assignment_id(kept.cohort.id, assign.course_id),
                cohort_id=kept.cohort.id,
                course_id=assign.course_id,
                version_id=new_id(Kind.VERSION),
                due_on=assign.due_on,
                assigned=len(kept.members),
                completed=0,
                overdue=0,
            )
            for assign in kept.assigned.values()
        )


def _check(actor: Actor) -> None:
    if Role.MANAGER not in actor.roles or actor.organisation is None:
        raise Forbidden("Only managers may do this.")
