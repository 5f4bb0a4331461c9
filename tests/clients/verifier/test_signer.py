"""Independent issuers from npm: what they sign verifies here, and nothing that was changed."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from services.credentials.contract import CheckOutcome
from services.credentials.domain.did import key_document
from services.credentials.domain.shape import read_json, read_token
from services.credentials.domain.verification import Findings, verify
from tests.support.awards import QUOTES
from tests.support.badges import badge, known_contexts
from tests.support.npm import Run

ISSUER = "https://guild.example/issuer"
BADGES = [
    badge(1),
    badge(2, name=QUOTES, description="أبجد " * 200, validUntil="2030-01-01T00:00:00+02:00"),
    badge(3, evidence=[{"type": ["Evidence"], "id": "https://guild.example/e", "name": "Events"}]),
]


@pytest.fixture(scope="module")
def signed(npm_client: Callable[[str], Run]) -> Any:
    """What npm's libraries made of the badges."""
    job = {"credentials": BADGES, "issuer": ISSUER}
    return msgspec.json.decode(npm_client("verifier")("sign.mjs", msgspec.json.encode(job)))


@pytest.mark.parametrize("suite", ["rdfc", "jcs"])
def test_what_digital_bazaars_library_signs_verifies(signed: Any, suite: str) -> None:
    """Guards against a canonical form of our own, with which only our own badges verify."""
    known = findings({signed["did"]: key_document(signed["did"])})

    for each in signed["signed"]:
        verification = verify(read_json(each[suite]), known)
        assert verification.verified, verification.checks
        changed = copy.deepcopy(each[suite])
        changed["credentialSubject"]["achievement"]["name"] += "!"
        proof = verify(read_json(changed), known).checks[2]
        assert proof.outcome is CheckOutcome.FAILED


@pytest.mark.parametrize("number", range(3), ids=["RS256", "ES256", "EdDSA"])
def test_what_jose_signs_verifies(signed: Any, number: int) -> None:
    """Guards against tokens that only our own library can read."""
    token = signed["tokens"][number]["token"]
    known = findings({f"{ISSUER}/keys": {"keys": signed["keys"]}})
    others = [*signed["keys"][1:], signed["keys"][0]]
    names = [key["kid"] for key in signed["keys"]]
    mixed = [key | {"kid": name} for key, name in zip(others, names, strict=True)]

    assert verify(read_token(token), known).verified
    wrong = verify(read_token(token), findings({f"{ISSUER}/keys": {"keys": mixed}}))
    assert wrong.checks[2].outcome is CheckOutcome.FAILED


def findings(documents: dict[str, Any]) -> Findings:
    return Findings(
        now=datetime(2026, 11, 26, tzinfo=UTC), contexts=known_contexts(), documents=documents
    )
