"""Moving events of one log into another: in their order, each once, their times and marks kept."""

from collections.abc import Sequence

from services.progress.domain.closing import Claimed, Erased
from services.progress.domain.stored import Stored
from services.progress.use_cases.appending import Appender
from services.progress.use_cases.finding import moved_entries
from services.progress.use_cases.projecting import Projector
from services.progress.use_cases.store import Clash, LogDocument, Store

COPY = 200
"""Events copied into a log in one document."""


class Moving:
    """Appends to a learner's log what it lacks of another's; may be repeated after a crash."""

    def __init__(self, store: Store, projector: Projector, appender: Appender) -> None:
        """Keep the parts."""
        self._store = store
        self._projector = projector
        self._appender = appender

    async def move(
        self, learner_id: str, documents: Sequence[LogDocument], *, without: tuple[str, ...]
    ) -> None:
        """Append the events of these submissions but those whose type begins with `without`.

        Erased for who was erased, Claimed for a guest whom an account has claimed.
        """
        events = [
            stored
            for document in documents
            for stored in document.events
            if not stored.event.type.startswith(without)
        ]
        for start in range(0, len(events), COPY):
            async with self._appender.turn(learner_id):
                await self._move_some(learner_id, events[start : start + COPY], documents)

    async def _move_some(
        self, learner_id: str, events: list[Stored], documents: Sequence[LogDocument]
    ) -> None:
        received = documents[-1].received
        while True:
            learner = await self._projector.catch_up(learner_id)
            if learner.state.erased:
                raise Erased
            if learner.state.closed_to is not None:
                raise Claimed("move it")
            present = await self._store.stored(learner_id, [one.event.id for one in events])
            rest = [one for one in events if one.event.id not in present]
            if not rest:
                return
            document = LogDocument(
                learner_id=learner_id,
                n=learner.through + 1,
                received=received,
                events=tuple(_moved(one, (learner.through + 1, i)) for i, one in enumerate(rest)),
                refused=_refused(documents),
                told=moved_entries(learner, (one.event for one in rest), n=learner.through + 1),
            )
            try:
                await self._appender.log.append(document)
            except Clash:
                continue
            if await self._projector.project(learner, [document]) is None:
                await self._projector.catch_up(learner_id)
            return


def _moved(stored: Stored, place: tuple[int, int]) -> Stored:
    """Return an event at its place in the other log; its times and mark stay."""
    return Stored(
        event=stored.event,
        place=place,
        received=stored.received,
        effective=stored.effective,
        clamped=stored.clamped,
        mark=stored.mark,
    )


def _refused(documents: Sequence[LogDocument]) -> tuple[tuple[str, int], ...]:
    return tuple(dict.fromkeys(pair for document in documents for pair in document.refused))
