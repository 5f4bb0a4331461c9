"""Bringing in what a learner took along from here or elsewhere: each event exactly once."""

from collections import Counter
from dataclasses import dataclass, field

from services.kit.clock import Clock, to_millis
from services.kit.errors import Unavailable
from services.progress.domain.closing import Claimed
from services.progress.domain.event import Event, Refusal
from services.progress.domain.exported import Exported, is_taken, steps
from services.progress.use_cases.appending import Appended, Appender, Own

AWAY = "Content, which marks the answers, is away: import again once it is there."


@dataclass(slots=True)
class Tally:
    """What became of the events of an export."""

    accepted: int = 0
    """Stored now."""
    present: int = 0
    """Stored before, the very same."""
    conflicts: list[str] = field(default_factory=list)
    """Ids that another event has here, which stays."""
    refusals: list[Refusal] = field(default_factory=list)
    foreign: Counter[str] = field(default_factory=Counter)
    """Stored now, of a version that is not here, by its hash: not marked and not shown."""
    left: Counter[str] = field(default_factory=Counter)
    """The server's own that are not taken along, by type."""

    def add(self, sent: tuple[Event, ...], appended: Appended) -> None:
        """Count what became of events that were appended together."""
        for event in sent:
            known = appended.present.get(event.id)
            if event.id in appended.refusals:
                continue
            if known is None:
                self.accepted += 1
            elif known.event.hash == event.hash:
                self.present += 1
            else:
                self.conflicts.append(event.id)
            if event.id in appended.foreign and event.version:
                self.foreign[event.version] += 1
        self.refusals += appended.refusals.values()


class Importing:
    """Appends the submissions of an export, in their order, as all is appended."""

    def __init__(self, appender: Appender, clock: Clock) -> None:
        """Keep the way into the log."""
        self._appender = appender
        self._clock = clock

    @property
    def now(self) -> int:
        """Return the server's time, ms: nothing came later."""
        return to_millis(self._clock())

    async def bring(self, learner_id: str, exported: Exported, tally: Tally) -> None:
        """Append one submission; a repeat changes nothing.

        Erased; Claimed for a guest that an account has; Unavailable while content is away.
        """
        tally.refusals += exported.refusals
        tally.left.update(event.type for event in exported.events if not is_taken(event))
        for phones, own in steps(exported.events):
            appended = await self._appender.append(
                learner_id,
                phones,
                own=_adding(own),
                refused=exported.refused,
                past=exported.past,
            )
            if appended.learner.state.closed_to is not None:
                raise Claimed("import the file")
            if appended.deferred:
                raise Unavailable(AWAY)
            tally.add((*phones, *own), appended)


def _adding(own: tuple[Event, ...]) -> Own:
    return lambda _: own
