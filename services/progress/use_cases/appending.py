"""Appending to a learner's log: examine, mark, number, store, project; each event exactly once."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias
from weakref import WeakValueDictionary

from services.content.contract import Mark, MarkingApi, VersionFacts
from services.kit.clock import Clock
from services.kit.errors import Unavailable
from services.kit.records import Record
from services.progress.domain.admission import refusal, to_answer
from services.progress.domain.closing import Erased
from services.progress.domain.event import Event, Refusal
from services.progress.domain.event_types import REFERRING_TYPES
from services.progress.domain.ids import enrolment_id
from services.progress.domain.stored import Past, Stored
from services.progress.use_cases.facts import Facts
from services.progress.use_cases.group_commit import GroupCommit
from services.progress.use_cases.projecting import Projected, Projector
from services.progress.use_cases.store import (
    Clash,
    CourseDocument,
    LearnerDocument,
    LogDocument,
    Store,
)
from services.progress.use_cases.submission import Examined, Submission, next_document, unheard

Own: TypeAlias = Callable[[LearnerDocument], tuple[Event, ...]]
"""What the server adds of its own, given the learner."""


def nothing(learner: LearnerDocument) -> tuple[Event, ...]:
    """Add nothing."""
    del learner
    return ()


class Appended(Record):
    """What became of a submission."""

    learner: LearnerDocument
    courses: Mapping[str, CourseDocument] = {}
    """By course id: the courses that the submission speaks of, as they stand now."""
    fresh: tuple[Stored, ...] = ()
    """Events that this submission stored, the server's own among them."""
    present: Mapping[str, Stored] = {}
    """Events that were stored before, by id."""
    refusals: Mapping[str, Refusal] = {}
    """By id: events whose references are wrong."""
    deferred: frozenset[str] = frozenset()
    """Ids of events that cannot be examined now, because content is away."""
    foreign: frozenset[str] = frozenset()
    """Ids of events from elsewhere whose version is not here: stored, and not marked."""


class Appender:
    """The only way into a log. One submission of a learner at a time in this process.

    Others meet at the number.
    """

    def __init__(
        self, store: Store, projector: Projector, facts: Facts, marking: MarkingApi, clock: Clock
    ) -> None:
        """Keep the parts."""
        self._store = store
        self._projector = projector
        self._facts = facts
        self._marking = marking
        self._clock = clock
        self.log = GroupCommit(store.append_all)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def turn(self, learner_id: str) -> asyncio.Lock:
        """Return the lock that queues this process' submissions of a learner."""
        return self._locks.setdefault(learner_id, asyncio.Lock())

    async def append(
        self,
        learner_id: str,
        events: Iterable[Event],
        *,
        own: Own = nothing,
        refused: tuple[tuple[str, int], ...] = (),
        past: Past | None = None,
    ) -> Appended:
        """Store what is new among a phone's `events` and the server's `own`, and project it.

        Events are distinct by id; `own` says what the server adds, given the learner at the head.
        A submission with nothing new appends nothing. Erased for who was erased; a log that was
        closed for an account takes nothing in, and the learner says so.

        `past` is when they came elsewhere: that counts, and versions that are not here may be
        spoken of.
        """
        submission = Submission(events=tuple(events), refused=refused, past=past)
        async with self.turn(learner_id):
            return await self._append(learner_id, submission, own)

    async def _append(self, learner_id: str, submission: Submission, own: Own) -> Appended:
        present: dict[str, Stored] = {}
        learner = await self._projector.known(learner_id)
        while learner.state.closed_to is None:
            if learner.state.erased:
                raise Erased
            added = own(learner)
            mine = tuple(event for event in added if event.id not in present)
            examined = await self._examine(learner_id, submission, present)
            heard = unheard(learner, submission, examined, present)
            document = next_document(
                learner, examined, own=mine, refused=heard, past=submission.past, at=self._clock()
            )
            if document.events or document.refused:
                try:
                    await self.log.append(document)
                except Clash:
                    ids = [event.id for event in (*submission.events, *added)]
                    present = await self._store.stored(learner_id, ids)
                    learner = await self._projector.catch_up(learner_id)
                    continue
            projected = await self._projected(learner, document, examined.courses)
            return Appended(
                learner=projected.learner,
                courses=projected.courses,
                fresh=document.events,
                present=present,
                refusals=examined.refusals,
                deferred=examined.deferred,
                foreign=examined.foreign,
            )
        return Appended(learner=learner, present=present)

    async def _projected(
        self,
        learner: LearnerDocument,
        document: LogDocument,
        courses: Mapping[str, CourseDocument],
    ) -> Projected:
        if document.events or document.refused:
            projected = await self._projector.project(learner, [document], known=courses)
            if projected is not None:
                return projected
        caught_up = await self._projector.catch_up(learner.learner_id)
        ids = [course.id for course in courses.values()]
        found = (await self._store.courses(ids)).values() if ids else ()
        return Projected(learner=caught_up, courses={course.course_id: course for course in found})

    async def _examine(
        self, learner_id: str, submission: Submission, present: Mapping[str, Stored]
    ) -> Examined:
        """Sort new events into those to store, to refuse and to defer; mark the answers."""
        events, past = submission.events, submission.past
        fresh = [event for event in events if event.id not in present]
        try:
            versions = await self._facts.of(event.version for event in events if event.version)
            foreign = frozenset(
                event.id
                for event in fresh
                if past and event.type in REFERRING_TYPES and event.version not in versions
            )
            refusals = {
                event.id: bad
                for event in fresh
                if event.id not in foreign and (bad := refusal(event, versions))
            }
            good = [event for event in fresh if event.id not in refusals]
            marks = await self._marks([one for one in good if one.id not in foreign])
        except Unavailable:
            away = frozenset(event.id for event in fresh if event.type in REFERRING_TYPES)
            good = [event for event in fresh if event.id not in away]
            return Examined(events=tuple(good), deferred=away)
        return Examined(
            events=tuple(good),
            versions=versions,
            courses=await self._courses(learner_id, versions),
            marks=marks,
            refusals=refusals,
            foreign=foreign,
        )

    async def _marks(self, events: list[Event]) -> dict[str, Mark]:
        answered = [event for event in events if event.type == "question.answered"]
        if not answered:
            return {}
        marks = await self._marking.mark(tuple(to_answer(event) for event in answered))
        pairs = zip(answered, marks, strict=True)
        return {event.id: mark for event, mark in pairs if mark is not None}

    async def _courses(
        self, learner_id: str, versions: Mapping[str, VersionFacts]
    ) -> dict[str, CourseDocument]:
        """Return the learner's documents of the courses of these versions, by course id."""
        courses = {facts.course_id for facts in versions.values()}
        ids = [enrolment_id(learner_id, course) for course in courses]
        found = await self._store.courses(ids) if ids else {}
        return {document.course_id: document for document in found.values()}
