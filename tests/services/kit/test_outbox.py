"""The outbox on a real mongod: nothing is lost, whoever claims, dies or fails."""

import asyncio
from datetime import timedelta

import pytest

from services.kit.errors import Invalid
from services.kit.mongo import Collection, Database
from services.kit.outbox import MAX_TRIES, Outbox
from services.kit.records import OutboxEntry

SHORT = timedelta(milliseconds=300)


@pytest.fixture
async def things(database: Database) -> Collection:
    """A collection of truth with the outbox's indexes."""
    collection = database.truth("things")
    await collection.create_indexes(Outbox.indexes())
    return collection


def _document(
    number: int, *, to: tuple[str, ...] = ("progress",), entries: int = 1
) -> dict[str, object]:
    return {
        "_id": number,
        "outbox": [
            {"id": f"e{number}.{entry}", "type": "t", "data": {"n": number}, "to": list(to)}
            for entry in range(entries)
        ],
    }


async def test_an_entry_is_claimed_as_it_was_written(things: Collection) -> None:
    """Breaks when a lease changes the entry or the claim returns more than the record."""
    outbox = Outbox([things])
    await things.insert_one(_document(1))

    claimed = await outbox.claim("progress", limit=10, wait=0)

    assert claimed == (OutboxEntry(id="e1.0", type="t", data={"n": 1}),)


async def test_a_leased_entry_is_nobody_elses(things: Collection) -> None:
    """Breaks when two claimers get one entry while the lease holds."""
    outbox = Outbox([things])
    await things.insert_one(_document(1))
    await outbox.claim("progress", limit=10, wait=0)

    assert await outbox.claim("progress", limit=10, wait=0) == ()


async def test_consumers_do_not_see_each_others_leases(things: Collection) -> None:
    """Breaks when an entry for two is removed by the first, or leased for both."""
    outbox = Outbox([things])
    await things.insert_one(_document(1, to=("progress", "credentials")))

    first = await outbox.claim("progress", limit=1, wait=0)
    await outbox.ack("progress", (first[0].id,))

    assert await outbox.claim("credentials", limit=1, wait=0) == first
    assert await outbox.claim("progress", limit=1, wait=0) == ()
    await outbox.ack("credentials", (first[0].id,))
    assert await things.find({}) == [{"_id": 1, "outbox": []}]


async def test_a_claim_is_never_larger_than_asked(things: Collection) -> None:
    """Breaks when a document with many entries is leased as a whole."""
    outbox = Outbox([things])
    await things.insert_one(_document(1, entries=5))

    first = await outbox.claim("progress", limit=2, wait=0)
    rest = await outbox.claim("progress", limit=9, wait=0)

    assert [entry.id for entry in first] == ["e1.0", "e1.1"]
    assert [entry.id for entry in rest] == ["e1.2", "e1.3", "e1.4"]


async def test_entries_of_all_collections_are_claimed(
    database: Database, things: Collection
) -> None:
    """Breaks when one claim stops at the first collection."""
    others = database.truth("others")
    outbox = Outbox([things, others])
    await things.insert_one(_document(1))
    await others.insert_one(_document(2))

    claimed = await outbox.claim("progress", limit=9, wait=0)

    assert {entry.id for entry in claimed} == {"e1.0", "e2.0"}


async def test_what_a_dead_claimer_held_comes_back_after_its_lease(things: Collection) -> None:
    """Breaks when a lease has no end: the entries of a killed worker would be lost."""
    outbox = Outbox([things], lease=SHORT)
    await things.insert_one(_document(1))
    held = await outbox.claim("progress", limit=1, wait=0)

    again = await outbox.claim("progress", limit=1, wait=3)

    assert again == held


async def test_four_claimers_share_two_hundred_entries(things: Collection) -> None:
    """Breaks when claims lose an entry or lease one twice; one claimer dies with its batch."""
    outbox = Outbox([things], lease=timedelta(seconds=2), poll=0.1)
    await things.insert_many([_document(number, entries=1 + number % 2) for number in range(134)])
    expected = {f"e{n}.{i}" for n in range(134) for i in range(1 + n % 2)}
    dropped = await outbox.claim("progress", limit=20, wait=0)
    handled: list[str] = []

    async def claimer() -> None:
        while len(handled) < len(expected):
            for entry in await outbox.claim("progress", limit=10, wait=0.2):
                handled.append(entry.id)
                await outbox.ack("progress", (entry.id,))

    async with asyncio.timeout(20):
        await asyncio.gather(*(claimer() for _ in range(4)))

    assert len(dropped) == 20
    assert len(expected) == 201
    assert sorted(handled) == sorted(expected)
    assert await things.count({"outbox.0": {"$exists": True}}) == 0


async def test_a_wake_up_ends_the_wait_at_once(things: Collection) -> None:
    """Breaks when an event of the same process waits for the next poll."""
    outbox = Outbox([things], poll=30)
    waiting = asyncio.create_task(outbox.claim("progress", limit=1, wait=30))
    await asyncio.sleep(0.1)

    await things.insert_one(_document(1))
    outbox.wake()

    async with asyncio.timeout(2):
        assert [entry.id for entry in await waiting] == ["e1.0"]


async def test_without_a_wake_up_the_poll_finds_it(things: Collection) -> None:
    """Breaks when an entry that another process wrote is seen only after the whole wait."""
    outbox = Outbox([things], poll=0.1)
    waiting = asyncio.create_task(outbox.claim("progress", limit=1, wait=30))
    await asyncio.sleep(0.1)

    await things.insert_one(_document(1))

    async with asyncio.timeout(2):
        assert [entry.id for entry in await waiting] == ["e1.0"]


async def test_poison_ends_as_a_dead_letter_and_others_never_wait(things: Collection) -> None:
    """Breaks when a failing entry is tried for ever, loses its reason or holds others up."""
    outbox = Outbox([things], lease=SHORT, backoff=timedelta(milliseconds=10), poll=0.05)
    await things.insert_many([_document(1, to=("progress", "credentials")), _document(2)])
    tries = 0
    while claimed := await outbox.claim("progress", limit=9, wait=1):
        for entry in claimed:
            if entry.id == "e2.0":
                await outbox.ack("progress", (entry.id,))
            else:
                tries += 1
                await outbox.fail("progress", entry.id, reason=f"$try {tries}")

    poisoned = await things.find_one({"_id": 1})

    assert tries == MAX_TRIES
    assert poisoned is not None
    assert [(letter["id"], letter["tries"], letter["reason"]) for letter in poisoned["dead"]] == [
        ("e1.0", MAX_TRIES, "$try 5")
    ]
    assert poisoned["outbox"][0]["to"] == ["credentials"]
    assert await things.find_one({"_id": 2}) == {"_id": 2, "outbox": []}


async def test_a_failure_of_the_surroundings_does_not_count(things: Collection) -> None:
    """Breaks when an outage of a peer turns good entries into dead letters."""
    outbox = Outbox([things], lease=SHORT, backoff=timedelta(milliseconds=1), poll=0.02)
    await things.insert_one(_document(1))

    for _ in range(MAX_TRIES + 2):
        claimed = await outbox.claim("progress", limit=1, wait=2)
        assert [entry.id for entry in claimed] == ["e1.0"]
        await outbox.fail("progress", "e1.0", reason="away", counts=False)

    assert [entry.id for entry in await outbox.claim("progress", limit=1, wait=2)] == ["e1.0"]


@pytest.mark.parametrize("name", ["", "a.b", "$where", "Progress", "x" * 41])
async def test_a_name_that_is_no_field_is_refused(things: Collection, name: str) -> None:
    """Breaks when a peer's text can reach the path of an update."""
    outbox = Outbox([things])
    await things.insert_one(_document(1))

    with pytest.raises(Invalid, match="lower-case"):
        await outbox.claim(name, limit=1, wait=0)

    assert await things.find_one({"_id": 1}) == _document(1)
