"""Judging in a process of its own: the same answers as in a thread, and an end to what hangs."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from services.credentials.domain import statuslist
from services.credentials.domain.did import key_document
from services.credentials.domain.fetched import Unresolved
from services.credentials.domain.shape import read_json
from services.credentials.domain.verification import Findings, examine
from services.credentials.repository.judging import Processes, Threads
from services.kit.errors import Invalid, Unavailable
from tests.support.badges import DID, badge, known_contexts, sign, status_list

SLEEPS = "import sys, time; sys.stdout.buffer.write(bytes(4)); sys.stdout.flush(); time.sleep(600)"
CRASHES = "import sys; sys.stdout.buffer.write(bytes(4)); sys.stdout.flush(); sys.stdin.read(9)"


@pytest.fixture(scope="module")
async def processes() -> AsyncIterator[Processes]:
    """One process that judges."""
    judge = Processes(1, seconds=60)
    yield judge
    await judge.stop()


@pytest.fixture
def findings() -> Findings:
    """What is known of the badge's issuer, and that another is away."""
    return Findings(
        now=datetime(2026, 11, 26, tzinfo=UTC),
        contexts=known_contexts(),
        documents={
            DID: key_document(DID),
            "did:web:x.example": Unresolved(reason="away", gone=True),
        },
    )


async def test_a_process_answers_as_a_thread_does(processes: Processes, findings: Findings) -> None:
    """Guards against a verdict that depends on where it is reached."""
    signed = sign(badge())
    changed = signed | {"name": "Better"}

    for each in (signed, changed):
        presented = read_json(each)
        found = await processes.examine(presented, findings)
        assert found == examine(presented, findings)
        assert found == await Threads().examine(presented, findings)


async def test_a_process_reads_status_lists(processes: Processes, findings: Findings) -> None:
    """Guards against a list that is judged elsewhere than all else that strangers write."""
    url = "https://example.org/status/1"
    listed = sign(status_list(url, revoked=[7], now=findings.now))

    found = await processes.read_list(listed, url, findings)

    assert found.issuer == DID
    assert found.bits == statuslist.with_changes(statuslist.empty(), [(7, True)])
    assert found == await Threads().read_list(listed, url, findings)
    with pytest.raises(Invalid, match="not the one at that address"):
        await processes.read_list(listed, f"{url}0", findings)


@pytest.mark.parametrize("program", [SLEEPS, CRASHES], ids=["sleeps", "crashes"])
async def test_what_hangs_or_dies_is_ended_in_words(program: str, findings: Findings) -> None:
    """Guards against a badge that keeps a process from everybody else's for ever."""
    judge = Processes(1, seconds=0.2, command=(sys.executable, "-c", program))

    for _ in range(2):
        with pytest.raises(Invalid, match="longer to check than any badge"):
            await judge.examine(read_json({"id": "urn:x"}), findings)

    await judge.stop()


async def test_who_gives_up_waiting_does_not_stop_the_start(findings: Findings) -> None:
    """Guards against a busy machine on which no process ever gets ready, as each is ended first."""
    judge = Processes(1, seconds=60)
    for _ in range(3):
        with suppress(TimeoutError):  # unless it got ready in between
            async with asyncio.timeout(0):
                await judge.ready()

    found = await judge.examine(read_json(sign(badge())), findings)

    assert found == examine(read_json(sign(badge())), findings)
    await judge.stop()


async def test_a_process_that_does_not_start_is_told_so(findings: Findings) -> None:
    """Guards against a deployment without the program that waits for ever."""
    judge = Processes(1, command=(sys.executable, "-c", "raise SystemExit"))

    for _ in range(2):
        with pytest.raises(Unavailable, match="cannot be checked at the moment"):
            await judge.examine(read_json({"id": "urn:x"}), findings)

    await judge.stop()
