"""Credentials and their verification, as the schema shows them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.identity.subjects import learner_id
from services.credentials.contract import Credential
from services.kit.ids import Kind, new_id
from tests.gateway.conftest import ISSUER, Gateway
from tests.support.versions import rich_version

VERSION = rich_version()
SIGNED = b'{"b": 1.50, "a": "\\u00e9", "proof": [{"z": 12345678901234567890123}]}'
"""Spaces, order, an escape and a number that any encoder of ours would write otherwise."""
FIELDS = """id holderName awardedAt validUntil score status statusReason json jwt
  jsonUrl pngUrl svgUrl pdfUrl bundleUrl
  achievement { name(locale: "de") criteria passScore issuer { name did } skills { name } }"""


def held_by(learner: str) -> Credential:
    """Return a credential of a learner."""
    assert VERSION.achievement is not None
    return Credential(
        id=new_id(Kind.CREDENTIAL),
        achievement_id=VERSION.achievement.id,
        achievement_version="1",
        course_id=VERSION.course_id,
        holder_id=learner,
        holder_name="Ada",
        awarded_at=datetime(2026, 11, 2, tzinfo=UTC),
        valid_from=datetime(2026, 11, 2, tzinfo=UTC),
        score=0.9,
        json=SIGNED,
        jwt="a.b.c",
        json_url="https://learn.example/credentials/x.json",
        png_url="https://learn.example/credentials/x.png",
        svg_url="https://learn.example/credentials/x.svg",
        pdf_url="https://learn.example/credentials/x.pdf",
        bundle_url="https://learn.example/credentials/x.bundle.json",
    )


@pytest.fixture
def credential(gateway: Gateway) -> Credential:
    """A credential of the account `ada`."""
    made = held_by(learner_id(bytes(range(32)), ISSUER, "ada"))
    gateway.world.cabinet._put(made)
    return made


async def test_a_holder_reads_the_credential_byte_for_byte(
    gateway: Gateway, credential: Credential
) -> None:
    """A signature over other bytes than were signed does not verify."""
    token = gateway.accounts.token()

    answer = await gateway.run(
        f"{{ viewer {{ credentials {{ nodes {{ {FIELDS} }} }} }} }}", token=token
    )

    [node] = answer.data["viewer"]["credentials"]["nodes"]
    assert SIGNED.decode() in answer.text
    assert node | {"json": None} == {
        "id": credential.id,
        "holderName": "Ada",
        "awardedAt": "2026-11-02T00:00:00.000Z",
        "validUntil": None,
        "score": 0.9,
        "status": "VALID",
        "statusReason": None,
        "json": None,
        "jwt": "a.b.c",
        "jsonUrl": "https://learn.example/credentials/x.json",
        "pngUrl": "https://learn.example/credentials/x.png",
        "svgUrl": "https://learn.example/credentials/x.svg",
        "pdfUrl": "https://learn.example/credentials/x.pdf",
        "bundleUrl": "https://learn.example/credentials/x.bundle.json",
        "achievement": {
            "name": "Wirer (de)",
            "criteria": "Wired",
            "passScore": 0.7,
            "issuer": {"name": "Academy", "did": "did:web:academy.example"},
            "skills": [{"name": "Wiring"}],
        },
    }


async def test_a_credential_is_not_for_strangers(gateway: Gateway, credential: Credential) -> None:
    """A score would be public before its holder shares it."""
    document = "query($id: ID!) { credential(id: $id) { score } node(id: $id) { __typename } }"

    own = await gateway.run(document, {"id": credential.id}, token=gateway.accounts.token())
    other = await gateway.run(document, {"id": credential.id}, token=await gateway.guest())
    nobody = await gateway.run(document, {"id": credential.id})

    assert own.data == {"credential": {"score": 0.9}, "node": {"__typename": "Credential"}}
    assert other.data == nobody.data == {"credential": None, "node": None}


async def test_an_issuer_changes_what_a_credential_counts(
    gateway: Gateway, credential: Credential
) -> None:
    """A badge that was issued by mistake would count for ever, or nobody would know why not."""
    issuer = gateway.accounts.token("ida", roles=["ISSUER"], org="academy")
    fields = "credential { status statusReason changes { status reason } } userErrors { code path }"

    async def call(name: str, kind: str, **more: str) -> Any:
        answer = await gateway.run(
            f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {fields} }} }}",
            {"input": {"credentialId": credential.id, **more}},
            token=issuer,
        )
        return answer.data[name]

    suspended = await call("suspendCredential", "CredentialReasonInput", reason="In doubt.")
    reinstated = await call("reinstateCredential", "CredentialIdInput")
    revoked = await call("revokeCredential", "CredentialReasonInput", reason="It was so.")
    refused = await call("refreshCredential", "CredentialIdInput")

    assert suspended["credential"]["statusReason"] == "In doubt."
    assert reinstated["credential"]["status"] == "VALID"
    assert revoked == {
        "credential": {
            "status": "REVOKED",
            "statusReason": "It was so.",
            "changes": [
                {"status": "SUSPENDED", "reason": "In doubt."},
                {"status": "VALID", "reason": None},
                {"status": "REVOKED", "reason": "It was so."},
            ],
        },
        "userErrors": [],
    }
    assert refused["userErrors"] == [{"code": "NOT_FOUND", "path": ["input", "credentialId"]}]


async def test_retention_of_many_is_asked_for_once(
    gateway: Gateway, credential: Credential
) -> None:
    """A screen of badges would cost a call for each."""
    gateway.world.cabinet._put(replace(credential, id=new_id(Kind.CREDENTIAL)))

    answer = await gateway.run(
        "{ viewer { credentials { nodes { retention } } } }", token=gateway.accounts.token()
    )

    nodes = answer.data["viewer"]["credentials"]["nodes"]
    assert [node["retention"] for node in nodes] == [0.75, 0.75]
    assert gateway.world.calls["retentions"] == 1


async def test_an_enrolment_shows_what_it_earned(gateway: Gateway, credential: Credential) -> None:
    """The course screen could not show the badge."""
    document = """mutation($id: ID!) { enrol(input: {courseId: $id}) {
      enrolment { credential { id } } } }"""

    answer = await gateway.run(document, {"id": VERSION.course_id}, token=gateway.accounts.token())

    assert answer.data["enrol"]["enrolment"]["credential"] == {"id": credential.id}


VERIFY = """query($input: VerifyCredentialInput!) { verifyCredential(input: $input) {
  verified checks { name outcome message } issuerName skills credential } }"""


async def test_anybody_verifies_and_reads_why(gateway: Gateway) -> None:
    """An employer would learn only that it failed."""
    answer = await gateway.run(VERIFY, {"input": {"json": ["no credential"]}})

    assert answer.data["verifyCredential"] == {
        "verified": False,
        "checks": [
            {
                "name": "SYNTAX",
                "outcome": "FAILED",
                "message": 'This is no credential: ["no credential"].',
            }
        ],
        "issuerName": None,
        "skills": [],
        "credential": None,
    }


@pytest.mark.parametrize("given", [{}, {"jwt": "a", "url": "b"}, {"jwt": None}], ids=str)
async def test_one_form_of_a_credential_is_verified(gateway: Gateway, given: Any) -> None:
    """Which of two was verified would be a guess."""
    answer = await gateway.run(VERIFY, {"input": given})

    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.json["errors"][0]["message"] == "Give one of json, jwt, image and url."


async def test_a_holder_shares_and_takes_back(gateway: Gateway, credential: Credential) -> None:
    """A link that is taken back must be gone for everybody in the next answer."""
    token = gateway.accounts.token()
    share = """mutation($id: ID!) { shareCredential(input: {credentialId: $id,
      showRetention: true, expiresAt: "2099-01-01T00:00:00Z"}) {
        credential { shareUrl shareExpiresAt sharesRetention } userErrors { code path } } }"""
    take = """mutation($id: ID!) { unshareCredential(input: {credentialId: $id}) {
      credential { shareUrl } userErrors { code path } } }"""
    see = "query($id: ID!) { credential(id: $id) { id } }"
    this = {"id": credential.id}

    shared = (await gateway.run(share, this, token=token)).data["shareCredential"]
    refused = (await gateway.run(share, this, token=gateway.accounts.token("eve"))).data
    seen = [(await gateway.run(see, this)).data["credential"]]
    taken = (await gateway.run(take, this, token=token)).data["unshareCredential"]
    seen.append((await gateway.run(see, this)).data["credential"])

    assert shared == {
        "credential": {
            "shareUrl": f"https://learn.example/c/{credential.id}",
            "shareExpiresAt": "2099-01-01T00:00:00.000Z",
            "sharesRetention": True,
        },
        "userErrors": [],
    }
    assert refused["shareCredential"] == {
        "credential": None,
        "userErrors": [{"code": "NOT_FOUND", "path": ["input", "credentialId"]}],
    }
    assert taken == {"credential": {"shareUrl": None}, "userErrors": []}
    assert seen == [this, None]


MANY = """query($inputs: [VerifyCredentialInput!]!, $role: ID) {
  verifyCredentials(inputs: $inputs, jobRoleId: $role) { checks { message } roleMatch roleSkills }
}"""


async def test_employers_verify_many_in_their_order(gateway: Gateway) -> None:
    """An answer about one person's badge would stand beside another's."""
    token = gateway.accounts.token("hr", roles=["employer"], org="acme")
    inputs = [{"json": number} for number in range(120)]

    answer = await gateway.run(MANY, {"inputs": inputs, "role": "rol_any"}, token=token)

    found = answer.data["verifyCredentials"]
    assert [each["checks"][0]["message"] for each in found] == [
        f"This is no credential: {number}." for number in range(120)
    ]
    assert found[0]["roleMatch"] == 0.0
    assert gateway.world.calls["verify"] == 3


async def test_more_than_a_thousand_are_refused(gateway: Gateway) -> None:
    """One request would keep the service from everybody else."""
    token = gateway.accounts.token("hr", roles=["employer"], org="acme")

    answer = await gateway.run(MANY, {"inputs": [{"jwt": "a"}] * 1_001}, token=token)

    assert answer.json["errors"][0]["message"] == "At most 1,000 credentials are verified at once."
    assert answer.codes == ["BAD_USER_INPUT"]
