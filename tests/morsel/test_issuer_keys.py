"""`morsel issuer` in a pod of credentials: keys are listed, rotated and dropped."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from morsel.main import main
from services.kit.mongo import Database, Mongo
from tests.morsel.test_organisation import pod

__all__ = ["pod"]


@pytest.fixture
async def database(mongo: Mongo) -> AsyncIterator[Database]:
    """The database of credentials."""
    fresh = mongo.database(f"test_{uuid4().hex}")
    yield fresh
    await fresh.drop()


@pytest.mark.usefixtures("pod")
def test_keys_are_listed_and_rotated(capsys: pytest.CaptureFixture[str]) -> None:
    """Operations would not know which key signs, or could not replace it."""
    assert main(["org", "create", "acme", "--name", "ACME"]) == 0
    capsys.readouterr()

    assert main(["issuer", "rotate-key", "acme", "--minutes", "60"]) == 0
    assert "key-2 is published, and signs from 20" in capsys.readouterr().out
    assert main(["issuer", "rotate-key", "acme"]) == 1
    assert "key-2 waits already" in capsys.readouterr().err
    assert main(["issuer", "keys", "acme"]) == 0

    first, status, second = capsys.readouterr().out.splitlines()
    assert first == "key-1  credential  from the first"
    assert status == "status-1  status  from the first"
    assert second.startswith("key-2  credential  signs from 20")


@pytest.mark.usefixtures("pod")
def test_what_cannot_be_is_refused_in_words(pod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A typing error would drop another key, or make an issuer of that name."""
    assert main(["issuer", "compromised", "nobody", "key-1"]) == 1
    assert "No organisation 'nobody' issues credentials here" in capsys.readouterr().err
    assert main(["org", "create", "acme", "--name", "ACME"]) == 0
    assert main(["issuer", "compromised", "acme", "key-9"]) == 1
    assert "it has key-1, status-1" in capsys.readouterr().err
    assert main(["issuer", "rotate-key", "acme", "--minutes", "1"]) == 1
    assert "6 minutes" in capsys.readouterr().err
    assert [path.name for path in pod.iterdir()] == ["sealing.key"]
