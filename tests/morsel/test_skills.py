"""`morsel import-skills`, run as a command: what it says, what it writes down, what it returns."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from morsel.main import main
from morsel.skills import SHOWN, version_of
from tests.services.content.importers.frameworks import esco, skill_row

Command = Callable[..., Awaitable[int]]


@pytest.fixture
def run(mongo_uri: str, tmp_path: Path) -> Command:
    """Run the command on the session's database."""

    async def command(*arguments: str) -> int:
        given = ["import-skills", *arguments, "--mongo", mongo_uri, "--data", str(tmp_path / "d")]
        return await asyncio.to_thread(main, given)

    return command


async def test_losses_are_counted_shown_and_written(
    run: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hundreds of bad rows do not flood a terminal, and none of them is lost."""
    rows = skill_row("s1", "test bread") + "bad\n" * (SHOWN + 5)
    path = esco(tmp_path / "ESCO dataset - v1.2.0 - csv", skills=rows)
    losses = tmp_path / "losses.txt"

    assert await run(str(path), "--losses", str(losses)) == 0

    said = capsys.readouterr()
    assert said.err.count("REFUSED") == SHOWN
    assert "ESCO 1.2.0: 1 skills, 0 job roles, 0 relations" in said.out
    assert f"{SHOWN + 5} rows refused, all in {losses}" in said.out
    lines = losses.read_text().splitlines()
    assert len(lines) == SHOWN + 5
    assert lines[0] == "skills_en.csv:3: It has 1 columns, not 13."


async def test_what_is_no_framework_ends_with_a_sentence(
    run: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong path is a sentence and 1, not a traceback."""
    assert await run(str(tmp_path / "nowhere")) == 1
    (tmp_path / "notes.txt").write_text("notes")
    assert await run(str(tmp_path / "notes.txt")) == 1
    said = capsys.readouterr().err
    assert "nowhere is not there" in said
    assert "No framework was found" in said


@pytest.mark.parametrize(
    "name,version",
    [
        ("db_29_1_text", "29.1"),
        ("ESCO dataset - v1.2.0 - classification - en - csv", "1.2.0"),
        ("skills", None),
    ],
)
def test_the_version_stands_in_the_path(name: str, version: str | None) -> None:
    """Neither ESCO nor O*NET says its release inside the files."""
    assert version_of(Path(name)) == version
