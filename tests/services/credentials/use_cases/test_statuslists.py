"""Status lists: places that nobody shares, bits that stay, lists that are signed in time."""

import asyncio
from datetime import timedelta

import msgspec

from services.credentials.domain import statuslist
from services.credentials.domain.records import StatusPlace
from services.credentials.domain.statuslist import Purpose
from services.credentials.repository.lists import Lists
from services.credentials.use_cases.publishing import Publisher
from services.kit.clock import utc_now
from tests.support.issuing import World, entries_of


async def test_places_are_taken_in_blocks_over_the_end_of_a_list(world: World) -> None:
    """Guards against a bulk issue that needs a call for each place, or stops where a list ends."""
    account = await world.service.issuers.ensure("acme")
    other = world.another().lists
    await world.service.lists.take_place(account)
    left = {"$set": {"next": statuslist.SIZE - 3}}
    await world.database.truth("lists").update_many({}, left)

    blocks = await asyncio.gather(
        *(lists.take_places(account, 4) for lists in (world.service.lists, other) for _ in range(2))
    )

    places = [(place.list_id, place.index) for block in blocks for place in block]
    assert [len(block) for block in blocks] == [4] * 4
    assert len(set(places)) == 16
    assert len({list_id for list_id, _ in places}) == 2


async def test_changes_at_once_lose_no_bit(world: World) -> None:
    """Guards against two revocations of which the later write undoes the earlier."""
    account = await world.service.issuers.ensure("acme")
    places = await world.service.lists.take_places(account, 24)
    processes = [world.service.lists, world.another().lists]

    await asyncio.gather(
        *(processes[n % 2].flag([(place, True)]) for n, place in enumerate(places))
    )
    await world.published()

    found = await world.service.credentials.status_list(places[0].list_id)
    assert sum(byte.bit_count() for byte in found.bits) == 24
    listed = msgspec.json.decode(found.signed)
    assert statuslist.decode(listed["credentialSubject"]["encodedList"]) == found.bits
    assert found.revision < 24  # many changes, few signatures


async def test_a_change_that_changes_nothing_signs_nothing(world: World) -> None:
    """Guards against lists that change on every retry, and so are never cached."""
    place = await place_of(world)
    await world.service.lists.flag([(place, True)])
    before = await world.service.credentials.status_list(place.list_id)

    await world.service.lists.flag([(place, True)])
    await world.published()

    assert await world.service.credentials.status_list(place.list_id) == before


async def test_the_last_of_two_changes_counts(world: World) -> None:
    """Guards against a credential that stays suspended because two changes were signed together."""
    place = await place_of(world)
    store = Lists(world.database)
    await store.change(place.list_id, [(place.index, True)])
    await store.change(place.list_id, [(place.index, False)])
    await world.published()
    first = await world.service.credentials.status_list(place.list_id)

    await store.change(place.list_id, [(place.index, False)])
    await store.change(place.list_id, [(place.index, True)])
    await world.published()

    second = await world.service.credentials.status_list(place.list_id)
    assert not statuslist.is_set(first.bits, place.index)
    assert statuslist.is_set(second.bits, place.index)


async def test_what_comes_while_a_list_is_signed_is_signed_next(world: World) -> None:
    """Guards against a revocation that falls between reading a list and writing it back."""
    one, two = await world.service.lists.take_places(await world.service.issuers.ensure("acme"), 2)
    store = Lists(world.database)
    await store.change(one.list_id, [(one.index, True)])
    due = await store.lease(one.list_id)
    assert due is not None

    await world.service.lists.keep([(two, True)])
    assert await store.lease(one.list_id) is None
    assert await store.publish(due, await world.service.lists._renewed(due))
    first = await world.service.credentials.status_list(one.list_id)
    await world.published()

    second = await world.service.credentials.status_list(one.list_id)
    assert statuslist.is_set(first.bits, one.index)
    assert not statuslist.is_set(first.bits, two.index)
    assert statuslist.is_set(second.bits, two.index)


async def test_who_signs_too_late_overwrites_nothing(world: World) -> None:
    """Guards against a process that hung, comes back and takes revocations away."""
    one, two = await world.service.lists.take_places(await world.service.issuers.ensure("acme"), 2)
    store = Lists(world.database)
    await store.change(one.list_id, [(one.index, True)])
    late = await store.lease(one.list_id)
    assert late is not None
    await world.database.truth("list_bits").update_many({}, [{"$set": {"leased": "$$NOW"}}])

    await world.service.lists.flag([(two, True)])
    assert not await store.publish(late, await world.service.lists._renewed(late))
    await world.published()

    found = await world.service.credentials.status_list(one.list_id)
    assert statuslist.is_set(found.bits, one.index)
    assert statuslist.is_set(found.bits, two.index)
    assert await world.database.truth("list_history").count({}) == found.revision


async def test_a_change_beside_two_that_cancel_out_is_signed(world: World) -> None:
    """Guards against a list that rests for ever because nothing came of what was asked first."""
    one, two = await world.service.lists.take_places(await world.service.issuers.ensure("acme"), 2)
    store = Lists(world.database)
    await store.change(one.list_id, [(one.index, True), (one.index, False)])
    due = await store.lease(one.list_id)
    assert due is not None
    await store.change(one.list_id, [(two.index, True)])

    assert await store.publish(due, await world.service.lists._renewed(due))
    await world.published()

    found = await world.service.credentials.status_list(one.list_id)
    assert not statuslist.is_set(found.bits, one.index)
    assert statuslist.is_set(found.bits, two.index)


async def test_who_signs_too_late_drops_nothing_that_came_since(world: World) -> None:
    """Guards against a revocation that a process which hung takes for one that it has signed."""
    one, two = await world.service.lists.take_places(await world.service.issuers.ensure("acme"), 2)
    store = Lists(world.database)
    await store.change(one.list_id, [(one.index, True)])
    late = await store.lease(one.list_id)
    assert late is not None
    await world.database.truth("list_bits").update_many({}, [{"$set": {"leased": "$$NOW"}}])
    await world.service.lists.flag([(one, False)])  # signs nothing: the list is as it was
    await store.change(one.list_id, [(two.index, True)])

    assert not await store.publish(late, await world.service.lists._renewed(late))
    await world.published()

    found = await world.service.credentials.status_list(one.list_id)
    assert not statuslist.is_set(found.bits, one.index)
    assert statuslist.is_set(found.bits, two.index)


async def test_a_list_is_signed_anew_before_it_expires(world: World) -> None:
    """Guards against credentials that no longer verify because nobody was revoked for a week."""
    place = await place_of(world)
    old = utc_now() - statuslist.RENEWAL - timedelta(minutes=1)
    aged = {"$set": {"signed_at": old, "due": old + statuslist.RENEWAL}}
    await world.database.truth("list_bits").update_many({}, aged)

    assert await world.service.lists.publish()
    assert not await world.service.lists.publish()

    found = await world.service.credentials.status_list(place.list_id)
    listed = msgspec.json.decode(found.signed)
    assert found.signed_at is not None
    assert found.signed_at > old + statuslist.RENEWAL
    assert listed["validUntil"] > listed["validFrom"]


async def test_a_process_signs_what_another_left_due(world: World) -> None:
    """Guards against a revocation that waits for ever because its process was killed."""
    place = await place_of(world)
    await Lists(world.database).change(place.list_id, [(place.index, True)])
    publisher = Publisher(world.another().lists, rest=0.05)

    publisher.start()
    async with asyncio.timeout(60):
        while not (await world.service.credentials.status_list(place.list_id)).revision:
            await asyncio.sleep(0.02)
    await publisher.stop()

    found = await world.service.credentials.status_list(place.list_id)
    assert statuslist.is_set(found.bits, place.index)


async def test_an_issuer_that_keeps_suspension_lists_gives_two_entries(world: World) -> None:
    """Guards against a suspension that verifiers read as a revocation where it need not be."""
    settings = msgspec.structs.replace(world.settings, suspension_lists="acme, morsel-academy")
    world.service = world.another(settings)

    issued = await world.issue()

    entries = entries_of(issued)
    assert [entry["statusPurpose"] for entry in entries] == [*Purpose]
    assert len({entry["statusListCredential"] for entry in entries}) == 2
    for entry in entries:
        url = entry["statusListCredential"]
        found = await world.service.credentials.status_list(url.rpartition("/")[2])
        listed = msgspec.json.decode(found.signed)
        assert listed["credentialSubject"]["statusPurpose"] == entry["statusPurpose"]


async def place_of(world: World) -> StatusPlace:
    """Return a place in a fresh list."""
    return await world.service.lists.take_place(await world.service.issuers.ensure("acme"))
