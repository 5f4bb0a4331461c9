"""TrackingApi: the writes of progress, each of them an event of a learner's log."""

from services.content.contract import CatalogApi
from services.kit.clock import Clock
from services.kit.errors import Forbidden, NotFound, NotPublished
from services.kit.ids import uuid7, version_hash
from services.kit.records import Actor, Json
from services.progress.contract import (
    Enrolment,
    GuestProfile,
    Profile,
    ProfileUpdate,
    Push,
    ServerEvent,
    SyncResult,
)
from services.progress.domain.closing import Claimed, Erased
from services.progress.domain.course import CourseState
from services.progress.domain.event import Event, server_event
from services.progress.domain.ids import enrolment_id
from services.progress.domain.settings import check_zone
from services.progress.use_cases.appending import Appender
from services.progress.use_cases.claiming import Claiming
from services.progress.use_cases.profile import profile_of
from services.progress.use_cases.store import Store
from services.progress.use_cases.syncing import Syncing, registering
from services.progress.use_cases.updating import Updating

TOLD = "credential."
"""What other services may add to a log: types that begin so."""
NO_COURSE = "There is no such course."
NOT_ENROLLED = "You are not enrolled in this course."


class Tracking:
    """The writes of progress: everything that adds to a learner's log goes through its Appender."""

    def __init__(
        self,
        store: Store,
        appender: Appender,
        *,
        syncing: Syncing,
        claiming: Claiming,
        catalog: CatalogApi,
        clock: Clock,
    ) -> None:
        """Keep the parts."""
        self._store = store
        self._appender = appender
        self._syncing = syncing
        self._claiming = claiming
        self._updating = Updating(appender, clock)
        self._catalog = catalog
        self._clock = clock

    async def start_guest(self, actor: Actor, guest: GuestProfile) -> Profile:
        """Register a new guest; Invalid where there is no such time zone."""
        if not actor.is_guest:
            raise Forbidden("Only a guest starts as a guest.")
        check_zone(guest.time_zone)
        values = {"locale": guest.locale, "timeZone": guest.time_zone, "isGuest": True}
        own = self._own("profile.set", values)
        appended = await self._appender.append(actor.subject, (), own=lambda _: (own,))
        return profile_of(actor.subject, appended.learner.state)

    async def claim_guest(self, actor: Actor, guest_id: str) -> Profile:
        """Move a guest's events into the actor's log and close the guest's.

        Repeating it is a no-op.
        """
        settings = await self._claiming.check(actor, guest_id)
        own = registering(actor, self._clock, start=settings)
        await self._appender.append(actor.subject, (), own=own)
        learner = await self._claiming.claim(actor, guest_id)
        return profile_of(actor.subject, learner.state)

    async def enrol(self, actor: Actor, course_id: str) -> Enrolment:
        """Enrol in the course's published version.

        NotFound, NotPublished; Conflict for a guest whom an account has claimed. Repeating it
        returns the enrolment.
        """
        (course,) = await self._catalog.courses((course_id,))
        if course is None:
            raise NotFound(NO_COURSE, path=("courseId",))
        if course.version_id is None:
            raise NotPublished("The course is not published.", path=("courseId",))
        state = await self._course(actor.subject, course_id)
        if state.standing is None or state.standing.withdrawn:
            made = self._own("enrolment.made", {}, version=version_hash(course.version_id))
            told = registering(actor, self._clock)
            appended = await self._appender.append(
                actor.subject, (), own=lambda learner: (*told(learner), made)
            )
            if appended.learner.state.closed_to is not None:
                raise Claimed("enrol")
        return await self._enrolment(actor.subject, course_id)

    async def withdraw(self, actor: Actor, course_id: str) -> Enrolment:
        """Withdraw from a course; progress is kept. Enrolling again takes it up."""
        state = await self._course(actor.subject, course_id)
        if state.pin is None or state.standing is None:
            await self._check_open(actor)
            raise NotFound(NOT_ENROLLED, path=("courseId",))
        if not state.standing.withdrawn:
            own = self._own("enrolment.withdrawn", {}, version=state.pin.version)
            await self._appender.append(actor.subject, (), own=lambda _: (own,))
            await self._check_open(actor)
        return await self._enrolment(actor.subject, course_id)

    async def record(self, events: tuple[ServerEvent, ...]) -> None:
        """Append events of other services (credential.*) to learners' logs; else Forbidden."""
        if not all(event.type.startswith(TOLD) for event in events):
            raise Forbidden("Other services tell of credentials, and of nothing else.")
        for event in events:
            own = server_event(event.id, event.type, at=event.at, body=event.body)
            await self._record(event.learner_id, own)

    async def update_profile(self, actor: Actor, update: ProfileUpdate) -> Profile:
        """Change the actor's own settings; see Updating."""
        return await self._updating.update(actor, update)

    async def sync(self, actor: Actor, push: Push) -> SyncResult:
        """Store events, then return changes; see Syncing."""
        return await self._syncing.sync(actor, push)

    async def _record(self, learner_id: str, own: Event) -> None:
        """Append to the learner's log, or to that of the account which has claimed it.

        Of who was erased, nothing is noted.
        """
        try:
            appended = await self._appender.append(learner_id, (), own=lambda _: (own,))
        except Erased:
            return
        if (account := appended.learner.state.closed_to) is not None:
            await self._record(account, own)

    async def _check_open(self, actor: Actor) -> None:
        """Return unless the actor is a guest whom an account has claimed."""
        found = (await self._store.learners([actor.subject])).get(actor.subject)
        if found is not None and found.state.closed_to is not None:
            raise Claimed("withdraw")

    async def _course(self, learner_id: str, course_id: str) -> CourseState:
        try:
            id_ = enrolment_id(learner_id, course_id)
        except NotFound as error:
            raise NotFound(NO_COURSE, path=("courseId",)) from error
        found = await self._store.courses([id_])
        return found[id_].state if id_ in found else CourseState()

    async def _enrolment(self, learner_id: str, course_id: str) -> Enrolment:
        id_ = enrolment_id(learner_id, course_id)
        view = (await self._store.courses([id_]))[id_].view
        if view is None:
            raise NotFound(NOT_ENROLLED, path=("courseId",))
        return view

    def _own(self, event_type: str, body: Json, *, version: str | None = None) -> Event:
        return server_event(str(uuid7()), event_type, at=self._clock(), version=version, body=body)
