"""What other issuers say since: status lists in each form, and what is none of the issuer's."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.credentials.contract import Check, CheckOutcome
from services.credentials.domain import jwt
from services.credentials.domain.did import key_document
from services.credentials.domain.fetched import Unresolved
from services.credentials.domain.shape import read_json
from services.credentials.domain.signing import SeedSigner
from services.credentials.domain.verification import Findings, StatusList, references, verify
from tests.support.badges import (
    DID,
    SIGNER,
    badge,
    known_contexts,
    sign,
    status_entry,
    status_list,
)

NOW = datetime(2026, 11, 26, tzinfo=UTC)
URL = "https://guild.example/status/1"
OLD_URL = "https://guild.example/revoked"
LIST = status_list(URL, revoked=[7], now=NOW)
OLD_ENTRY = {"id": OLD_URL, "type": "1EdTechRevocationList"}


@pytest.mark.parametrize("index,outcome", [(6, "PASSED"), (7, "FAILED"), (131_072, "FAILED")])
@pytest.mark.parametrize("form", ["json", "token"])
def test_a_list_is_read_in_either_of_its_forms(form: str, index: int, outcome: str) -> None:
    """Guards against issuers who sign their lists as tokens, whose revocations nobody would see."""
    listed = sign(LIST) if form == "json" else jwt.secure(LIST, signer=SIGNER)

    assert status(status_entry(URL, index), {URL: listed}).outcome == outcome


@pytest.mark.parametrize(
    "listed,words",
    [
        (LIST, "is not signed"),
        (sign(LIST) | {"issuer": "did:web:other.example"}, "changed after"),
        (sign(status_list(f"{URL}0", revoked=[], now=NOW)), "not the one at that address"),
        (sign(LIST | {"validUntil": "2026-11-25T00:00:00Z"}), "out of date: It expired on 25"),
        (sign(LIST, signer=SeedSigner(b"o" * 32, method_id=SIGNER.method_id)), "changed after"),
        (StatusList(issuer="did:web:other", purposes=("revocation",), bits=b""), "its issuer's"),
        (StatusList(issuer=DID, purposes=("suspension",), bits=b""), "another purpose"),
        (Unresolved(reason="guild.example did not answer"), "guild.example did not answer"),
        ("a.b.c", "not JSON in base64url"),
        (None, "no address is given"),
    ],
    ids=range(10),
)
def test_a_list_that_does_not_hold_fails_in_words(listed: Any, words: str) -> None:
    """Guards against a revoked badge that passes by a list which somebody made for it."""
    found = status(status_entry(URL, 6), {URL: listed})

    assert found.outcome is CheckOutcome.FAILED
    assert words in found.message


@pytest.mark.parametrize(
    "listed,outcome",
    [
        ({"issuer": DID, "revokedCredential": []}, "PASSED"),
        ({"issuer": DID, "revokedCredential": [{"id": badge()["id"]}]}, "FAILED"),
        ({"issuer": DID, "revokedCredential": [{"id": badge()["id"], "revoked": True}]}, "FAILED"),
        ({"issuer": DID, "revokedCredential": [{"id": badge()["id"], "revoked": False}]}, "PASSED"),
        ({"issuer": "did:web:other.example", "revokedCredential": []}, "FAILED"),
        ([], "FAILED"),
    ],
    ids=range(6),
)
def test_the_older_list_of_1edtech_is_read(listed: Any, outcome: str) -> None:
    """Guards against badges of the first years of Open Badges 3.0, which have no other."""
    assert status(OLD_ENTRY, {OLD_URL: listed}).outcome == outcome


@pytest.mark.parametrize("purpose,outcome", [("refresh", "PASSED"), ("message", "PASSED")])
def test_purposes_that_take_nothing_away_are_passed_over(purpose: str, outcome: str) -> None:
    """Guards against a good badge refused because a newer one exists."""
    entry = status_entry(URL, 7) | {"statusPurpose": purpose}

    assert status(entry, {}).outcome == outcome


def test_every_list_is_asked_for() -> None:
    """Guards against a list that nobody fetches, which then could not be found out."""
    entries = [status_entry(URL, 1), OLD_ENTRY, {"type": "Other", "id": "urn:x"}, "text"]

    assert references(read_json(badge(credentialStatus=entries)))[1] == {URL, OLD_URL}


def status(entry: Any, lists: dict[str, Any]) -> Check:
    known = Findings(
        now=NOW, contexts=known_contexts(), documents={DID: key_document(DID)}, lists=lists
    )
    return verify(read_json(badge(credentialStatus=entry)), known).checks[4]
