"""The drill: a key is lost, and a day later everything counts again, under a key of its own."""

import json
from typing import Any

import pytest

from services.credentials.contract import (
    CheckName,
    CheckOutcome,
    Credential,
    CredentialStatus,
    Endorse,
    VerifyInput,
)
from services.credentials.use_cases.compromise import Tally
from services.kit.errors import NotFound
from services.kit.records import Actor, Role
from tests.services.credentials.domain.conftest import DID
from tests.support.awards import award_of
from tests.support.issuing import World

BOARD = Actor(subject="lrn_board", roles=frozenset({Role.ACCREDITOR}), organisation="board")
HOME = "morsel-academy"


def methods(credential: Credential) -> set[str]:
    """Return the keys that a credential is signed with."""
    return {proof["verificationMethod"] for proof in json.loads(credential.json)["proof"]}


async def failed(world: World, credential: Credential) -> set[CheckName]:
    """Return the checks that a credential fails, for a verifier who remembers nothing."""
    fresh = world.another().verifying
    found = await fresh.verify(
        (VerifyInput(json=json.loads(credential.json)), VerifyInput(jwt=credential.jwt))
    )
    bad = [
        {each.name for each in one.checks if each.outcome is CheckOutcome.FAILED} for one in found
    ]
    assert bad[0] == bad[1]
    return bad[0]


async def newest(world: World, credential: Credential) -> Credential:
    """Return a credential as it is now."""
    holder = Actor(subject=credential.holder_id)
    (found,) = await world.another().credentials.credentials(holder, (credential.id,))
    assert found is not None
    return found


async def place_of(world: World, credential: Credential) -> Any:
    """Return a credential's entry in a status list."""
    return json.loads(credential.json)["credentialStatus"]


async def test_what_a_lost_key_signed_is_signed_anew(world: World) -> None:
    """Guards against holders who lose what they earned, or copies of the thief that count."""
    before = [await world.issue(name) for name in ("ada", "bo")]
    revoked, suspended = await world.issue("cy"), await world.issue("di")
    for one, status in (
        (revoked, CredentialStatus.REVOKED),
        (suspended, CredentialStatus.SUSPENDED),
    ):
        await world.service.statuses.change(one.id, to=status, by="lrn_x")

    tally = await world.service.compromise.run(HOME, "key-1", pause=0)

    assert tally == Tally(credentials=3)
    for old in before:
        assert await failed(world, old) == {CheckName.ISSUER, CheckName.STATUS}
        new = await newest(world, old)
        assert await failed(world, new) == set()
        assert methods(new) == {f"{DID}#key-2"}
        assert (new.id, new.awarded_at, new.score) == (old.id, old.awarded_at, old.score)
        assert new.valid_from > old.valid_from
        assert await place_of(world, new) != await place_of(world, old)
    assert CheckName.STATUS in await failed(world, await newest(world, suspended))
    assert methods(await newest(world, revoked)) == {f"{DID}#key-1"}
    again = await world.service.compromise.run(HOME, "key-1", pause=0)
    assert again == Tally()


async def test_a_lost_key_of_lists_leaves_credentials_as_they_are(world: World) -> None:
    """Guards against lists that nobody can believe, and against work that nobody needs."""
    issued = await world.issue()
    list_id = (await place_of(world, issued))["statusListCredential"].rpartition("/")[2]

    tally = await world.service.compromise.run(HOME, "status-1", pause=0)

    assert tally == Tally(lists=1)
    signed = json.loads((await world.service.credentials.status_list(list_id)).signed)
    assert {proof["verificationMethod"] for proof in signed["proof"]} == {f"{DID}#status-2"}
    assert methods(await newest(world, issued)) == {f"{DID}#key-1"}
    assert await failed(world, issued) == set()


async def test_a_body_that_lost_its_key_spoils_nothing(world: World) -> None:
    """Guards against good credentials that fail for the key of somebody who praised them."""
    await world.issue("ada")
    word = Endorse(subject_id=award_of().id, comment="Sound.")
    await world.service.endorsing.endorse(BOARD, word)
    old = await world.issue("bo")

    fresh = world.another()  # that remembers no document
    tally = await fresh.compromise.run("board", "key-1", pause=0)

    assert tally == Tally(endorsements=1, credentials=1)
    assert await failed(world, old) == {CheckName.ENDORSEMENT}
    new = await newest(world, old)
    assert await failed(world, new) == set()
    assert await place_of(world, new) == await place_of(world, old)
    (about,) = json.loads(new.json)["credentialSubject"]["achievement"]["endorsement"]
    assert about["proof"][0]["verificationMethod"].endswith(":board#key-2")


async def test_an_unknown_key_changes_nothing(world: World) -> None:
    """Guards against a typing error that signs everything anew."""
    issued = await world.issue()

    with pytest.raises(NotFound, match="key-1, status-1"):
        await world.service.compromise.run(HOME, "key-7", pause=0)

    assert methods(await newest(world, issued)) == {f"{DID}#key-1"}
    assert await failed(world, issued) == set()
