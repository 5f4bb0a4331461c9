"""Reading the lines of an export: what was stored elsewhere, checked as if it came from a phone.

Nothing is believed but what a learner may say anyway, and when it came.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeAlias

import msgspec

from services.kit.clock import to_millis
from services.kit.records import Json, Record
from services.progress.domain.event import SERVER_DEVICE, Event, Refusal, restore
from services.progress.domain.event_types.shape import MAX_SEQ
from services.progress.domain.fields import read_canonical
from services.progress.domain.parsing import parse
from services.progress.domain.rules import Bad
from services.progress.domain.stored import Came, Past

ENROLMENTS = frozenset({"enrolment.made", "enrolment.withdrawn"})
SETTINGS = frozenset({"goal.set", "consent.changed"})
"""What the server adds for a learner, who says the same: it is taken along.

The rest of its own is made again (attempt.released) or was said by others than the learner.
"""
MAX_EVENTS = 1_000
"""Events in one submission: of a push 200, and what the server added."""


class ToldEvent(Record, rename="camel"):
    """What log.jsonl tells of an event; its mark is not read."""

    id: str
    received_at: datetime
    effective_at: datetime


class Told(Record, rename="camel"):
    """A line of log.jsonl."""

    received_at: datetime
    events: tuple[ToldEvent, ...]
    refused: tuple[tuple[str, int], ...] = ()


class Exported(Record):
    """One submission of an export."""

    events: tuple[Event, ...]
    """As they were stored; what the server made is among them."""
    refusals: tuple[Refusal, ...]
    """What this deployment takes from no phone."""
    past: Past
    refused: tuple[tuple[str, int], ...]


Step: TypeAlias = tuple[tuple[Event, ...], tuple[Event, ...]]
"""Events of phones, then those of the server that were stored after them."""


def read_told(line: bytes) -> Told:
    """Return a line of log.jsonl; Bad where it is none."""
    try:
        told = msgspec.json.decode(line, type=Told)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Bad(f"is no submission: {error}.") from error
    if len(told.events) > MAX_EVENTS:
        raise Bad(f"holds more than {MAX_EVENTS} events.")
    moments = [told.received_at, *(one.received_at for one in told.events)]
    moments += [one.effective_at for one in told.events]
    if any(moment.tzinfo is None for moment in moments):
        raise Bad("holds a time without its offset from UTC.")
    if any(not 1 <= seq <= MAX_SEQ for _, seq in told.refused):
        raise Bad(f"refused must be numbers of 1 to {MAX_SEQ}.")
    return told


def read_event(line: bytes) -> Event | Refusal:
    """Return a line of events.jsonl, or why no phone may say so; Bad where it is no stored event.

    A stored event is its canonical bytes: what differs by one blank has another hash.
    """
    try:
        raw = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Bad(f"is no JSON: {error}.") from error
    made = isinstance(raw, dict) and (raw.get("device"), raw.get("seq")) == (SERVER_DEVICE, 0)
    found = parse(_as_sent(raw) if made else raw)
    if isinstance(found, Refusal):
        return found
    if read_canonical(raw) != line:
        raise Bad("is not in canonical form (RFC 8785): its hash is not that of what was stored.")
    event = restore(line) if made else found
    if event.type in ENROLMENTS and event.version is None:
        return Refusal(id=event.id, message=f"ref.version is missing: {event.type} needs it.")
    return event


def submission(told: Told, found: Sequence[Event | Refusal], *, now: int) -> Exported:
    """Return a submission from its line and its events; nothing of it came later than now."""
    came = {
        one.id.lower(): Came(
            received=(received := _until(now, one.received_at)),
            effective=_until(received, one.effective_at),
        )
        for one in told.events
    }
    events = tuple(one for one in found if isinstance(one, Event))
    return Exported(
        events=events,
        refusals=tuple(one for one in found if isinstance(one, Refusal)),
        past=Past(received=_until(now, told.received_at), events=came),
        refused=told.refused,
    )


def is_made(event: Event) -> bool:
    """Return whether the server made an event."""
    return event.device == SERVER_DEVICE and event.seq == 0


def is_taken(event: Event) -> bool:
    """Return whether an event is taken along."""
    return not is_made(event) or event.type in ENROLMENTS | SETTINGS


def steps(events: Sequence[Event]) -> Iterator[Step]:
    """Yield events so that each of the server's comes right after what it followed from.

    What is made again, such as attempt.released, is then made at the same place.
    """
    phones: list[Event] = []
    own: list[Event] = []
    met = False
    for event in events:
        if is_made(event):
            met = True
            if is_taken(event):
                own.append(event)
            continue
        if met:
            yield tuple(phones), tuple(own)
            phones, own, met = [], [], False
        phones.append(event)
    yield tuple(phones), tuple(own)


def _as_sent(raw: dict[str, Json]) -> Json:
    """Return the server's event as a phone would say it, so that the same rules read it."""
    kind = raw.get("type")
    said = kind if kind in SETTINGS else "server.made"
    return {**raw, "seq": 1, "type": said if isinstance(kind, str) else kind}


def _until(latest: int, told: datetime) -> int:
    """Return an instant in ms, not before 1970 and not after `latest`."""
    return max(0, min(to_millis(told), latest))
