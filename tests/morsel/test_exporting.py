"""Exported folders on a disk; tests/services/content has what stands in them."""

from pathlib import Path

import pytest

from morsel.exporting import write_folder
from morsel.main import main
from morsel.refusal import Refusal

FILES = {"course.yaml": b"slug: sums\n", "01-a.md": b"Hello\n", "img/a.png": b"png"}


def test_a_folder_is_written_and_written_again(tmp_path: Path) -> None:
    """A later export brings an earlier one up to date, for git to show what changed."""
    write_folder(tmp_path / "new", FILES)
    write_folder(tmp_path / "new", FILES | {"01-a.md": b"Changed\n"})
    assert (tmp_path / "new" / "01-a.md").read_bytes() == b"Changed\n"
    assert (tmp_path / "new" / "img" / "a.png").read_bytes() == b"png"


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """A slip of the hand would scatter a course over somebody's home."""
    (tmp_path / "letter.txt").write_text("Dear")
    with pytest.raises(Refusal, match="holds other files"):
        write_folder(tmp_path, FILES)
    with pytest.raises(Refusal, match="is a file"):
        write_folder(tmp_path / "letter.txt", FILES)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_nothing_is_written_through_links(tmp_path: Path) -> None:
    """A link in a folder from elsewhere would lead the export out of it."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (inside / "course.yaml").write_text("slug: sums\n")
    (inside / "img").symlink_to(outside)
    with pytest.raises(Refusal, match="is a link"):
        write_folder(inside, FILES)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["out"], "Say which course"),
        (["sums", "out", "--all"], "Say which course"),
        (["out", "--all", "--version", "1"], "goes with one course"),
        (["sums", "out", "--pathway", "--version", "1"], "goes with one course"),
        (["out", "--all", "--pathway"], "goes with one slug"),
        (["sums", "out", "--pathway", "--draft"], "goes with one slug"),
    ],
)
def test_what_makes_no_sense_is_said(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing starts for a command line that asks for no course, or for two things."""
    assert main(["export", *arguments]) == 1
    assert says in capsys.readouterr().err
