"""CohortApi: the writes of managers, and joining; reports are another module's."""

import secrets
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from services.content.contract import CatalogApi
from services.kit.clock import Clock
from services.kit.errors import Conflict, Forbidden, LimitReached, NotFound, NotPublished
from services.kit.records import Actor, Page, PageArgs
from services.progress.contract import (
    MAX_ASSIGNMENTS,
    MAX_AT_ONCE,
    MAX_MEMBERS,
    Assign,
    Assignment,
    Cohort,
    CohortReport,
    Invitation,
    Invite,
    Member,
)
from services.progress.domain.closing import Erased
from services.progress.domain.cohort import (
    CODE_LENGTH,
    CODE_LIFE,
    Assigned,
    CohortState,
    check_emails,
    code_of,
    cohort_id,
    read_code,
    read_name,
    shown_code,
)
from services.progress.use_cases.assigning import Assigning
from services.progress.use_cases.cohort_reports import Reports
from services.progress.use_cases.cohort_store import Cohorts
from services.progress.use_cases.managing import (
    Managing,
    check_manager,
    shown,
)
from services.progress.use_cases.profile import profile_of
from services.progress.use_cases.store import Store
from services.progress.use_cases.syncing import registering

MAX_COHORTS = 20
"""Cohorts that one learner is in, at most: what they are assigned stays small enough for Home."""
MAX_GUESSES = 20
"""Codes that one account may try in an hour."""
TRIES = 20
"""How often a write starts anew because somebody else was first."""
WRONG_CODE = "This code is wrong or has expired: ask for a new one."


class CohortUseCases:
    """The implementation of CohortApi."""

    def __init__(  # noqa: PLR0913 - the parts of one role
        self,
        cohorts: Cohorts,
        store: Store,
        assigning: Assigning,
        reports: Reports,
        *,
        catalog: CatalogApi,
        origin: str,
        clock: Clock,
    ) -> None:
        """Keep the parts; `origin` is where the addresses of invitations begin."""
        self._cohorts = cohorts
        self._store = store
        self._assigning = assigning
        self._reports = reports
        self._managing = Managing(cohorts)
        self._catalog = catalog
        self._origin = origin
        self._clock = clock

    async def create(self, actor: Actor, name: str) -> Cohort:
        """Return the organisation's cohort of that name, new where there was none."""
        check_manager(actor)
        if actor.organisation is None:
            raise Forbidden("A cohort belongs to an organisation, and your token names none.")
        tidy = read_name(name)
        made = CohortState(
            id=cohort_id(actor.organisation, tidy),
            organisation=actor.organisation,
            name=tidy,
            created_at=self._clock(),
        )
        return shown(await self._cohorts.create(made))

    async def add(self, actor: Actor, cohort_id: str, learner_ids: tuple[str, ...]) -> Cohort:
        """Add accounts, all or none; a repeat is a no-op."""
        cohort = await self._managing.one(actor, cohort_id)
        if len(learner_ids) > MAX_AT_ONCE:
            raise LimitReached(f"Add at most {MAX_AT_ONCE} at once.", path=("learnerIds",))
        await self._check_accounts(learner_ids)
        await self._enter(cohort.id, learner_ids)
        return shown(cohort)

    async def invite(self, actor: Actor, invite: Invite) -> Invitation:
        """Return the cohort's code, good for 30 days from now; no mail is sent."""
        cohort = await self._managing.one(actor, invite.cohort_id)
        if len(invite.emails) > MAX_AT_ONCE:
            raise LimitReached(f"Invite at most {MAX_AT_ONCE} at once.", path=("emails",))
        check_emails(invite.emails)
        for _ in range(TRIES):
            now = self._clock()
            known = None if invite.renew else cohort.open_code(now)
            code, until = known or code_of(secrets.token_bytes(CODE_LENGTH)), now + CODE_LIFE
            if await self._cohorts.put_code(cohort.id, code, until, expected=cohort.code):
                url = f"{self._origin}/join/{shown_code(code)}"
                return Invitation(code=shown_code(code), url=url, expires_at=until)
            cohort = await self._managing.one(actor, invite.cohort_id)
        raise Conflict("Others renew this code at the same time: try again.")

    async def join(self, actor: Actor, code: str) -> Cohort:
        """Join by a code; a repeat is a no-op."""
        if actor.is_guest:
            raise Forbidden("Sign in with an account first: a guest cannot join a cohort.")
        known = await self._store.learners([actor.subject])
        if actor.subject in known and known[actor.subject].state.erased:
            raise Erased
        now = self._clock()
        if await self._cohorts.guesses(actor.subject, now=now) > MAX_GUESSES:
            raise LimitReached("Too many codes were tried: wait an hour.", path=("code",))
        typed = read_code(code)
        cohort = await self._cohorts.by_code(typed) if typed else None
        if cohort is None or cohort.open_code(now) is None:
            raise NotFound(WRONG_CODE, path=("code",))
        await self._assigning.tell(cohort.id, actor.subject, own=registering(actor, self._clock))
        await self._enter(cohort.id, (actor.subject,))
        await self._assigning.tell(cohort.id, actor.subject)
        return shown(cohort)

    async def remove(self, actor: Actor, cohort_id: str, learner_id: str) -> Cohort:
        """Remove a member; a repeat is a no-op."""
        cohort = await self._managing.one(actor, cohort_id)
        await self._cohorts.leave(cohort.id, (learner_id,))
        return shown(cohort)

    async def assign(self, actor: Actor, assign: Assign) -> Cohort:
        """Assign a published course, or change until when it is due; a repeat is a no-op."""
        await self._managing.one(actor, assign.cohort_id)
        (course,) = await self._catalog.courses((assign.course_id,))
        if course is None:
            raise NotFound("There is no such course.", path=("courseId",))
        if course.version_id is None:
            raise NotPublished("The course is not published.", path=("courseId",))
        fresh = Assigned(course_id=course.id, version_id=course.version_id)

        def with_it(assigned: Sequence[Assigned]) -> list[Assigned]:
            known = next((one for one in assigned if one.course_id == course.id), fresh)
            others = [one for one in assigned if one.course_id != course.id]
            return [*others, replace(known, due_on=assign.due_on)]

        return await self._reassign(actor, assign.cohort_id, with_it)

    async def unassign(self, actor: Actor, cohort_id: str, course_id: str) -> Cohort:
        """Take an assignment back; a repeat is a no-op."""
        return await self._reassign(
            actor,
            cohort_id,
            lambda assigned: [one for one in assigned if one.course_id != course_id],
        )

    async def cohorts(self, actor: Actor, ids: tuple[str, ...]) -> tuple[Cohort | None, ...]:
        """Return cohorts by id; None for what the actor does not manage."""
        return await self._managing.some(actor, ids)

    async def managed(self, actor: Actor, page: PageArgs) -> Page[Cohort]:
        """Return the organisation's cohorts by name; for an ADMIN without one, all."""
        return await self._managing.page(actor, page)

    async def members(self, actor: Actor, cohort_id: str, page: PageArgs) -> Page[Member]:
        """Return a page of members, in an order that stays."""
        return await self._reports.members(await self._managing.one(actor, cohort_id), page)

    async def assignments(
        self, actor: Actor, cohort_ids: tuple[str, ...]
    ) -> tuple[tuple[Assignment, ...], ...]:
        """Return what each cohort is assigned."""
        managed = [await self._managing.one(actor, id_) for id_ in cohort_ids]
        return tuple([await self._reports.assignments(cohort) for cohort in managed])

    async def report(self, actor: Actor, cohort_id: str) -> CohortReport:
        """Return how a cohort gets on."""
        return await self._reports.report(await self._managing.one(actor, cohort_id))

    async def csv_url(self, actor: Actor, cohort_id: str) -> str:
        """Return an address, good for an hour, of the report as CSV."""
        return self._reports.csv_url(await self._managing.one(actor, cohort_id))

    async def _reassign(
        self,
        actor: Actor,
        cohort_id: str,
        change: Callable[[Sequence[Assigned]], Sequence[Assigned]],
    ) -> Cohort:
        for _ in range(TRIES):
            cohort = await self._managing.one(actor, cohort_id)
            assigned = change(cohort.assigned)
            if set(assigned) == set(cohort.assigned):
                return shown(cohort)
            if len(assigned) > MAX_ASSIGNMENTS:
                raise LimitReached(f"Assign at most {MAX_ASSIGNMENTS} courses to a cohort.")
            if await self._cohorts.put_assigned(cohort.id, assigned, expected=cohort.revision):
                return shown(cohort)
        raise Conflict("Others change what is assigned at the same time: try again.")

    async def _check_accounts(self, learner_ids: Sequence[str]) -> None:
        """Return when all are accounts that Morsel has met, else NotFound or Forbidden."""
        found = await self._store.learners(list(dict.fromkeys(learner_ids)))
        for i, id_ in enumerate(learner_ids):
            path = ("learnerIds", str(i))
            learner = found.get(id_)
            if learner is None or learner.state.closed_to is not None or learner.state.erased:
                raise NotFound("No learner has this id, or they never signed in.", path=path)
            if profile_of(id_, learner.state).is_guest:
                raise Forbidden("This is a guest: they join once they have an account.", path=path)

    async def _enter(self, cohort_id: str, learner_ids: Sequence[str]) -> None:
        """Make learners members within the limits; beyond them LimitReached, and none of them."""
        present = await self._cohorts.present(cohort_id, learner_ids)
        fresh = [id_ for id_ in dict.fromkeys(learner_ids) if id_ not in present]
        if not fresh:
            return
        full = LimitReached(f"A cohort has at most {MAX_MEMBERS} members.")
        if await self._cohorts.size(cohort_id) + len(fresh) > MAX_MEMBERS:
            raise full
        if any(n >= MAX_COHORTS for n in (await self._cohorts.memberships(fresh)).values()):
            raise LimitReached(f"A learner is in at most {MAX_COHORTS} cohorts: one is in so many.")
        entered = await self._cohorts.add(cohort_id, fresh, at=self._clock())
        if await self._cohorts.size(cohort_id) > MAX_MEMBERS:
            await self._cohorts.leave(cohort_id, entered)
            raise full
