"""`morsel refold` over a data folder of its own, without anything running."""

from pathlib import Path

import pytest

from morsel.main import main


def test_it_says_whose_events_are_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    """A command that does nothing would look as if it had done all."""
    with pytest.raises(SystemExit):
        main(["refold"])
    assert "one of the arguments --learner --all is required" in capsys.readouterr().err


def test_one_that_is_not_there_is_told(
    tmp_path: Path, mongo_uri: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A typing error in an id would pass for a repair."""
    where = ["--data", str(tmp_path), "--mongo", mongo_uri]
    assert main(["refold", "--learner", "lrn_nobody", *where]) == 1
    assert capsys.readouterr().err == "morsel: There are no events of a learner 'lrn_nobody'.\n"
