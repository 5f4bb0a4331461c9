"""`morsel import`: brings a course or a pathway in, and says what became of each part of it."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import uvloop
from rich.console import Console

from morsel.course_package import author_of, import_package, pack
from morsel.data import Data
from morsel.refusal import Refusal
from morsel.system import content_alone
from services.content.contract import Imported, Problem
from services.content.domain.native import MANIFEST, PATHWAY
from services.content.use_cases.pathway_files import PathwayFiles, PathwaySaved


def main(*, data: Data, mongo: str | None, path: Path, org: str, publish: bool) -> int:
    """Import one package, then the pathway beside it; return 1 when nothing came of one."""
    if not path.exists():
        raise Refusal(f"{path} is not there.")
    return uvloop.run(_import(data, mongo, path=path, organisation=org, publish=publish))


async def _import(
    data: Data, mongo: str | None, *, path: Path, organisation: str, publish: bool
) -> int:
    has_course, pathway = _holds(path)
    codes: list[int] = []
    async with content_alone(data, mongo) as content:
        if has_course:
            imported = await import_package(
                content.authoring, pack(path), organisation=organisation, publish=publish
            )
            codes.append(report(imported, publish=publish))
        if pathway is not None:
            files = PathwayFiles(content.pathways, content.catalog)
            saved = await files.save(author_of(organisation), pathway.read_bytes())
            codes.append(report_pathway(saved))
    return max(codes)


def _holds(path: Path) -> tuple[bool, Path | None]:
    """Return whether a path holds a course, and the pathway that it is or holds."""
    if path.suffix in {".yaml", ".yml"} and path.is_file():
        return False, path
    beside = path / PATHWAY
    if not beside.is_file():
        return True, None
    return (path / MANIFEST).is_file(), beside


def report(imported: Imported, *, publish: bool) -> int:
    """Print the outcome of an import: the course, each loss, each problem; return the exit code."""
    out = Console(soft_wrap=True, highlight=False, markup=False)
    for loss in imported.losses:
        out.print(f"{loss.severity:9} {loss.path}: {loss.reason}")
    _show(out, imported.problems)
    if imported.course is not None:
        state = "published" if publish and not imported.problems else "a draft"
        if imported.course.version_id and state == "a draft":
            state += " (learners see what was published before)"
        counts = Counter(loss.severity.value for loss in imported.losses)
        losses = "".join(f", {count} {severity}" for severity, count in sorted(counts.items()))
        out.print(f"{imported.course.slug}: {imported.imported} lessons, {state}{losses}")
    return 1 if imported.problems else 0


def report_pathway(saved: PathwaySaved) -> int:
    """Print what became of a pathway; return the exit code."""
    out = Console(soft_wrap=True, highlight=False, markup=False)
    _show(out, saved.problems)
    if saved.pathway is None:
        return 1
    pathway = saved.pathway
    out.print(f"{pathway.slug}: a pathway of {len(pathway.course_ids)} courses")
    return 0


def _show(out: Console, problems: Sequence[Problem]) -> None:
    for problem in problems:
        out.print(f"PROBLEM   {'/'.join(problem.path)}: {problem.message}", style="red")
