"""A submission, and the document of the log that it becomes; pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.content.contract import Mark, VersionFacts
from services.kit.clock import from_millis, to_millis
from services.kit.ids import uuid7
from services.kit.records import Record
from services.progress.domain.admission import new_courses, releases
from services.progress.domain.event import DAY_MS, Event, Refusal, server_event
from services.progress.domain.stored import Past, Stored, effective_at
from services.progress.use_cases.finding import moved_entries
from services.progress.use_cases.store import CourseDocument, LearnerDocument, LogDocument


class Submission(Record):
    """Events that came together."""

    events: tuple[Event, ...]
    """Distinct by id."""
    refused: tuple[tuple[str, int], ...] = ()
    """(device, seq) of what could not be read."""
    past: Past | None = None
    """When they came to another deployment, where it took them in."""


class Examined(Record):
    """A submission, looked at."""

    events: tuple[Event, ...] = ()
    versions: Mapping[str, VersionFacts] = {}
    courses: Mapping[str, CourseDocument] = {}
    marks: Mapping[str, Mark] = {}
    refusals: Mapping[str, Refusal] = {}
    deferred: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()

    @property
    def refused(self) -> tuple[tuple[str, int], ...]:
        """(device, seq) of what was refused."""
        return tuple(
            (one.device, one.seq) for one in self.refusals.values() if one.device and one.seq
        )


def next_document(
    learner: LearnerDocument,
    examined: Examined,
    *,
    own: tuple[Event, ...],
    refused: tuple[tuple[str, int], ...],
    past: Past | None,
    at: datetime,
) -> LogDocument:
    """Return the next document of the log.

    It holds the phone's events, then the server's that follow from them.
    """
    received = past.received if past else to_millis(at)
    registered = learner.state.registered or received
    n = learner.through + 1
    events = (*examined.events, *own, *_following(examined, own, from_millis(received)))
    return LogDocument(
        learner_id=learner.learner_id,
        n=n,
        received=received,
        events=tuple(
            _stored(event, (n, i), *_when(event, received, registered, past), examined.marks)
            for i, event in enumerate(events)
        ),
        refused=refused,
        told=moved_entries(learner, events, n=n),
    )


def unheard(
    learner: LearnerDocument,
    submission: Submission,
    examined: Examined,
    present: Mapping[str, Stored],
) -> tuple[tuple[str, int], ...]:
    """Return the refused sequence numbers that the log does not know as received yet."""
    devices = learner.state.devices
    clashing = _clashing(submission.events, present)
    return tuple(
        (device, seq)
        for device, seq in dict.fromkeys((*submission.refused, *examined.refused, *clashing))
        if device not in devices
        or not any(low <= seq <= high for low, high in devices[device].seqs)
    )


def _clashing(
    events: tuple[Event, ...], present: Mapping[str, Stored]
) -> Iterator[tuple[str, int]]:
    """Yield (device, seq) of events whose id another event has: they count as received."""
    for event in events:
        known = present.get(event.id)
        if known is not None and known.event.hash != event.hash:
            yield event.device, event.seq


def _following(examined: Examined, own: tuple[Event, ...], at: datetime) -> list[Event]:
    """Return what else the server adds: enrolments that begin, attempts that are released."""
    enrolled = {event.version for event in own if event.type == "enrolment.made"}
    courses = {id_: document.state for id_, document in examined.courses.items()}
    began = new_courses(examined.events, examined.versions, courses)
    released = releases(examined.events, examined.versions, courses)
    return [
        *(
            server_event(str(uuid7()), "enrolment.made", at=at, version=version)
            for version in began.values()
            if version not in enrolled
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


def _when(event: Event, received: int, registered: int, past: Past | None) -> tuple[int, int]:
    """Return when an event came, and when its learner is taken to have been registered."""
    came = past.events.get(event.id) if past else None
    return (came.received, came.effective + DAY_MS) if came else (received, registered)


def _stored(
    event: Event, place: tuple[int, int], received: int, registered: int, marks: Mapping[str, Mark]
) -> Stored:
    effective, clamped = effective_at(event, received=received, registered=registered)
    return Stored(
        event=event,
        place=place,
        received=received,
        effective=effective,
        clamped=clamped,
        mark=marks.get(event.id),
    )
