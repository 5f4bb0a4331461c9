"""A completion becomes one credential: once, whole, with news of it."""

import asyncio
from base64 import urlsafe_b64encode

import msgspec
import pytest

from services.credentials.contract import HolderKey
from services.credentials.domain import statuslist
from services.kit.errors import Invalid, NotFound
from services.kit.records import OutboxEntry
from tests.support.awards import COMPLETED_AT, award_of, completion_of, course_version
from tests.support.issuing import World


async def test_a_completion_told_twenty_times_at_once_is_issued_once(world: World) -> None:
    """Guards against a second credential, news or used place when an entry is delivered again."""
    version = world.shelf.add(course_version())
    completion = completion_of(version)
    other = world.another()

    await asyncio.gather(
        *(world.service.issuing.award(completion) for _ in range(10)),
        *(other.issuing.award(completion) for _ in range(10)),
    )
    await world.service.issuing.award(completion)

    (stored,) = await world.database.truth("credentials").find({})
    assert stored["learner_id"] == completion.learner_id
    assert [entry["type"] for entry in stored["outbox"]] == ["credential.issued"]
    signed = msgspec.json.decode(stored["json"])
    assert signed["credentialStatus"]["statusListIndex"] == str(stored["place"]["index"])


async def test_every_credential_has_a_place_of_its_own(world: World) -> None:
    """Guards against two credentials that are revoked together."""
    version = world.shelf.add(course_version())

    await asyncio.gather(
        *(
            service.issuing.award(completion_of(version, f"learner {n}"))
            for n in range(12)
            for service in (world.service, world.another())
        )
    )

    stored = await world.database.truth("credentials").find({})
    places = {(one["place"]["list_id"], one["place"]["index"]) for one in stored}
    assert len(stored) == len(places) == 12
    assert await world.database.truth("lists").count({}) == 1


async def test_a_full_list_is_followed_by_another(world: World) -> None:
    """Guards against a learner who gets nothing because 131,072 others came first."""
    version = world.shelf.add(course_version())
    await world.service.issuing.award(completion_of(version, "first"))
    await world.database.truth("lists").update_many({}, {"$set": {"next": statuslist.SIZE}})

    await asyncio.gather(
        *(world.service.issuing.award(completion_of(version, f"learner {n}")) for n in range(4))
    )

    stored = await world.database.truth("credentials").find({})
    used = [one["place"]["list_id"] for one in stored]
    assert sorted(used.count(one) for one in set(used)) == [1, 4]
    assert await world.database.truth("lists").count({}) == 2


async def test_another_version_of_an_award_is_earned_again(world: World) -> None:
    """Guards against a renewed course that awards nothing to those who had the old one."""
    old = world.shelf.add(course_version())
    new = world.shelf.add(course_version(number=2, award=award_of(version="2")))

    await world.service.issuing.award(completion_of(old))
    await world.service.issuing.award(completion_of(new))

    stored = await world.database.truth("credentials").find({}, sort=[("achievement_version", 1)])
    assert [one["achievement_version"] for one in stored] == ["1", "2"]


async def test_a_course_without_an_award_issues_nothing(world: World) -> None:
    """Guards against an entry that is retried for ever because there is nothing to do."""
    version = world.shelf.add(msgspec.structs.replace(course_version(), achievement=None))

    await world.service.issuing.award(completion_of(version))

    assert await world.database.truth("credentials").count({}) == 0


async def test_a_completion_of_an_unknown_version_is_left_for_later(world: World) -> None:
    """Guards against a completion that is acknowledged although nothing could be issued."""
    with pytest.raises(NotFound):
        await world.service.issuing.award(completion_of(course_version()))

    assert await world.database.truth("credentials").count({}) == 0


async def test_a_definition_is_asked_for_once(world: World) -> None:
    """Guards against a call to content for each credential: a version never changes."""
    version = world.shelf.add(course_version())

    await world.service.issuing.define(version.id)
    for learner in ("ada", "bo"):
        await world.service.issuing.award(completion_of(version, learner))

    assert world.shelf.asked == 1


async def test_two_processes_that_start_at_once_agree_on_the_key(world: World) -> None:
    """Guards against credentials signed with a key that the DID document does not list."""
    others = [world.another() for _ in range(4)]

    accounts = await asyncio.gather(*(one.issuers.ensure("acme") for one in others))

    assert len({account.keys[0].public for account in accounts}) == 1
    assert accounts[0].did == "did:web:localhost%3A8000:issuers:acme"


async def test_another_origin_adds_an_issuer_and_keeps_the_old_one(world: World) -> None:
    """Guards against a moved deployment that makes every credential issued so far unverifiable."""
    before = await world.service.issuers.ensure("morsel-academy")
    moved = msgspec.structs.replace(world.settings, public_url="https://learn.example.org")

    after = await world.another(moved).issuers.ensure("morsel-academy")

    assert after.did == "did:web:learn.example.org:issuers:morsel-academy"
    assert await world.service.issuers.known(before.did) == before


async def test_a_wrong_sealing_key_does_not_sign(world: World) -> None:
    """Guards against private keys in the clear, and against a lost key unnoticed."""
    account = await world.service.issuers.ensure("morsel-academy")
    wrong = urlsafe_b64encode(b"x" * 32).decode()
    other = world.another(msgspec.structs.replace(world.settings, sealing_key=wrong))

    with pytest.raises(Invalid, match="MORSEL_SEALING_KEY"):
        other.issuers.signer(account)


async def test_a_completion_travels_through_the_feeds_to_the_learners_log(world: World) -> None:
    """Guards against a chain that breaks between progress, credentials and progress again."""
    version = world.shelf.add(course_version())
    completion = completion_of(version)
    published = {"courseId": version.course_id, "versionId": version.id}
    completed = msgspec.to_builtins(completion) | {"completedAt": "2026-11-20T09:30:15.250Z"}
    await world.tell("content", type="content.published", data=published, id="p-1")
    await world.service.start()

    await world.tell("progress", type="course.completed", data=completed, id="c-1")
    async with asyncio.timeout(10):
        while not world.diary.events:
            await asyncio.sleep(0.02)
    await world.service.stop()

    key = HolderKey(
        learner_id=completion.learner_id, achievement_id=completion.achievement_id or ""
    )
    (held,) = await world.service.credentials.held((key,))
    assert held is not None
    (event,) = world.diary.events
    assert (event.type, event.learner_id) == ("credential.issued", completion.learner_id)
    assert event.body["credentialId"] == held.id
    assert event.body["awardedAt"] == "2026-11-20T09:30:15.250Z"
    assert held.awarded_at == COMPLETED_AT
    for feed in (world.content_feed, world.progress_feed, world.service.feed):
        assert await feed.claim("credentials", limit=10, wait=0) == ()


async def test_an_entry_of_an_unknown_type_is_passed_over(world: World) -> None:
    """Guards against a newer peer whose entries pile up as dead letters."""
    entry = OutboxEntry(id="x", type="course.renamed", data={})

    await world.service.hearing.handle(entry)

    assert await world.database.truth("credentials").count({}) == 0
