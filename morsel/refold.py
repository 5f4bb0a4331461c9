"""`morsel refold`: makes what is shown of learners again from the log of their events."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvloop
from rich.console import Console
from rich.progress import Progress as Bar

from morsel.data import Data
from morsel.refusal import Refusal
from morsel.system import progress_alone
from services.kit.settings import load, variable
from services.progress.app import Progress, opened
from services.progress.settings import Settings

CURSOR_KEY = variable("cursor_key")
PAGE = 500


def main(*, data: Data, mongo: str | None, learner: str | None, everybody: bool) -> int:
    """Refold one learner, or everybody, and say how many there were."""
    del everybody
    count = uvloop.run(_refold(data, mongo, learner))
    print(f"{count} learner{'' if count == 1 else 's'} folded again from their events.")
    return 0


async def _refold(data: Data, mongo: str | None, learner: str | None) -> int:
    async with open_progress(data, mongo) as progress:
        if learner is None:
            return await _everybody(progress)
        if (await progress.refold(learner)).through == 0:
            raise Refusal(f"There are no events of a learner {learner!r}.")
        return 1


async def _everybody(progress: Progress) -> int:
    """Refold all learners in the order of their ids, under a bar on the terminal."""
    count, after = 0, ""
    total = await progress.store.count_learners()
    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("learners", total=total)
        while page := await progress.store.learner_ids(after=after, limit=PAGE):
            for learner_id in page:
                await progress.refold(learner_id)
                bar.advance(task)
            count, after = count + len(page), page[-1]
    return count


def is_cluster() -> bool:
    """Return whether the environment tells all, as in a pod of progress."""
    return CURSOR_KEY in os.environ or f"{CURSOR_KEY}_FILE" in os.environ


@asynccontextmanager
async def open_progress(data: Data, mongo: str | None) -> AsyncIterator[Progress]:
    """Yield progress: a cluster's own, told by `MORSEL_*`, or a data folder's."""
    if is_cluster():
        async with opened(load(Settings, os.environ)) as progress:
            yield progress
        return
    async with progress_alone(data, mongo) as progress:
        yield progress
