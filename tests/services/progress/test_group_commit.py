"""Group commit: who waits at the same time shares a write, and hears of its own document."""

import asyncio
from collections.abc import Sequence

import pytest

from services.kit.errors import Unavailable
from services.progress.use_cases.group_commit import MOST, WRITES, GroupCommit
from services.progress.use_cases.store import Clash, LogDocument


def document(number: int) -> LogDocument:
    return LogDocument(learner_id=f"lrn_{number}", n=1, received=0)


class Disk:
    """Writes when told to; learners in `taken` clash."""

    def __init__(self, *, taken: frozenset[str] = frozenset(), away: bool = False) -> None:
        self.writes: list[list[str]] = []
        self.spinning = asyncio.Event()
        self.taken = taken
        self.away = away

    async def write(self, documents: Sequence[LogDocument]) -> frozenset[int]:
        self.writes.append([one.learner_id for one in documents])
        await self.spinning.wait()
        if self.away:
            raise Unavailable("away")
        return frozenset(i for i, one in enumerate(documents) if one.learner_id in self.taken)


async def appended(disk: Disk, numbers: range) -> list[BaseException | None]:
    """Append documents at once; the disk spins once all of them wait."""
    log = GroupCommit(disk.write)
    waiting = asyncio.gather(
        *(log.append(document(number)) for number in numbers), return_exceptions=True
    )
    await asyncio.sleep(0.01)
    disk.spinning.set()
    return await waiting


async def test_what_waits_goes_together() -> None:
    """Each submission would cost a journal write of its own."""
    disk = Disk()
    outcomes = await appended(disk, range(2 * MOST + 5))
    assert outcomes == [None] * (2 * MOST + 5)
    assert sum(len(write) for write in disk.writes) == 2 * MOST + 5
    assert len(disk.writes) == WRITES + 1
    assert max(len(write) for write in disk.writes) == MOST


async def test_a_clash_is_told_to_its_own_submission_only() -> None:
    """One learner's clash would refuse or repeat the submissions of others."""
    outcomes = await appended(Disk(taken=frozenset({"lrn_3"})), range(6))
    assert [isinstance(outcome, Clash) for outcome in outcomes] == [i == 3 for i in range(6)]


async def test_an_outage_is_told_to_everybody_and_the_next_write_goes_on() -> None:
    """Somebody would wait for ever, or be told that it is stored."""
    disk = Disk(away=True)
    outcomes = await appended(disk, range(4))
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
    disk.away = False
    log = GroupCommit(disk.write)
    await log.append(document(9))


async def test_a_caller_that_gave_up_does_not_disturb_the_others() -> None:
    """A dropped connection would take its neighbours' submissions along."""
    disk = Disk()
    log = GroupCommit(disk.write)
    gone = asyncio.create_task(log.append(document(1)))
    stays = asyncio.create_task(log.append(document(2)))
    await asyncio.sleep(0)
    gone.cancel()
    disk.spinning.set()
    await stays
    with pytest.raises(asyncio.CancelledError):
        await gone
