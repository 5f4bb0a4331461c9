"""`morsel import-learner` over a data folder of its own, without anything running."""

import zipfile
from pathlib import Path

import pytest

from morsel.main import main

LEARNER = ["--learner", "lrn_6_S3XEMccVrA5OUW2cefqA"]


def test_what_is_no_export_is_refused_with_words(
    tmp_path: Path, mongo_uri: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong file would end in a traceback, or look as if it had been taken in."""
    where = ["--data", str(tmp_path), "--mongo", mongo_uri]
    text, course, broken = (tmp_path / name for name in ("a.txt", "course.zip", "broken.zip"))
    text.write_text("no zip", encoding="utf-8")
    with zipfile.ZipFile(course, "w") as packed:
        packed.writestr("course.yaml", "title: no export")
    with zipfile.ZipFile(broken, "w") as packed:
        packed.writestr("events.jsonl", "{}\n")
        packed.writestr("log.jsonl", "{}\n")

    for file, said in ((text, "a zip"), (course, "events.jsonl"), (broken, "Line 1 of log.jsonl")):
        assert main(["import-learner", str(file), *LEARNER, *where]) == 1
        assert said in capsys.readouterr().err
