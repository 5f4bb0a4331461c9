"""`morsel org create` in a pod of credentials; tests/e2e/test_authorisation.py has the laptop."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from morsel.main import main
from services.kit.mongo import Database, Mongo

DID = "did:web:learn.example:issuers:acme"
COMMAND = ["org", "create", "acme", "--name"]


@pytest.fixture
async def database(mongo: Mongo) -> AsyncIterator[Database]:
    """The database of credentials."""
    fresh = mongo.database(f"test_{uuid4().hex}")
    yield fresh
    await fresh.drop()


@pytest.fixture
def pod(
    mongo_uri: str, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The working directory of a process that is told what it needs by the environment."""
    key = tmp_path / "sealing.key"
    key.write_text(urlsafe_b64encode(b"k" * 32).decode())
    monkeypatch.setenv("MORSEL_MONGO_URI", mongo_uri)
    monkeypatch.setenv("MORSEL_DATABASE", database.name)
    monkeypatch.setenv("MORSEL_PUBLIC_URL", "https://learn.example")
    monkeypatch.setenv("MORSEL_SEALING_KEY_FILE", str(key))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_takes_everything_from_the_environment(
    pod: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cluster's organisation would be made in some folder, or with a key that nobody can open."""
    assert main([*COMMAND, "ACME"]) == 0
    assert main([*COMMAND, "ACME Safety Training"]) == 0

    first, claims, second, *_ = capsys.readouterr().out.splitlines()
    assert first == f"ACME issues credentials as {DID}"
    assert claims == 'Its people sign in with the claim org = "acme" and the claim roles.'
    assert second == f"ACME Safety Training issues credentials as {DID}"
    assert [path.name for path in pod.iterdir()] == ["sealing.key"]


def test_another_sealing_key_is_refused(
    pod: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An organisation would have a key that the running processes cannot sign with."""
    assert main([*COMMAND, "ACME"]) == 0
    (pod / "sealing.key").write_text(urlsafe_b64encode(b"x" * 32).decode())

    assert main([*COMMAND, "Other"]) == 1

    assert "MORSEL_SEALING_KEY" in capsys.readouterr().err


def test_a_slug_that_is_none_is_refused(pod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A typing error would be in every DID and token for ever."""
    assert main(["org", "create", "Acme Ltd", "--name", "ACME"]) == 1

    assert "A slug has lower-case letters" in capsys.readouterr().err
