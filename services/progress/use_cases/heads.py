"""Which learners' logs have moved on: asked about many at once, by a long poll."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress

from services.progress.contract import Head, Known
from services.progress.use_cases.store import Store


class Heads:
    """Watches heads of logs: woken by what this process projects, else looking every `poll`."""

    def __init__(self, store: Store, *, poll: float = 1.0) -> None:
        """Read from this store."""
        self._store = store
        self._poll = poll
        self._watches: set[_Watch] = set()

    def moved(self, learner_id: str) -> None:
        """Tell that a learner's log was projected further, all documents of it written."""
        for watch in self._watches:
            watch.tell(learner_id)

    async def beyond(self, known: tuple[Known, ...], *, wait: float) -> tuple[Head, ...]:
        """Return those heads that are elsewhere than known, waiting up to `wait` seconds for one.

        Of a learner of whom nothing is known, the head alone.
        """
        asked = {one.learner_id: one.n for one in known}
        loop = asyncio.get_running_loop()
        end = loop.time() + wait
        look: Collection[str] = asked
        with self._watching(asked) as watch:
            while True:
                heads = await self._look({id_: asked[id_] for id_ in look})
                rest = end - loop.time()
                if heads or rest <= 0:
                    return heads
                look = await watch.next(min(rest, self._poll)) or asked

    @contextmanager
    def _watching(self, learner_ids: Collection[str]) -> Iterator["_Watch"]:
        watch = _Watch(learner_ids)
        self._watches.add(watch)
        try:
            yield watch
        finally:
            self._watches.discard(watch)

    async def _look(self, known: Mapping[str, int | None]) -> tuple[Head, ...]:
        heads = await self._store.heads(list(known))
        moved = {id_: n for id_, n in heads.items() if n != known[id_]}
        followed = [
            Known(learner_id=id_, n=since)
            for id_ in moved
            if (since := known[id_]) is not None and since < moved[id_]
        ]
        notices = await self._store.notices(followed) if followed else {}
        return tuple(
            Head(
                learner_id=id_,
                n=n,
                notices=tuple(one for one in notices.get(id_, ()) if one.n <= n),
            )
            for id_, n in moved.items()
        )


class _Watch:
    """One long poll: which of its learners moved since it last looked."""

    def __init__(self, learner_ids: Collection[str]) -> None:
        self._learner_ids = learner_ids
        self._moved: set[str] = set()
        self._told = asyncio.Event()

    def tell(self, learner_id: str) -> None:
        """Note that a learner moved, if it is one of those."""
        if learner_id in self._learner_ids:
            self._moved.add(learner_id)
            self._told.set()

    async def next(self, seconds: float) -> set[str]:
        """Return the learners that moved, waiting up to `seconds` for one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._told.wait()
        moved, self._moved = self._moved, set()
        self._told.clear()
        return moved
