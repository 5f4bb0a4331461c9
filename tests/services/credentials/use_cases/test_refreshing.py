"""Refreshing: the same credential, newer, with what is still known; old copies stay good."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from services.credentials.contract import (
    Credential,
    CredentialStatus,
    ShareCredential,
    VerifyInput,
)
from services.credentials.domain.instants import parse_instant
from services.kit.errors import Conflict, NotFound
from services.kit.ids import Kind
from services.kit.records import Actor, Role
from services.progress.contract import SkillStanding
from tests.support.awards import make_id
from tests.support.issuing import World
from tests.support.obschema import problems

ISSUER = Actor(subject="lrn_issuer", roles=frozenset({Role.ISSUER}), organisation="morsel-academy")


def knows(world: World, credential: Credential, **retention: float) -> Actor:
    """Have the holder stand in skills, one of them of another course, and return them."""
    world.diary.known[credential.holder_id] = tuple(
        SkillStanding(skill_id=make_id(Kind.SKILL, skill), mastery=0.9, retention=chance, answers=5)
        for skill, chance in {**retention, "juggling": 0.1}.items()
    )
    return Actor(subject=credential.holder_id)


async def refresh(world: World, holder: Actor, credential: Credential) -> Credential:
    """Refresh a credential."""
    return await world.service.refreshing.refresh(holder, credential.id)


async def test_a_newer_copy_has_what_is_retained_today_and_all_else_stays(world: World) -> None:
    """Guards against a refresh that makes another credential, or one that verifiers refuse."""
    issued = await world.issue("ada")
    holder = knows(world, issued, climb=0.8, check=0.505)

    newer = await refresh(world, holder, issued)

    old, new = msgspec.json.decode(issued.json), msgspec.json.decode(newer.json)
    assert (newer.id, new["id"], new["awardedDate"]) == (issued.id, old["id"], old["awardedDate"])
    assert parse_instant(new["validFrom"]) == newer.valid_from > issued.valid_from
    assert (new["validUntil"], newer.valid_until) == (old["validUntil"], issued.valid_until)
    scored, retained = new["credentialSubject"]["result"]
    assert old["credentialSubject"]["result"] == [scored]
    assert retained["value"] == "65.25"
    described = {
        one["id"]: one for one in new["credentialSubject"]["achievement"]["resultDescription"]
    }
    assert described[retained["resultDescription"]]["name"] == "Retention"
    for name in old.keys() - {"validFrom", "proof", "credentialSubject"}:
        assert new[name] == old[name]
    assert problems(new) == []
    given = (newer, issued)
    judged = await world.service.verifying.verify(
        (
            *(VerifyInput(json=msgspec.json.decode(one.json)) for one in given),
            *(VerifyInput(jwt=one.jwt) for one in given),
        )
    )
    assert [one.verified for one in judged] == [True] * 4


async def test_an_older_copy_leads_to_the_newest(world: World) -> None:
    """Guards against an employer who keeps a copy and never hears of the newer one."""
    issued = await world.issue("ada")
    newer = await refresh(world, knows(world, issued, climb=0.8), issued)

    service = msgspec.json.decode(issued.json)["refreshService"]
    key = service["id"].partition("?key=")[2]
    found = await world.service.credentials.newest(issued.id, key=key)

    assert service["type"] == "1EdTechCredentialRefresh"
    assert service == msgspec.json.decode(newer.json)["refreshService"]
    assert (found.json, found.jwt) == (newer.json, newer.jwt)
    other = await world.issue("bo")
    for credential_id, wrong in ((issued.id, ""), (issued.id, key[:-1]), (other.id, key)):
        with pytest.raises(NotFound):
            await world.service.credentials.newest(credential_id, key=wrong)


async def test_a_refresh_within_the_hour_changes_nothing(world: World) -> None:
    """Guards against a phone that has us sign all day, and a retry that ends otherwise."""
    issued = await world.issue("ada")
    holder = knows(world, issued, climb=0.8)
    once = await refresh(world, holder, issued)
    knows(world, issued, climb=0.4)

    again = await refresh(world, holder, issued)
    earlier = datetime.now(UTC) - timedelta(hours=1, seconds=1)
    await world.database.truth("credentials").update_many({}, {"$set": {"refreshed_at": earlier}})
    later = await refresh(world, holder, issued)

    assert (again.json, again.valid_from) == (once.json, once.valid_from)
    assert retained_in(once) == ["80"]
    assert retained_in(later) == ["40"]  # one, not two


async def test_refreshes_at_once_make_one_copy(world: World) -> None:
    """Guards against two copies with the same validFrom, of which none is the newer."""
    issued = await world.issue("ada")
    holder, other = knows(world, issued, climb=0.8), world.another()

    copies = await asyncio.gather(
        *(service.refreshing.refresh(holder, issued.id) for service in (world.service, other) * 2)
    )

    assert len({copy.json for copy in copies}) == 1


async def test_who_was_never_asked_gets_a_newer_copy_without_retention(world: World) -> None:
    """Guards against a retention of nothing, which would read as nothing retained."""
    issued = await world.issue("ada")

    newer = await refresh(world, knows(world, issued), issued)

    assert retained_in(newer) == []
    assert newer.valid_from > issued.valid_from


async def test_a_copy_from_before_there_was_retention_learns_what_it_means(world: World) -> None:
    """Guards against a result that refers to nothing in its achievement."""
    issued = await world.issue("ada")
    signed = msgspec.json.decode(issued.json)
    signed["credentialSubject"]["achievement"]["resultDescription"].pop()
    signed.pop("refreshService")
    await world.database.truth("credentials").update_many(
        {}, {"$set": {"json": msgspec.json.encode(signed)}}
    )

    newer = msgspec.json.decode(
        (await refresh(world, knows(world, issued, climb=0.8), issued)).json
    )

    described = newer["credentialSubject"]["achievement"]["resultDescription"]
    assert newer["credentialSubject"]["result"][-1]["resultDescription"] == described[-1]["id"]
    assert newer["refreshService"]["type"] == "1EdTechCredentialRefresh"


@pytest.mark.parametrize("status", ["revoked", "suspended", "expired"])
async def test_what_is_not_valid_is_not_refreshed(world: World, status: str) -> None:
    """Guards against a fresh signature on what was taken back."""
    issued = await world.issue("ada")
    holder, ended = knows(world, issued, climb=0.8), datetime(2026, 1, 1, tzinfo=UTC)
    if status == "expired":
        await world.database.truth("credentials").update_many({}, {"$set": {"valid_until": ended}})
    else:
        await world.service.statuses.change(
            issued.id, to=CredentialStatus[status.upper()], by="lrn_x"
        )
    (before,) = await world.database.truth("credentials").find({})

    with pytest.raises(Conflict, match=status) as refused:
        await refresh(world, holder, issued)

    assert refused.value.path == ("credentialId",)
    assert await world.database.truth("credentials").find({}) == [before]


async def test_only_the_holder_refreshes(world: World) -> None:
    """Guards against an issuer, or a stranger, who tells what a holder keeps to themselves."""
    issued = await world.issue("ada")
    knows(world, issued, climb=0.8)
    (before,) = await world.database.truth("credentials").find({})

    for actor in (ISSUER, Actor(subject="lrn_stranger")):
        with pytest.raises(NotFound):
            await refresh(world, actor, issued)
    with pytest.raises(NotFound):
        await world.service.refreshing.refresh(Actor(subject=issued.holder_id), "cre_AAAA")

    assert await world.database.truth("credentials").find({}) == [before]


async def test_retention_is_the_holders_until_they_share_it(world: World) -> None:
    """Guards against an employer or issuer who sees what somebody forgot."""
    issued = await world.issue("ada")
    holder = knows(world, issued, climb=0.8, check=0.6)
    viewers = (holder, ISSUER, Actor(subject="lrn_stranger"), None)

    async def seen() -> list[Any]:
        read = world.service.credentials.retentions
        return [(await read(viewer, (issued.id, "cre_AAAA")))[0] for viewer in viewers]

    private = await seen()
    wish = ShareCredential(credential_id=issued.id)
    await world.service.sharing.share(holder, wish)
    shared = await seen()
    await world.service.sharing.share(holder, msgspec.structs.replace(wish, show_retention=True))

    assert private == shared == [0.7, None, None, None]
    assert await seen() == [0.7] * 4


def retained_in(credential: Credential) -> list[str]:
    """Return the retention results of a copy."""
    results = msgspec.json.decode(credential.json)["credentialSubject"]["result"]
    return [one["value"] for one in results if one["resultDescription"].endswith("#retention")]
