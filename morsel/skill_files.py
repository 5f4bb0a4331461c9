"""Files of a framework on disk: a folder, a zip or one file, opened line by line."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from morsel.refusal import Refusal
from services.content.importers.frameworks.rows import Files

MAX_LINE = 1_000_000
SUFFIXES = {".csv", ".txt", ".json"}


def skill_files(path: Path) -> Files:
    """Return the tables and packages of a path by name; Refusal when there is none."""
    if not path.exists():
        raise Refusal(f"{path} is not there.")
    if path.is_dir():
        found = {
            file.relative_to(path).as_posix(): partial(_of_file, file)
            for file in sorted(path.rglob("*"))
            if file.is_file() and file.suffix in SUFFIXES
        }
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = [each.filename for each in archive.infolist() if not each.is_dir()]
        found = {
            name: partial(_of_member, path, name)
            for name in sorted(names)
            if Path(name).suffix in SUFFIXES
        }
    else:
        found = {path.name: partial(_of_file, path)}
    if not found:
        raise Refusal(f"{path} has no .csv, .txt or .json file in it.")
    return found


def _of_file(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8", errors="replace", newline="") as opened:
        yield from _lines(opened)


def _of_member(path: Path, name: str) -> Iterator[str]:
    with ExitStack() as stack:
        archive = stack.enter_context(zipfile.ZipFile(path))
        packed = stack.enter_context(archive.open(name))
        yield from _lines(io.TextIOWrapper(packed, "utf-8", errors="replace", newline=""))


def _lines(opened: io.TextIOBase | io.TextIOWrapper) -> Iterator[str]:
    """Yield lines in pieces of at most MAX_LINE characters, so that none fills the memory."""
    while line := opened.readline(MAX_LINE):
        yield line
