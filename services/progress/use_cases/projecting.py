"""Projecting.

State documents follow the log, each as a function of the documents up to its `through`.
"""

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from services.content.contract import AchievementFacts, VersionFacts
from services.kit.clock import Clock, to_rfc3339
from services.kit.records import OutboxEntry, Record
from services.progress.contract import Enrolment
from services.progress.domain.course import FOLDED_TYPES, CourseState, fold
from services.progress.domain.ids import enrolment_id
from services.progress.domain.learner import LearnerState, digest_of, fold_learner
from services.progress.domain.regrading import RAISED, missed_questions
from services.progress.domain.stored import Stored
from services.progress.use_cases.facts import Facts
from services.progress.use_cases.store import (
    CourseDocument,
    LearnerDocument,
    LogDocument,
    Store,
)
from services.progress.use_cases.view import award_due, enrolment_of


class Projected(Record):
    """A learner and the courses that were looked at, as they stand now."""

    learner: LearnerDocument
    courses: Mapping[str, CourseDocument] = {}


class Projector:
    """Brings a learner's state documents up to the head of the log.

    Safe in any number of processes at once.
    """

    def __init__(
        self,
        store: Store,
        facts: Facts,
        clock: Clock,
        *,
        wake: Callable[[], None],
        moved: Callable[[str], None],
    ) -> None:
        """`wake` is called when an outbox entry was written, `moved` when a learner moved on."""
        self._store = store
        self._facts = facts
        self._clock = clock
        self._wake = wake
        self._moved = moved

    async def catch_up(self, learner_id: str) -> LearnerDocument:
        """Return the learner as of the head of the log, having projected whatever was not."""
        while True:
            found = await self._store.learners([learner_id])
            learner = found.get(learner_id, LearnerDocument(learner_id=learner_id))
            documents = await self._store.log_after(learner_id, learner.through)
            if not documents:
                return learner
            if (projected := await self.project(learner, documents)) is not None:
                return projected.learner

    async def project(
        self,
        learner: LearnerDocument,
        documents: list[LogDocument],
        *,
        known: Mapping[str, CourseDocument] | None = None,
    ) -> Projected | None:
        """Return the learner with the next documents of the log taken in.

        None where another process was first. `known` holds course documents that were just read.
        """
        through = documents[-1].n
        events = [stored for document in documents for stored in document.events]
        versions = await self._versions(events)
        after = _learner_after(learner, documents)
        by_course = _by_course(events, versions)
        courses = dict(known or await self._courses(learner.learner_id, by_course))
        for course_id, own in by_course.items():
            before = courses.get(course_id) or self._fresh(learner.learner_id, course_id)
            if before.through >= through:
                continue
            saved = await self._project_course(before, own, versions, after, through=through)
            if saved is None:
                return None
            courses[course_id] = saved
        if not await self._store.save_learner(after, expected=learner.through):
            return None
        self._moved(learner.learner_id)
        await self._store.settle(learner.learner_id, through)
        return Projected(learner=after, courses=courses)

    async def _courses(
        self, learner_id: str, course_ids: Iterable[str]
    ) -> dict[str, CourseDocument]:
        ids = [enrolment_id(learner_id, course_id) for course_id in course_ids]
        found = await self._store.courses(ids) if ids else {}
        return {document.course_id: document for document in found.values()}

    def _fresh(self, learner_id: str, course_id: str) -> CourseDocument:
        return CourseDocument(
            id=enrolment_id(learner_id, course_id),
            learner_id=learner_id,
            course_id=course_id,
            active_at=self._clock(),
        )

    async def _project_course(
        self,
        before: CourseDocument,
        events: list[Stored],
        versions: Mapping[str, VersionFacts],
        learner: LearnerDocument,
        *,
        through: int,
    ) -> CourseDocument | None:
        """Write one course; None where another process was first with it."""
        state = fold(before.state, events, versions)
        facts = await self._pinned(state)
        view = enrolment_of(state, facts, enrolment_id=before.id, learner_id=before.learner_id)
        award = None if _is_guest(learner.state) else award_due(view, facts)
        entries = await self._entries(before, view, award, learner) if award else ()
        after = replace(
            before,
            through=through,
            state=state,
            view=view,
            stamps=_stamped(before, view, through),
            missed=missed_questions(state, facts),
            awarded=(*before.awarded, *(_award_key(award) for _ in entries if award)),
            active_at=before.active_at if _is_regrading(events) else self._clock(),
        )
        saved = await self._store.save_course(after, expected=before.through, entries=entries)
        if saved and entries:
            self._wake()
        return after if saved else None

    async def _versions(self, events: list[Stored]) -> dict[str, VersionFacts]:
        """Return the facts of the versions of events that are folded into a course."""
        return await self._facts.of(
            stored.event.version
            for stored in events
            if stored.event.version and stored.event.type in FOLDED_TYPES
        )

    async def _pinned(self, state: CourseState) -> VersionFacts:
        version = state.pin.version if state.pin else ""
        return (await self._facts.of([version]))[version]

    async def _entries(
        self,
        before: CourseDocument,
        view: Enrolment,
        award: AchievementFacts,
        learner: LearnerDocument,
    ) -> tuple[OutboxEntry, ...]:
        """Return the one entry that asks for the credential, unless it was asked for before."""
        if _award_key(award) in before.awarded:
            return ()
        log = await self._store.log_after(before.learner_id, 0)
        events = [stored for document in log for stored in document.events]
        versions = await self._versions(events)
        own = _by_course(events, versions)[before.course_id]
        return (_completed(view, award, learner, own),)


def _completed(
    view: Enrolment, award: AchievementFacts, learner: LearnerDocument, events: list[Stored]
) -> OutboxEntry:
    profile = learner.state.profile.values if learner.state.profile else {}
    return OutboxEntry(
        id=f"{view.learner_id}:{award.id}:{award.version}",
        type="course.completed",
        data={
            "learnerId": view.learner_id,
            "courseId": view.course_id,
            "versionId": view.version_id,
            "achievementId": award.id,
            "achievementVersion": award.version,
            "score": view.score,
            "completedAt": to_rfc3339(view.completed_at or view.enrolled_at),
            "name": profile.get("displayName"),
            "email": profile.get("email"),
            "evidence": {
                "digest": digest_of(stored.event for stored in events).hex(),
                "events": len(events),
            },
        },
    )


def _is_regrading(events: list[Stored]) -> bool:
    """Return whether nobody did anything but the server, which raised a grade."""
    return all(stored.event.type == RAISED for stored in events)


def _award_key(award: AchievementFacts) -> str:
    return f"{award.id} {award.version}"


def _is_guest(state: LearnerState) -> bool:
    return bool(state.profile and state.profile.values.get("isGuest"))


def _by_course(
    events: Iterable[Stored], versions: Mapping[str, VersionFacts]
) -> dict[str, list[Stored]]:
    by_course: dict[str, list[Stored]] = {}
    for stored in events:
        if facts := versions.get(stored.event.version or ""):
            by_course.setdefault(facts.course_id, []).append(stored)
    return by_course


def _learner_after(learner: LearnerDocument, documents: list[LogDocument]) -> LearnerDocument:
    state, stamps = learner.state, dict(learner.stamps)
    for document in documents:
        before = state
        state = fold_learner(state, document.events, refused=document.refused)
        if state.registered is None:
            state = replace(state, registered=document.received)
        if state.profile != before.profile:
            stamps[learner.learner_id] = document.n
        for id_, body in state.credentials.items():
            if before.credentials.get(id_) != body:
                stamps[id_] = document.n
    return replace(learner, through=documents[-1].n, state=state, stamps=stamps)


def _stamped(before: CourseDocument, view: Enrolment, n: int) -> dict[str, int]:
    """Return the log number at which each record of the course last changed."""
    stamps = dict(before.stamps)
    old = {lesson.lesson_id: lesson for lesson in before.view.lessons} if before.view else {}
    if before.view is None or replace(before.view, lessons=()) != replace(view, lessons=()):
        stamps[view.id] = n
    for lesson in view.lessons:
        if old.get(lesson.lesson_id) != lesson:
            stamps[lesson.lesson_id] = n
    return stamps


class Sweeper:
    """Projects what a killed process left behind."""

    def __init__(self, store: Store, projector: Projector, clock: Clock) -> None:
        """Look after the log of every learner."""
        self._store = store
        self._projector = projector
        self._clock = clock

    async def sweep(self, *, older_than: float) -> int:
        """Catch up learners whose documents waited longer than `older_than` seconds.

        Return how many.
        """
        before = round((self._clock().timestamp() - older_than) * 1000)
        learners = await self._store.unsettled(before=before)
        for learner_id in learners:
            await self._projector.catch_up(learner_id)
        return len(learners)
