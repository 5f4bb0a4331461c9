"""Taking in an export, made here or elsewhere: its log is told again, and all follows from it."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
import rfc8785

from services.content.contract import Mark
from services.kit.clock import to_millis
from services.kit.errors import Invalid, NotFound
from services.kit.ids import Kind, read_id
from services.kit.records import Record
from services.progress.domain.event import Event, restore
from services.progress.domain.stored import Stored
from services.progress.use_cases.facts import Facts
from services.progress.use_cases.moving import Moving
from services.progress.use_cases.store import LogDocument

OF_OTHERS = ("log.", "assignment.", "credential.")
"""What the old place's cohorts, issuers and closings told: here they tell it themselves."""


class _ToldEvent(Record, rename="camel"):
    id: str
    received_at: datetime
    effective_at: datetime
    clamped: bool
    mark: Mark | None


class _ToldDocument(Record, rename="camel"):
    n: int
    received_at: datetime
    refused: tuple[tuple[str, int], ...]
    events: tuple[_ToldEvent, ...]


class Importing:
    """Brings an export into a learner's log, what is there already kept; a repeat is a no-op."""

    def __init__(self, moving: Moving, facts: Facts) -> None:
        """Keep the parts."""
        self._moving = moving
        self._facts = facts

    async def take_in(self, learner_id: str, events: bytes, log: bytes) -> int:
        """Append the events of `events.jsonl` as `log.jsonl` tells them; return how many it holds.

        Invalid, with nothing written, where the files are not whole or a course is not here.
        """
        read_id(Kind.LEARNER, learner_id)
        documents = _documents(learner_id, events, log)
        versions = {
            stored.event.version
            for document in documents
            for stored in document.events
            if stored.event.version
        }
        missing = sorted(versions - set(await self._facts.of(versions)))
        if missing:
            raise NotFound(
                f"{len(missing)} course versions of the export are not here, {missing[0]} among "
                "them: import those courses first.",
                path=("events.jsonl",),
            )
        await self._moving.move(learner_id, documents, without=OF_OTHERS)
        return sum(len(document.events) for document in documents)


def _documents(learner_id: str, events: bytes, log: bytes) -> list[LogDocument]:
    """Return the submissions that an export tells of, each of its events whole."""
    lines = _events(events)
    documents = [_document(learner_id, told, lines) for told in _told(log)]
    if next(lines, None) is not None:
        raise Invalid("log.jsonl does not tell of every event.", path=("log.jsonl",))
    if not documents:
        raise Invalid("log.jsonl holds no submission.", path=("log.jsonl",))
    return documents


def _document(learner_id: str, told: _ToldDocument, lines: Iterator[Event]) -> LogDocument:
    received = to_millis(told.received_at)
    return LogDocument(
        learner_id=learner_id,
        n=told.n,
        received=received,
        events=tuple(
            _stored(one, next(lines, None), told.n, i) for i, one in enumerate(told.events)
        ),
        refused=told.refused,
    )


def _stored(told: _ToldEvent, event: Event | None, n: int, i: int) -> Stored:
    if event is None or event.id != told.id:
        raise Invalid(
            f"events.jsonl lacks the event {told.id}, or has it elsewhere than log.jsonl.",
            path=("events.jsonl",),
        )
    return Stored(
        event=event,
        place=(n, i),
        received=to_millis(told.received_at),
        effective=to_millis(told.effective_at),
        clamped=told.clamped,
        mark=told.mark,
    )


def _events(file: bytes) -> Iterator[Event]:
    for number, line in enumerate(file.splitlines(), start=1):
        try:
            if rfc8785.dumps(msgspec.json.decode(line)) != line:
                raise ValueError  # noqa: TRY301 - as what cannot be read
            yield restore(line)
        except (ValueError, KeyError, TypeError, AttributeError, msgspec.MsgspecError) as error:
            raise Invalid(
                f"Line {number} of events.jsonl is no event as it was exported.",
                path=("events.jsonl", str(number)),
            ) from error


def _told(file: bytes) -> Iterator[_ToldDocument]:
    for number, line in enumerate(file.splitlines(), start=1):
        try:
            yield msgspec.json.decode(line, type=_ToldDocument)
        except msgspec.MsgspecError as error:
            raise Invalid(
                f"Line {number} of log.jsonl is no submission as it was exported: {error}.",
                path=("log.jsonl", str(number)),
            ) from error
