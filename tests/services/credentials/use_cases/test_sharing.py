"""Sharing: the holder decides who sees a credential, what of it, and until when."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from services.credentials.contract import Credential, CredentialStatus, ShareCredential
from services.kit.errors import Invalid, NotFound
from services.kit.ids import Kind
from services.kit.mongo import Mongo
from services.kit.records import Actor, Role
from tests.support.awards import make_id
from tests.support.issuing import ORIGIN, World, new_world

ZOE = Actor(subject=make_id(Kind.LEARNER, "zoe"))
FAR = datetime(2099, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
async def town(mongo: Mongo, mongo_uri: str) -> AsyncIterator[World]:
    """One database for the module."""
    async with new_world(mongo, mongo_uri) as made:
        yield made


@pytest.fixture
async def world(town: World) -> World:
    """The same, with nothing issued."""
    await town.empty()
    return town


async def share(world: World, issued: Credential, **options: object) -> Credential:
    """Share a credential of Zoe's."""
    wish = ShareCredential(credential_id=issued.id, **options)  # type: ignore[arg-type]  # as the test says
    return await world.service.sharing.share(ZOE, wish)


async def seen(world: World, issued: Credential) -> Credential | None:
    """Return what anybody sees of a credential."""
    (found,) = await world.service.credentials.credentials(None, (issued.id,))
    return found


async def test_what_is_shared_is_seen_by_anybody_until_it_is_taken_back(world: World) -> None:
    """A holder could not show a credential, or not take it back."""
    issued = await world.issue()
    assert issued.share_url is None
    assert issued.linked_in_url is None

    shared = await share(world, issued, show_retention=True, expires_at=FAR)

    assert shared.share_url is not None
    token = shared.share_url.removeprefix(f"{ORIGIN}/c/")
    assert len(token) == 22
    assert (shared.share_expires_at, shared.shares_retention) == (FAR, True)
    assert (await world.service.sharing.under(token)).id == issued.id
    assert await seen(world, issued) == shared
    for _ in range(2):
        closed = await world.service.sharing.unshare(ZOE, issued.id)
        assert (closed.share_url, closed.linked_in_url) == (None, None)
    assert await seen(world, issued) is None
    with pytest.raises(NotFound):
        await world.service.sharing.under(token)


async def test_a_link_stays_the_same_until_it_is_taken_back(world: World) -> None:
    """A link in a letter would end when its holder shows more, or one taken back revive."""
    issued = await world.issue()

    first, *others = await asyncio.gather(*(share(world, issued) for _ in range(4)))
    changed = await share(world, issued, show_retention=True)
    await world.service.sharing.unshare(ZOE, issued.id)
    anew = await share(world, issued)

    assert {one.share_url for one in (*others, changed)} == {first.share_url}
    assert changed.shares_retention
    assert anew.share_url not in {None, first.share_url}
    assert not anew.shares_retention


async def test_an_expired_link_is_as_if_it_were_not_there(world: World) -> None:
    """What was to be seen for a week would be seen for ever."""
    issued = await world.issue()
    shared = await share(world, issued, expires_at=FAR)
    await world.database.truth("credentials").update_many(
        {}, {"$set": {"share.expires_at": datetime.now(UTC) - timedelta(seconds=1)}}
    )

    assert await seen(world, issued) is None
    assert shared.share_url is not None
    with pytest.raises(NotFound):
        await world.service.sharing.under(shared.share_url.rpartition("/")[2])
    (own,) = await world.service.credentials.credentials(ZOE, (issued.id,))
    assert own is not None
    assert own.share_url is None


async def test_only_the_holder_shares(world: World) -> None:
    """An issuer, or somebody who knows an id, would publish what is another's."""
    issued = await world.issue()
    others = (
        Actor(subject=make_id(Kind.LEARNER, "bo")),
        Actor(
            subject=make_id(Kind.LEARNER, "iris"),
            roles=frozenset({Role.ISSUER, Role.ADMIN}),
            organisation="morsel-academy",
        ),
    )

    for actor in others:
        with pytest.raises(NotFound) as refusal:
            await world.service.sharing.share(actor, ShareCredential(credential_id=issued.id))
        assert refusal.value.path == ("credentialId",)
        with pytest.raises(NotFound):
            await world.service.sharing.unshare(actor, issued.id)
    assert await seen(world, issued) is None


async def test_a_link_cannot_end_before_it_begins(world: World) -> None:
    """A holder would hand out a link that opens nothing."""
    issued = await world.issue()

    with pytest.raises(Invalid) as refusal:
        await share(world, issued, expires_at=datetime(2020, 1, 1, tzinfo=UTC))

    assert refusal.value.path == ("expiresAt",)
    assert await seen(world, issued) is None


async def test_others_are_not_told_why_a_credential_is_off(world: World) -> None:
    """The issuer's reason is for the holder; everybody else is told that it does not count."""
    issued = await world.issue()
    await share(world, issued)
    await world.revoke(issued, reason="Copied answers.")

    found = await seen(world, issued)
    (own,) = await world.service.credentials.credentials(ZOE, (issued.id,))

    assert found is not None
    assert own is not None
    assert (found.status, found.status_reason) == (CredentialStatus.REVOKED, None)
    assert own.status_reason == "Copied answers."


async def test_the_link_to_linkedin_repeats_what_was_signed(world: World) -> None:
    """A profile would name another issuer, another month, or a page that is not there."""
    shared = await share(world, await world.issue())

    assert shared.linked_in_url is not None
    assert shared.linked_in_url.startswith("https://www.linkedin.com/profile/add?")
    told = {
        name: value for name, (value,) in parse_qs(urlsplit(shared.linked_in_url).query).items()
    }
    assert shared.valid_until is not None
    assert told == {
        "startTask": "CERTIFICATION_NAME",
        "name": "Safe Ladder Use",
        "organizationName": "Morsel Academy",
        "issueYear": "2026",
        "issueMonth": "11",
        "expirationYear": str(shared.valid_until.year),
        "expirationMonth": str(shared.valid_until.month),
        "certUrl": shared.share_url,
        "certId": shared.id,
    }
