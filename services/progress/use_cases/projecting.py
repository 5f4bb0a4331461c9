"""Projecting.

State documents follow the log, each as a function of the documents up to its `through`.
"""

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from services.content.contract import VersionFacts
from services.kit.records import OutboxEntry, Record
from services.progress.domain.course import CourseState
from services.progress.domain.ids import enrolment_id
from services.progress.domain.learner import LearnerState
from services.progress.domain.stored import Stored
from services.progress.use_cases.awarding import award_entry, award_key, is_guest
from services.progress.use_cases.counting import count_entries, counted
from services.progress.use_cases.facts import Facts
from services.progress.use_cases.folding import (
    History,
    Versions,
    are_late,
    by_course,
    card_ids,
    cards_after,
    course_after,
    course_state,
    learner_after,
    stamp_learner,
    versions_in,
    with_courses,
)
from services.progress.use_cases.store import (
    FOLD,
    CardDocument,
    CourseDocument,
    LearnerDocument,
    LogDocument,
    Store,
)
from services.progress.use_cases.view import award_due


class Projected(Record):
    """A learner and the courses that were looked at, as they stand now."""

    learner: LearnerDocument
    courses: Mapping[str, CourseDocument] = {}


class _Batch(Record):
    """Documents of a log to take in, with what their fold needs."""

    documents: list[LogDocument]
    events: list[Stored]
    versions: Versions
    past: History = History()

    @property
    def through(self) -> int:
        """Number of the last document."""
        return self.documents[-1].n


class Projector:
    """Brings a learner's state documents up to the head of the log.

    Safe in any number of processes at once.
    """

    def __init__(
        self,
        store: Store,
        facts: Facts,
        *,
        wake: Callable[[], None],
        moved: Callable[[str], None],
    ) -> None:
        """`wake` is called when an outbox entry was written, `moved` when a learner moved on."""
        self._store = store
        self._facts = facts
        self._wake = wake
        self._moved = moved

    async def known(self, learner_id: str) -> LearnerDocument:
        """Return the learner as last projected by the present fold; the log may have moved on."""
        found = await self._store.learners([learner_id])
        learner = found.get(learner_id, LearnerDocument(learner_id=learner_id))
        return await self.refold(learner_id) if learner.is_outdated else learner

    async def catch_up(self, learner_id: str) -> LearnerDocument:
        """Return the learner as of the head of the log, having projected whatever was not."""
        while True:
            learner = await self.known(learner_id)
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
        if any(document.is_tombstone for document in documents):
            return await self._bury(learner, through=documents[-1].n)
        batch = await self._batch(documents)
        own = by_course(batch.events, batch.versions)
        courses = dict(known or await self._courses(learner.learner_id, own))
        if are_late(learner, courses, batch.events, batch.versions):
            batch = replace(batch, past=await self._past(learner.learner_id, batch.through))
        ids = card_ids(learner.learner_id, batch.events, batch.versions)
        cards = await self._store.cards(ids) if ids else {}
        after = learner_after(learner, documents, batch.versions, batch.past)
        for course_id in own:
            before = courses.get(course_id) or _fresh(learner.learner_id, course_id)
            if before.through < batch.through:
                saved = await self._project_course(before, before.state, batch, after)
                if saved is None:
                    return None
                courses[course_id] = saved
        after = with_courses(after, {id_: courses[id_] for id_ in own})
        after = stamp_learner(learner, await self._with_cards(after, cards, batch))
        if not await self._save(after, expected=learner.through):
            return None
        return Projected(learner=after, courses=courses)

    async def refold(self, learner_id: str) -> LearnerDocument:
        """Return the learner with all state documents made again from the whole log.

        Where a record turns out otherwise, an empty document is appended first: what phones hold
        is older than its number, and so they hear of it.
        """
        while True:
            documents = await self._store.log_after(learner_id, 0)
            found = await self._store.learners([learner_id])
            stored = found.get(learner_id, LearnerDocument(learner_id=learner_id))
            if not documents:
                return stored
            if any(document.is_tombstone for document in documents):
                buried = await self._bury(stored, through=documents[-1].n)
                if buried is not None:
                    return buried.learner
                continue
            if (learner := await self._refolded(stored, documents)) is not None:
                return learner

    async def _refolded(
        self, stored: LearnerDocument, documents: list[LogDocument]
    ) -> LearnerDocument | None:
        """Write all documents anew; None where the log or another process moved on."""
        last = documents[-1]
        marker = LogDocument(learner_id=last.learner_id, n=last.n + 1, received=last.received)
        if await self._store.append_all([marker]):
            return None
        batch = await self._batch([*documents, marker])
        batch = replace(batch, past=History(events=tuple(batch.events), versions=batch.versions))
        blank = LearnerDocument(learner_id=stored.learner_id, stamps=stored.stamps)
        after = learner_after(blank, batch.documents, batch.versions, batch.past)
        own = by_course(batch.events, batch.versions)
        courses = await self._courses(stored.learner_id, own)
        for course_id in own:
            before = courses.get(course_id) or _fresh(stored.learner_id, course_id)
            saved = await self._project_course(before, CourseState(), batch, after)
            if saved is None:
                return None
            courses[course_id] = saved
        ids = card_ids(stored.learner_id, batch.events, batch.versions)
        cards = await self._store.cards(ids) if ids else {}
        after = await self._with_cards(with_courses(after, courses), cards, batch, anew=True)
        after = stamp_learner(stored, after)
        if after.state.closed_to is not None:
            await self._store.retire(after.learner_id)
        return after if await self._save(after, expected=stored.through) else None

    async def _bury(self, learner: LearnerDocument, *, through: int) -> Projected | None:
        """Put the document of somebody of whom nothing is known in place of a learner's."""
        blank = LearnerState(erased=True)
        after = LearnerDocument(
            learner_id=learner.learner_id, through=through, fold=FOLD, state=blank
        )
        saved = await self._save(after, expected=learner.through)
        return Projected(learner=after) if saved else None

    async def _batch(self, documents: list[LogDocument]) -> _Batch:
        events = [stored for document in documents for stored in document.events]
        versions = await self._facts.of(versions_in(events))
        return _Batch(documents=documents, events=events, versions=versions)

    async def _past(self, learner_id: str, through: int) -> History:
        """Return all events of a learner up to a log number."""
        documents = await self._store.log_after(learner_id, 0)
        events = [one for document in documents if document.n <= through for one in document.events]
        return History(events=tuple(events), versions=await self._facts.of(versions_in(events)))

    async def _courses(
        self, learner_id: str, course_ids: Iterable[str]
    ) -> dict[str, CourseDocument]:
        ids = [enrolment_id(learner_id, course_id) for course_id in course_ids]
        found = await self._store.courses(ids) if ids else {}
        return {document.course_id: document for document in found.values()}

    async def _project_course(
        self,
        before: CourseDocument,
        state: CourseState,
        batch: _Batch,
        learner: LearnerDocument,
    ) -> CourseDocument | None:
        """Write one course; None where another process was first with it."""
        events = by_course(batch.events, batch.versions)[before.course_id]
        state = course_state(state, before.course_id, events, batch.versions, batch.past)
        facts = await self._pinned(state)
        after = course_after(before, state, facts, through=batch.through)
        awards = await self._entries(after, facts, learner)
        after = counted(replace(after, awarded=(*after.awarded, *awards)), learner)
        entries = (*awards.values(), *count_entries(before, after))
        saved = await self._store.save_course(after, expected=before.through, entries=entries)
        if saved and entries:
            self._wake()
        return after if saved else None

    async def _with_cards(
        self,
        learner: LearnerDocument,
        known: Mapping[str, CardDocument],
        batch: _Batch,
        *,
        anew: bool = False,
    ) -> LearnerDocument:
        """Write the cards that the batch touches, and return the learner with what is due."""
        id_ = learner.learner_id
        cards = cards_after(
            id_, known, batch.events, batch.versions, through=batch.through, anew=anew
        )
        if not cards:
            return learner
        await self._store.save_cards(cards)
        return replace(learner, due=await self._store.due(id_))

    async def _save(self, learner: LearnerDocument, *, expected: int) -> bool:
        """Write the learner last: with it, its documents are projected."""
        if not await self._store.save_learner(learner, expected=expected):
            return False
        self._moved(learner.learner_id)
        await self._store.settle(learner.learner_id, learner.through)
        return True

    async def _pinned(self, state: CourseState) -> VersionFacts:
        version = state.pin.version if state.pin else ""
        return (await self._facts.of([version]))[version]

    async def _entries(
        self, course: CourseDocument, facts: VersionFacts, learner: LearnerDocument
    ) -> dict[str, OutboxEntry]:
        """Return the one entry that asks for the credential, unless it was asked for before."""
        award = None if course.view is None else award_due(course.view, facts)
        if award is None or course.view is None or is_guest(learner.state):
            return {}
        if award_key(award) in course.awarded:
            return {}
        past = await self._past(course.learner_id, course.through)
        events = by_course(past.events, past.versions)[course.course_id]
        return {award_key(award): award_entry(course.view, award, learner.state, events)}


def _fresh(learner_id: str, course_id: str) -> CourseDocument:
    return CourseDocument(
        id=enrolment_id(learner_id, course_id), learner_id=learner_id, course_id=course_id
    )
