"""`morsel import`: brings a course in and says what became of each part of it."""

from collections import Counter
from pathlib import Path

import uvloop
from rich.console import Console

from morsel.course_package import import_package, pack
from morsel.data import Data
from morsel.refusal import Refusal
from morsel.system import content_alone
from services.content.contract import Imported


def main(*, data: Data, mongo: str | None, path: Path, org: str, publish: bool) -> int:
    """Import one package; return 1 when nothing came of it."""
    if not path.exists():
        raise Refusal(f"{path} is not there.")
    return uvloop.run(_import(data, mongo, path=path, organisation=org, publish=publish))


async def _import(
    data: Data, mongo: str | None, *, path: Path, organisation: str, publish: bool
) -> int:
    async with content_alone(data, mongo) as content:
        imported = await import_package(
            content.authoring, pack(path), organisation=organisation, publish=publish
        )
    return report(imported)


def report(imported: Imported) -> int:
    """Print the outcome of an import: the course, each loss, each problem; return the exit code."""
    out = Console(soft_wrap=True, highlight=False, markup=False)
    for loss in imported.losses:
        out.print(f"{loss.severity:9} {loss.path}: {loss.reason}")
    for problem in imported.problems:
        out.print(f"PROBLEM   {'/'.join(problem.path)}: {problem.message}", style="red")
    if imported.course is not None:
        published = "published" if imported.course.version_id else "a draft"
        counts = Counter(loss.severity.value for loss in imported.losses)
        losses = "".join(f", {count} {severity}" for severity, count in sorted(counts.items()))
        out.print(f"{imported.course.slug}: {imported.imported} lessons, {published}{losses}")
    return 1 if imported.problems else 0
