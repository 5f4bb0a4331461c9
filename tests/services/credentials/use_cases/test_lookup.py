"""Look-ups: once for all who ask at the same time, kept while they count, failures too."""

import asyncio

import pytest

from services.credentials.domain.fetched import Unresolved
from services.credentials.use_cases.lookup import Lookup
from services.kit.errors import NotFound, Unavailable


class Source:
    """Answers when it is told to, and counts who asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.open = asyncio.Event()

    async def __call__(self, name: str) -> str:
        """Return the name; names of faults raise them."""
        self.asked.append(name)
        await self.open.wait()
        if name == "gone":
            raise NotFound("it is gone")
        if name == "away":
            raise Unavailable("it is away")
        if name == "broken":
            raise ZeroDivisionError
        return name


async def test_all_who_ask_at_once_share_an_answer() -> None:
    """Guards against a thousand calls to the issuer of a thousand badges."""
    source = Source()
    lookup = Lookup(source, seconds=lambda _: 60, size=9)
    waiting = [asyncio.ensure_future(lookup("one")) for _ in range(5)]
    await asyncio.sleep(0)
    waiting.pop(0).cancel()
    source.open.set()

    assert await asyncio.gather(*waiting) == ["one"] * 4
    assert await lookup("one") == "one"
    assert source.asked == ["one"]


async def test_what_does_not_count_any_more_is_asked_for_again() -> None:
    """Guards against a revocation that is never seen."""
    source = Source()
    source.open.set()
    lookup = Lookup(source, seconds=lambda _: 0, size=9)

    assert [await lookup("one"), await lookup("one")] == ["one", "one"]
    assert source.asked == ["one", "one"]


async def test_a_failure_is_an_answer_and_is_kept() -> None:
    """Guards against a dead host that every badge of a batch waits for."""
    source = Source()
    source.open.set()
    lookup = Lookup(source, seconds=lambda _: 60, size=9)

    for _ in range(2):
        assert await lookup("gone") == Unresolved(reason="it is gone", gone=True)
        assert await lookup("away") == Unresolved(reason="it is away")
    assert source.asked == ["gone", "away"]


async def test_a_fault_is_not_kept() -> None:
    """Guards against a fault of ours that outlives its cause."""
    source = Source()
    source.open.set()
    lookup = Lookup(source, seconds=lambda _: 60, size=9)

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await lookup("broken")
    assert source.asked == ["broken", "broken"]


async def test_no_more_is_kept_than_there_is_room_for() -> None:
    """Guards against memory that strangers fill with names."""
    source = Source()
    source.open.set()
    lookup = Lookup(source, seconds=lambda _: 60, size=2)

    for name in ("a", "b", "c", "c", "a"):
        await lookup(name)

    assert source.asked == ["a", "b", "c", "a"]
