"""`morsel erase`: erases learners, and lists who was erased, for the day after a restore."""

from pathlib import Path

import uvloop

from morsel.data import Data
from morsel.refold import open_progress
from morsel.refusal import Refusal
from services.kit.ids import Kind, read_id


def main(
    *,
    data: Data,
    mongo: str | None,
    learners: list[str],
    source: Path | None,
    listed: bool,
) -> int:
    """Erase the learners that are named, or print who was erased before."""
    ids = [*learners, *(_named(source) if source else ())]
    if listed:
        print("\n".join(uvloop.run(_erased(data, mongo))))
        return 0
    if not ids:
        raise Refusal("Name learners by id, or a file of ids with --from.")
    for learner_id in ids:
        read_id(Kind.LEARNER, learner_id)
    uvloop.run(_erase(data, mongo, ids))
    print(f"{len(ids)} learner{'' if len(ids) == 1 else 's'} erased.")
    return 0


def _named(source: Path) -> list[str]:
    try:
        return source.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{source} cannot be read as a list of ids: {error}") from error


async def _erased(data: Data, mongo: str | None) -> list[str]:
    async with open_progress(data, mongo) as progress:
        return await progress.leaving.erasing.erased()


async def _erase(data: Data, mongo: str | None, ids: list[str]) -> None:
    async with open_progress(data, mongo) as progress:
        for learner_id in ids:
            await progress.leaving.erasing.bury(learner_id)
            await progress.leaving.erasing.delete(learner_id)
