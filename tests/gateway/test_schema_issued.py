"""What an organisation issued and awards, as the schema shows it."""

from gateway.identity.subjects import learner_id
from services.kit.records import Role
from tests.gateway.conftest import ISSUER, Gateway
from tests.gateway.test_schema_credentials import VERSION, held_by
from tests.gateway.test_schema_talent import run


async def test_an_issuer_looks_through_what_was_issued(gateway: Gateway) -> None:
    """An argument that is not passed on, or a page that leaves out what issuers need."""
    gateway.world.shelf._put(VERSION)
    credential = held_by(learner_id(bytes(range(32)), ISSUER, "ada"))
    gateway.world.cabinet._put(credential)
    issuer = gateway.accounts.token("ines", roles=[Role.ISSUER], org="academy")

    found = await run(gateway, "IssuedCredentials", issuer, search="Ad", status="VALID")
    other = await run(gateway, "IssuedCredentials", issuer, achievementId="ach_AAAA")
    revoked = await run(gateway, "IssuedCredentials", issuer, status="REVOKED")
    awarded = await run(gateway, "Achievements", issuer)
    learner = await run(gateway, "IssuedCredentials", gateway.accounts.token())

    [node] = found["data"]["issuedCredentials"]["nodes"]
    assert (node["id"], node["holderName"]) == (credential.id, "Ada")
    assert other["data"]["issuedCredentials"]["totalCount"] == 0
    assert revoked["data"]["issuedCredentials"]["totalCount"] == 0
    assert credential.achievement_id in {
        node["id"] for node in awarded["data"]["achievements"]["nodes"]
    }
    assert learner["errors"][0]["extensions"]["code"] == "FORBIDDEN"
