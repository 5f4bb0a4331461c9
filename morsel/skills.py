"""`morsel import-skills`: brings a framework of skills and job roles in."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self, TextIO

import uvloop
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from morsel.data import Data
from morsel.skill_files import skill_files
from morsel.system import content_alone
from services.content.importers.frameworks import read_framework
from services.content.importers.frameworks.rows import Refused, Row
from services.content.use_cases.frameworks import Brought

SHOWN = 20
"""Refused rows that are printed; `--losses` names a file for all of them."""
PATIENCE_SECONDS = 2.0
_VERSION = re.compile(r"(?<![\d.])v?(\d+(?:[._]\d+)+)(?![\d.])")


def main(
    *, data: Data, mongo: str | None, path: Path, version: str | None, losses: Path | None
) -> int:
    """Import one framework; return 1 when nothing came of it."""
    rows = read_framework(skill_files(path))
    with ExitStack() as stack:
        kept = stack.enter_context(losses.open("w", encoding="utf-8")) if losses else None
        bar = stack.enter_context(_Bar())
        told = _Losses(kept)
        brought = uvloop.run(
            _bring(data, mongo, rows=rows, version=version or version_of(path), told=told, bar=bar)
        )
    return _report(brought, losses)


async def _bring(
    data: Data,
    mongo: str | None,
    *,
    rows: Iterator[Row],
    version: str | None,
    told: "_Losses",
    bar: "_Bar",
) -> Brought:
    async with content_alone(data, mongo) as content:
        return await content.frameworks.bring_in(rows, version=version, told=told, moved=bar)


def version_of(path: Path) -> str | None:
    """Return the version in a path's name, such as 29.1 of db_29_1_text."""
    found = _VERSION.search(path.stem if path.is_file() else path.name)
    return found[1].replace("_", ".") if found else None


class _Losses:
    """Prints the first refused rows, and writes all of them where a file is named."""

    def __init__(self, kept: TextIO | None) -> None:
        self._kept = kept
        self._count = 0

    def __call__(self, refused: Refused) -> None:
        self._count += 1
        line = f"{refused.where}: {refused.reason}"
        if self._kept is not None:
            self._kept.write(f"{line}\n")
        if self._count <= SHOWN:
            print(f"REFUSED  {line}", file=sys.stderr)


class _Bar:
    """A progress bar that shows when an import takes longer than PATIENCE_SECONDS."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._shown = Progress(
            SpinnerColumn(),
            TextColumn("{task.completed:,.0f} rows"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._shown.add_task("rows", total=None)
        self._is_on = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_on:
            self._shown.stop()

    def __call__(self, rows: int) -> None:
        self._shown.advance(self._task, rows)
        if not self._is_on and time.monotonic() - self._start > PATIENCE_SECONDS:
            self._is_on = True
            self._shown.start()


def _report(brought: Brought, losses: Path | None) -> int:
    names = [f"{name} {version or ''}".strip() for name, version in brought.frameworks.items()]
    print(
        f"{', '.join(names)}: {brought.skills} skills, {brought.job_roles} job roles, "
        f"{brought.relations} relations"
    )
    if brought.refused:
        where = f", all in {losses}" if losses else "; --losses FILE lists them all"
        print(f"{brought.refused} rows refused{where}. So nothing was retired.")
    elif brought.retired:
        print(f"{brought.retired} retired: this release no longer has them. Courses keep them.")
    return 0 if brought.skills or brought.job_roles or brought.relations else 1
