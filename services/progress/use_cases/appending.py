"""Appending to a learner's log: examine, mark, number, store, project; each event exactly once."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias
from weakref import WeakValueDictionary

from services.content.contract import Mark, MarkingApi, VersionFacts
from services.kit.clock import Clock, from_millis, to_millis
from services.kit.errors import Unavailable
from services.kit.ids import uuid7
from services.kit.records import Record
from services.progress.domain.admission import (
    new_courses,
    refusal,
    releases,
    to_answer,
)
from services.progress.domain.closing import Erased
from services.progress.domain.event import Event, Refusal, server_event
from services.progress.domain.event_types import REFERRING_TYPES
from services.progress.domain.ids import enrolment_id
from services.progress.domain.stored import Stored, effective_at
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
    ) -> Appended:
        """Store what is new among a phone's `events` and the server's `own`, and project it.

        Events are distinct by id; `own` says what the server adds, given the learner at the head.
        A submission with nothing new appends nothing. Erased for who was erased; a log that was
        closed for an account takes nothing in, and the learner says so.
        """
        async with self.turn(learner_id):
            return await self._append(learner_id, list(events), own, refused)

    async def _append(
        self,
        learner_id: str,
        events: list[Event],
        own: Own,
        refused: tuple[tuple[str, int], ...],
    ) -> Appended:
        present: dict[str, Stored] = {}
        learner = await self._projector.known(learner_id)
        while learner.state.closed_to is None:
            if learner.state.erased:
                raise Erased
            added = own(learner)
            mine = tuple(event for event in added if event.id not in present)
            examined = await self._examine(learner_id, events, present)
            clashing = _clashing(events, present)
            heard = _unheard(learner, (*refused, *examined.refused, *clashing))
            document = self._document(learner, examined, mine, heard)
            if document.events or document.refused:
                try:
                    await self.log.append(document)
                except Clash:
                    ids = [event.id for event in (*events, *added)]
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
        self, learner_id: str, events: list[Event], present: Mapping[str, Stored]
    ) -> "_Examined":
        """Sort new events into those to store, to refuse and to defer; mark the answers."""
        fresh = [event for event in events if event.id not in present]
        try:
            versions = await self._facts.of(event.version for event in events if event.version)
            refusals = {event.id: bad for event in fresh if (bad := refusal(event, versions))}
            good = [event for event in fresh if event.id not in refusals]
            return _Examined(
                events=tuple(good),
                versions=versions,
                courses=await self._courses(learner_id, versions),
                marks=await self._marks(good),
                refusals=refusals,
            )
        except Unavailable:
            away = frozenset(event.id for event in fresh if event.type in REFERRING_TYPES)
            good = [event for event in fresh if event.id not in away]
            return _Examined(events=tuple(good), deferred=away)

    async def _marks(self, events: list[Event]) -> dict[str, Mark]:
        answered = [event for event in events if event.type == "question.answered"]
        if not answered:
            return {}
        marks = await self._marking.mark(tuple(to_answer(event) for event in answered))
        pairs = zip(answered, marks, strict=True)
        return {event.id: mark for event, mark in pairs if mark is not None}

    def _document(
        self,
        learner: LearnerDocument,
        examined: "_Examined",
        own: tuple[Event, ...],
        refused: tuple[tuple[str, int], ...],
    ) -> LogDocument:
        """Return the next document of the log.

        It holds the phone's events, then the server's that follow from them.
        """
        received = to_millis(self._clock())
        registered = learner.state.registered or received
        n = learner.through + 1
        events = (*examined.events, *own, *_following(examined, from_millis(received)))
        return LogDocument(
            learner_id=learner.learner_id,
            n=n,
            received=received,
            events=tuple(
                _stored(event, (n, i), received, registered, examined.marks.get(event.id))
                for i, event in enumerate(events)
            ),
            refused=refused,
        )

    async def _courses(
        self, learner_id: str, versions: Mapping[str, VersionFacts]
    ) -> dict[str, CourseDocument]:
        """Return the learner's documents of the courses of these versions, by course id."""
        courses = {facts.course_id for facts in versions.values()}
        ids = [enrolment_id(learner_id, course) for course in courses]
        found = await self._store.courses(ids) if ids else {}
        return {document.course_id: document for document in found.values()}


class _Examined(Record):
    """A submission, looked at."""

    events: tuple[Event, ...] = ()
    versions: Mapping[str, VersionFacts] = {}
    courses: Mapping[str, CourseDocument] = {}
    marks: Mapping[str, Mark] = {}
    refusals: Mapping[str, Refusal] = {}
    deferred: frozenset[str] = frozenset()

    @property
    def refused(self) -> tuple[tuple[str, int], ...]:
        """(device, seq) of what was refused."""
        return tuple(
            (one.device, one.seq) for one in self.refusals.values() if one.device and one.seq
        )


def _following(examined: _Examined, at: datetime) -> list[Event]:
    """Return the server's own events: enrolments that begin, attempts that are released."""
    courses = {id_: document.state for id_, document in examined.courses.items()}
    began = new_courses(examined.events, examined.versions, courses)
    released = releases(examined.events, examined.versions, courses)
    return [
        *(
            server_event(str(uuid7()), "enrolment.made", at=at, version=version)
            for version in began.values()
        ),
        *(
            server_event(
                str(uuid7()),
                "attempt.released",
                at=at,
                version=release.version,
                body={"lesson": release.lesson, "attempt": release.attempt},
            )
            for release in released
        ),
    ]


def _stored(
    event: Event, place: tuple[int, int], received: int, registered: int, mark: Mark | None
) -> Stored:
    effective, clamped = effective_at(event, received=received, registered=registered)
    return Stored(
        event=event,
        place=place,
        received=received,
        effective=effective,
        clamped=clamped,
        mark=mark,
    )


def _clashing(events: list[Event], present: Mapping[str, Stored]) -> Iterator[tuple[str, int]]:
    """Yield (device, seq) of events whose id another event has: they count as received."""
    for event in events:
        known = present.get(event.id)
        if known is not None and known.event.hash != event.hash:
            yield event.device, event.seq


def _unheard(
    learner: LearnerDocument, refused: Iterable[tuple[str, int]]
) -> tuple[tuple[str, int], ...]:
    """Return the refused sequence numbers that the log does not know as received yet."""
    devices = learner.state.devices
    return tuple(
        (device, seq)
        for device, seq in dict.fromkeys(refused)
        if device not in devices
        or not any(low <= seq <= high for low, high in devices[device].seqs)
    )
