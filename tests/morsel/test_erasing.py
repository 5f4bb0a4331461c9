"""`morsel erase` over a data folder of its own, without anything running."""

from pathlib import Path

import pytest

from morsel.main import main
from services.kit.ids import Kind, new_id


def test_who_was_erased_is_listed_and_can_be_erased_again(
    tmp_path: Path, mongo_uri: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a restore nobody would know whom to erase again."""
    where = ["--data", str(tmp_path / "data"), "--mongo", mongo_uri]
    ids, file = [new_id(Kind.LEARNER) for _ in range(2)], tmp_path / "erased.txt"
    assert main(["erase", *ids, *where]) == 0
    assert capsys.readouterr().out == "2 learners erased.\n"
    assert main(["erase", "--list", *where]) == 0
    listed = capsys.readouterr().out
    assert set(ids) <= set(listed.split())
    file.write_text(listed, encoding="utf-8")
    assert main(["erase", "--from", str(file), *where]) == 0


def test_what_is_no_learner_is_refused(
    tmp_path: Path, mongo_uri: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A typing error would pass for an erasure."""
    where = ["--data", str(tmp_path), "--mongo", mongo_uri]
    assert main(["erase", "lrn_nobody", *where]) == 1
    assert main(["erase", *where]) == 1
    assert "Name learners by id" in capsys.readouterr().err
    (tmp_path / "ids").write_bytes(b"\xff")
    for name in ("ids", "absent"):
        assert main(["erase", "--from", str(tmp_path / name), *where]) == 1
        assert "cannot be read as a list of ids" in capsys.readouterr().err
