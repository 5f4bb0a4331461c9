"""Registering organisations: a name, a key and a DID, before anything is issued."""

import json

import msgspec
import pytest

from services.credentials.app.signing import open_organisations
from services.credentials.contract import Organisation
from services.kit.errors import Forbidden, Invalid
from services.kit.records import Actor, Role
from tests.support.awards import award_of, course_version
from tests.support.issuing import World

ADMIN = Actor(subject="lrn_admin", roles=frozenset({Role.ADMIN}))
ACME = Organisation(slug="acme", name="ACME Safety Training")
DID = "did:web:localhost%3A8000:issuers:acme"


async def test_a_registered_organisation_has_a_name_a_key_and_a_did(world: World) -> None:
    """Guards against an organisation that exists only once it has issued something."""
    issuer = await world.service.organisations.register(ADMIN, ACME)

    assert (issuer.name, issuer.did) == ("ACME Safety Training", DID)
    document = await world.another().credentials.did_document("acme")
    assert document["verificationMethod"][0]["id"] == f"{DID}#key-1"
    assert (await world.service.credentials.profile("acme"))["name"] == "ACME Safety Training"


async def test_the_name_is_in_achievements_and_signed_into_credentials(world: World) -> None:
    """Guards against credentials that name their issuer by a slug, in any process."""
    other = world.another()
    await other.issuers.ensure("acme")
    await world.service.organisations.register(ADMIN, ACME)

    issued = await world.issue(version=course_version(organisation="acme"))

    assert json.loads(issued.json)["issuer"]["name"] == "ACME Safety Training"
    (achievement,) = await other.credentials.achievements((award_of().id,))
    assert achievement is not None
    assert achievement.issuer.name == "ACME Safety Training"


async def test_repeating_it_renames_and_keeps_the_key(world: World) -> None:
    """Guards against a typing error for ever, and against a rename that voids credentials."""
    await world.service.organisations.register(ADMIN, ACME)
    before = await world.service.issuers.known(DID)
    issued = await world.issue(version=course_version(organisation="acme"))

    renamed = msgspec.structs.replace(ACME, name="  ACME \n Training ")
    issuer = await world.service.organisations.register(ADMIN, renamed)

    after = await world.service.issuers.known(DID)
    assert issuer.name == "ACME Training"
    assert before is not None
    assert after is not None
    assert after.keys == before.keys
    assert json.loads(issued.json)["issuer"]["name"] == "ACME Safety Training"


async def test_a_name_of_the_settings_counts_until_the_organisation_has_one(world: World) -> None:
    """Guards against two names for one organisation, of which processes show either."""
    settings = msgspec.structs.replace(world.settings, organisation_names="acme=ACME Ltd")
    service = world.another(settings)

    before = await service.issuers.profile("acme")
    await service.organisations.register(ADMIN, ACME)

    assert before.name == "ACME Ltd"
    for process in (service, world.service):
        assert (await process.issuers.profile("acme")).name == "ACME Safety Training"


@pytest.mark.parametrize(
    "slug, name, path",
    [
        ("Acme", "ACME", "slug"),
        ("acme/x", "ACME", "slug"),
        ("acme--x", "ACME", "slug"),
        ("", "ACME", "slug"),
        ("a" * 61, "ACME", "slug"),
        ("acme", " \n", "name"),
        ("acme", "A" * 121, "name"),
    ],
)
async def test_what_is_no_slug_or_no_name_is_refused(
    world: World, slug: str, name: str, path: str
) -> None:
    """Guards against DIDs that cannot be resolved, and issuers without a name."""
    issuers = world.database.truth("issuers")
    before = await issuers.count({})

    with pytest.raises(Invalid) as refused:
        await world.service.organisations.register(ADMIN, Organisation(slug=slug, name=name))

    assert refused.value.path == (path,)
    assert await issuers.count({}) == before


async def test_administrators_only(world: World) -> None:
    """Guards against an author who issues in another organisation's name."""
    author = Actor(subject="lrn_x", roles=frozenset({Role.AUTHOR}), organisation="acme")

    with pytest.raises(Forbidden):
        await world.service.organisations.register(author, ACME)

    assert await world.service.issuers.known(DID) is None


async def test_a_command_with_another_sealing_key_makes_no_issuer(world: World) -> None:
    """Guards against a key that the running service could never open."""
    wrong = msgspec.structs.replace(world.settings, sealing_key="eHh4" * 10 + "eHg")

    with pytest.raises(Invalid, match="MORSEL_SEALING_KEY"):
        await open_organisations(wrong, world.mongo)

    assert await world.service.issuers.known(DID) is None
