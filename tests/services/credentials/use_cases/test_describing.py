"""What an organisation says of itself: in its profile, and in what it issues from then on."""

import json

import pytest
from msgspec.structs import replace

from services.credentials.contract import IssuerChanges
from services.credentials.domain.issuer import issuer_id
from services.kit.errors import Forbidden, Invalid
from services.kit.records import Actor, Role
from tests.services.credentials.domain.conftest import DID, ORIGIN
from tests.support.issuing import World

ISSUER = Actor(subject="lrn_issuer", roles=frozenset({Role.ISSUER}), organisation="morsel-academy")


async def test_what_is_said_stands_in_the_profile_and_in_credentials(world: World) -> None:
    """Guards against an issuer whose name and picture nobody ever sees."""
    old = await world.issue("ada")
    changes = IssuerChanges(
        name=" Academy \n of Ladders ", url="https://ladders.example/", image_upload_id="upl_x"
    )

    shown = await world.service.describing.update_issuer(ISSUER, changes)

    (found,) = await world.another().credentials.issuers((issuer_id(DID),))
    assert found == shown
    profile = json.loads((await world.issue("bo")).json)["issuer"]
    assert profile == await world.service.credentials.profile("morsel-academy")
    assert (profile["name"], profile["url"]) == ("Academy of Ladders", "https://ladders.example/")
    assert profile["image"]["id"] == f"{ORIGIN}/media/{'ab' * 32}/360.png"
    assert json.loads(old.json)["issuer"]["name"] == "Morsel Academy"


async def test_what_is_left_out_stays(world: World) -> None:
    """Guards against a name that is gone because only the address was given."""
    await world.service.describing.update_issuer(ISSUER, IssuerChanges(name="Ladders"))

    shown = await world.service.describing.update_issuer(
        ISSUER, IssuerChanges(url="https://ladders.example")
    )

    assert (shown.name, shown.url) == ("Ladders", "https://ladders.example")


SPOILT = (
    (IssuerChanges(name=" "), "name"),
    (IssuerChanges(name="x" * 121), "name"),
    (IssuerChanges(url="ladders.example"), "url"),
    (IssuerChanges(url="javascript:alert(1)"), "url"),
    (IssuerChanges(url="https://a b/"), "url"),
    (IssuerChanges(url="https://[x"), "url"),
    (IssuerChanges(url="https://ladders.example/ñ"), "url"),
    (IssuerChanges(name="Ladders", url=""), "url"),
)


async def test_what_would_spoil_credentials_is_refused(world: World) -> None:
    """Guards against a profile that verifiers refuse with every credential in it."""
    for changes, path in SPOILT:
        with pytest.raises(Invalid) as refused:
            await world.service.describing.update_issuer(ISSUER, changes)
        assert refused.value.path == (path,), changes

    assert (await world.service.issuers.profile("morsel-academy")).name == "Morsel Academy"


async def test_issuers_of_an_organisation_only(world: World) -> None:
    """Guards against anybody who renames an issuer."""
    for actor in (
        replace(ISSUER, organisation=None),
        replace(ISSUER, roles=frozenset({Role.AUTHOR, Role.ADMIN})),
    ):
        with pytest.raises(Forbidden):
            await world.service.describing.update_issuer(actor, IssuerChanges(name="Ladders"))
