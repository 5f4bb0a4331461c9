"""Talent, as the schema shows it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway.documents import digest
from gateway.identity.subjects import learner_id
from services.credentials.contract import MIN_GROUP, Talent, TalentView
from services.kit.ids import Kind, new_id
from services.kit.records import Role
from services.progress.contract import SkillStanding
from tests.gateway.conftest import ISSUER, Gateway
from tests.gateway.test_schema_credentials import VERSION, held_by

OPERATIONS = Path(__file__).parents[2] / "graphql" / "operations"
SKILL = VERSION.skills[0]


async def run(gateway: Gateway, name: str, token: str, **variables: object) -> Any:
    """Run a registered operation, and return the answer as it came."""
    text = (OPERATIONS / f"{name}.graphql").read_text()
    answer = await gateway.send(
        json={"documentId": digest(text), "variables": variables},
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer.json


async def test_an_employer_finds_people_and_they_read_of_it(gateway: Gateway) -> None:
    """A search would show what is not asked for, or hide why somebody was found."""
    ada = learner_id(bytes(range(32)), ISSUER, "ada")
    standing = SkillStanding(skill_id=SKILL.id, mastery=0.9, retention=0.8, answers=7)
    gateway.world.cabinet._talent = [
        Talent(holder_name=f"Ada {n}", skills=(standing,), credentials=(held_by(ada),))
        for n in range(MIN_GROUP)
    ]
    view = TalentView(at=datetime(2026, 11, 20, tzinfo=UTC), employer="Acme", skill_ids=(SKILL.id,))
    gateway.world.cabinet._views[ada] = [view]
    employer = gateway.accounts.token("erin", roles=[Role.EMPLOYER], org="acme")

    found = await run(gateway, "Talent", employer, skillIds=[SKILL.id], minRetention=0.5, first=1)
    small = await run(gateway, "Talent", employer, skillIds=[new_id(Kind.SKILL)])
    wrong = await run(gateway, "Talent", employer, skillIds=[SKILL.id], minRetention=2)
    learner = await run(gateway, "Talent", gateway.accounts.token(), skillIds=[SKILL.id])
    views = await run(gateway, "TalentViews", gateway.accounts.token())

    page = found["data"]["talent"]
    [node] = page["nodes"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (MIN_GROUP, True)
    assert node["holderName"] == "Ada 0"
    assert node["skills"][0]["skill"] == {"id": SKILL.id, "name": SKILL.name}
    assert node["skills"][0]["retention"] == 0.8
    assert node["credentials"][0]["status"] == "VALID"
    assert small["data"]["talent"]["totalCount"] == 0
    assert wrong["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "reason": "INVALID"}
    assert learner["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert views["data"]["viewer"]["talentViews"]["nodes"] == [
        {
            "at": "2026-11-20T00:00:00.000Z",
            "employer": "Acme",
            "skills": [{"id": SKILL.id, "name": SKILL.name}],
        }
    ]
