"""Sync: push and pull of learning events in one round trip."""

from collections.abc import Mapping

from services.kit.clock import Clock
from services.kit.errors import Invalid, LimitReached
from services.kit.ids import uuid7
from services.kit.records import Actor, Json
from services.progress.contract import (
    MAX_BYTES,
    MAX_EVENTS,
    Push,
    Receipt,
    SyncResult,
)
from services.progress.domain.event import Event, Refusal, server_event
from services.progress.domain.learner import Device
from services.progress.domain.parsing import parse
from services.progress.domain.seqs import missing
from services.progress.use_cases.appending import Appended, Appender, Own
from services.progress.use_cases.facts import Facts
from services.progress.use_cases.profile import registration, settings_of
from services.progress.use_cases.pulling import Puller
from services.progress.use_cases.receipts import receipts
from services.progress.use_cases.store import LearnerDocument, Store

MAX_CHANGES = 1_000


class Syncing:
    """One round trip of a phone."""

    def __init__(
        self, store: Store, appender: Appender, puller: Puller, facts: Facts, clock: Clock
    ) -> None:
        """Keep the parts."""
        self._store = store
        self._appender = appender
        self._puller = puller
        self._facts = facts
        self._clock = clock

    async def sync(self, actor: Actor, push: Push) -> SyncResult:
        """Store events, then return changes.

        LimitReached (nothing stored) beyond MAX_EVENTS or MAX_BYTES.
        """
        if not 1 <= push.limit <= MAX_CHANGES:
            raise Invalid(f"limit must be 1 to {MAX_CHANGES}.", path=("limit",))
        if len(push.events.value) > MAX_EVENTS:
            raise LimitReached(f"A push holds at most {MAX_EVENTS} events.", path=("events",))
        parsed = [parse(raw) for raw in push.events.value]
        if sum(len(one.canonical) for one in parsed if isinstance(one, Event)) > MAX_BYTES:
            raise LimitReached(f"A push holds at most {MAX_BYTES} bytes.", path=("events",))
        appended = await self._push(actor, parsed)
        return await self._answer(actor, push, parsed, appended)

    async def _push(self, actor: Actor, parsed: list[Event | Refusal]) -> Appended:
        """Append the first event of each id to the log of the actor, or of who claimed it."""
        events = {one.id: one for one in reversed(parsed) if isinstance(one, Event)}
        first = list(reversed(events.values()))
        lost = [one for one in parsed if isinstance(one, Refusal) or events[one.id] is not one]
        refused = tuple((one.device, one.seq) for one in lost if one.device and one.seq)
        appended = await self._appender.append(
            actor.subject, first, own=registering(actor, self._clock), refused=refused
        )
        while (account := appended.learner.state.closed_to) is not None:
            appended = await self._appender.append(account, first, refused=refused)
        return appended

    async def _answer(
        self, actor: Actor, push: Push, parsed: list[Event | Refusal], appended: Appended
    ) -> SyncResult:
        receipts = await self._receipts(parsed, appended)
        learner = appended.learner
        if learner.learner_id != actor.subject:
            found = await self._store.learners([actor.subject])
            pulled = await self._puller.pull(found[actor.subject], push.since, push.limit)
        else:
            pulled = await self._puller.pull(learner, push.since, push.limit)
        device = learner.state.devices.get(push.device_id, Device())
        return SyncResult(
            server_time=self._clock(),
            receipts=tuple(receipts),
            missing=missing(device.seqs),
            changes=pulled.changes,
            cursor=pulled.cursor,
            has_more=pulled.has_more,
            resync=pulled.resync,
            digest=device.digest.hex(),
        )

    async def _receipts(self, parsed: list[Event | Refusal], appended: Appended) -> list[Receipt]:
        """Answer each position of the push."""
        events = [one for one in parsed if isinstance(one, Event) and one.version]
        away = bool(appended.deferred)
        versions = {} if away else await self._facts.of(one.version or "" for one in events)
        courses = {id_: document.state for id_, document in appended.courses.items()}
        return receipts(parsed, appended, versions, courses)


def registering(actor: Actor, clock: Clock, *, start: Mapping[str, Json] | None = None) -> Own:
    """Return what adds a profile.set where the actor's token tells more than is known.

    An account of which nothing is known begins with the settings of `start`.
    """

    def own(learner: LearnerDocument) -> tuple[Event, ...]:
        known = learner.state.profile is not None
        before = start if start and not known else settings_of(learner.state)
        values = registration(actor, before, known=known)
        if values is None:
            return ()
        return (server_event(str(uuid7()), "profile.set", at=clock(), body=values),)

    return own
