"""`morsel import-learner` over a data folder of its own, without anything running."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from morsel.main import main
from services.kit.ids import Kind, new_id

DEVICE = "5a1f0c1e-0000-4000-8000-000000000001"
AT = "2026-11-20T08:00:00.000Z"


def export(path: Path) -> Path:
    """Write an export of one event and one credential."""
    id_ = "01948f0e-6f2a-7c31-9d0e-5b7c1a2f3e4d"
    event: dict[str, Any] = {
        "id": id_,
        "type": "goal.set",
        "v": 1,
        "device": DEVICE,
        "seq": 1,
        "at": AT,
    }
    told = {"id": id_, "receivedAt": AT, "effectiveAt": AT}
    log: dict[str, Any] = {"n": 1, "receivedAt": AT, "refused": [], "events": [told]}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("events.jsonl", rfc8785.dumps({**event, "body": {"minutes": 9}}) + b"\n")
        archive.writestr("log.jsonl", rfc8785.dumps(log) + b"\n")
        archive.writestr("credentials/cre_1.json", "{}")
    return path


def test_an_export_is_brought_in_once_and_its_credentials_are_told(
    tmp_path: Path, mongo_uri: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody who changes servers could take nothing along, or would never know what stayed."""
    file = str(export(tmp_path / "export.zip"))
    where = ["--data", str(tmp_path / "data"), "--mongo", mongo_uri]
    assert main(["import-learner", file, "--subject", "ann", *where]) == 0
    told = capsys.readouterr().out
    assert "ASIDE     credentials/cre_1.json" in told
    assert ": 1 events accepted, 0 there before, 0 conflicts, 0 rejected" in told
    assert main(["import-learner", file, "--subject", "ann", *where]) == 0
    assert ": 0 events accepted, 1 there before" in capsys.readouterr().out


def test_what_cannot_be_imported_is_told_in_a_sentence(
    tmp_path: Path, mongo_uri: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A typing error would end in a traceback, or in the log of somebody else."""
    where = ["--data", str(tmp_path / "data"), "--mongo", mongo_uri]
    id_ = new_id(Kind.LEARNER)
    assert main(["import-learner", str(tmp_path), "--learner", id_, *where]) == 1
    assert capsys.readouterr().err.endswith("is no file.\n")
    (tmp_path / "text").write_text("not a zip")
    assert main(["import-learner", str(tmp_path / "text"), "--learner", id_, *where]) == 1
    assert "is no whole zip file" in capsys.readouterr().err
    file = str(export(tmp_path / "export.zip"))
    assert main(["import-learner", file, "--learner", "lrn_nobody", *where]) == 1
    assert capsys.readouterr().err.startswith("morsel: ")
