"""Awards by hand, as the schema shows them."""

from uuid import uuid4

from gateway.identity.subjects import learner_id
from services.kit.records import Role
from tests.gateway.conftest import ISSUER, Gateway
from tests.gateway.test_schema_credentials import VERSION, held_by
from tests.gateway.test_schema_talent import run


async def test_rows_have_their_outcomes(gateway: Gateway) -> None:
    """An argument that is not passed on, or an outcome that is not told."""
    assert VERSION.achievement is not None
    credential = held_by(learner_id(bytes(range(32)), ISSUER, "ines"))
    gateway.world.cabinet._put(credential)
    issuer = gateway.accounts.token("ines", roles=[Role.ISSUER], org="academy")
    rows = [{"name": "Ada", "email": "ada@example.org", "score": 0.9}, {"name": "Bo"}]
    given = {"achievementId": VERSION.achievement.id, "rows": rows, "idempotencyKey": str(uuid4())}

    done = await run(gateway, "IssueCredentials", issuer, input=given)
    refused = await run(gateway, "IssueCredentials", gateway.accounts.token(), input=given)

    assert done["data"]["issueCredentials"] == {
        "issued": [{"id": credential.id}],
        "failed": [{"row": 1, "message": "Give either email or learnerId."}],
        "userErrors": [],
    }
    assert "FORBIDDEN" in str(refused)


async def test_what_waited_is_claimed(gateway: Gateway) -> None:
    """Whoever signs in with the address would see nothing of it."""
    credential = held_by(learner_id(bytes(range(32)), ISSUER, "ada"))
    gateway.world.cabinet._put(credential)

    claimed = await run(
        gateway, "ClaimCredentials", gateway.accounts.token(email="ada@example.org")
    )

    assert [one["id"] for one in claimed["data"]["claimCredentials"]["credentials"]] == [
        credential.id
    ]
