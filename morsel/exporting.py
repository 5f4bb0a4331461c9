"""`morsel export`: writes courses and pathways that people edit, git keeps and `import` takes."""

from collections.abc import Mapping
from pathlib import Path

import uvloop
from rich.console import Console

from morsel.course_package import ADMINISTRATOR, zip_files
from morsel.data import Data
from morsel.refusal import Refusal
from morsel.system import content_alone
from services.content.domain.native import MANIFEST, PATHWAY
from services.content.use_cases.exporting import Exported, Exporting
from services.content.use_cases.pathway_files import PathwayFiles, PathwayWritten


def main(  # noqa: PLR0913 - one keyword for each option of the command
    *,
    data: Data,
    mongo: str | None,
    slug: str | None,
    target: Path,
    everything: bool,
    version: int | None,
    draft: bool,
    pathway: bool,
) -> int:
    """Export one course or pathway, or all; return 1 when something of one is not there."""
    if (slug is None) is not everything:
        raise Refusal("Say which course or pathway: its slug, or --all.")
    if version is not None and (everything or pathway):
        raise Refusal("--version goes with one course: each has versions of its own.")
    if pathway and (everything or draft):
        raise Refusal("--pathway goes with one slug, and nothing else.")
    courses, pathways = uvloop.run(
        _export(data, mongo, slug, version=version, draft=draft, pathway=pathway)
    )
    files: dict[str, dict[str, bytes]] = {each.slug: dict(each.files) for each in courses}
    for each in pathways:
        files.setdefault(each.slug, {})[PATHWAY] = each.content
    _write(target, files, together=everything)
    return max(_report(courses), _report_pathways(pathways))


async def _export(
    data: Data,
    mongo: str | None,
    slug: str | None,
    *,
    version: int | None,
    draft: bool,
    pathway: bool,
) -> tuple[list[Exported], list[PathwayWritten]]:
    async with content_alone(data, mongo) as content:
        exporting: Exporting = content.exporting
        files = PathwayFiles(content.pathways, content.catalog)
        if slug is None:
            slugs, ways = await exporting.slugs(ADMINISTRATOR), await files.slugs()
        else:
            slugs, ways = ((), (slug,)) if pathway else ((slug,), ())
        courses = [
            await exporting.export(ADMINISTRATOR, each, version=version, draft=draft)
            for each in slugs
        ]
        return courses, [await files.write(each) for each in ways]


def _write(target: Path, courses: Mapping[str, Mapping[str, bytes]], *, together: bool) -> None:
    """Write folders into a zip or a folder; with several, each into a folder of its own."""
    if target.suffix.lower() == ".zip":
        files = {
            f"{slug}/{path}" if together else path: content
            for slug, folder in courses.items()
            for path, content in folder.items()
        }
        target.write_bytes(zip_files(files))
        return
    for slug, folder in courses.items():
        write_folder(target / slug if together else target, folder)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder that is new, empty or an earlier export; links are not followed."""
    if folder.exists() and not folder.is_dir():
        raise Refusal(f"{folder} is a file: name a folder, or a file that ends in .zip.")
    is_ours = any((folder / name).is_file() for name in (MANIFEST, PATHWAY))
    if folder.is_dir() and any(folder.iterdir()) and not is_ours:
        raise Refusal(f"{folder} holds other files: name a new folder, or one with a course in it.")
    for path, content in sorted(files.items()):
        file = folder / path
        inside = [file, *(each for each in file.parents if folder in each.parents)]
        if any(each.is_symlink() for each in inside):
            raise Refusal(f"{file} is a link, and nothing is written through links.")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _report(found: list[Exported]) -> int:
    out = Console(soft_wrap=True, highlight=False, markup=False)
    for each in found:
        out.print(f"{each.slug}: {len(each.files)} files")
        if each.lacks:
            out.print(f"SKIPPED   {each.lacks} pictures whose originals are not stored")
    return 1 if any(each.lacks for each in found) else 0


def _report_pathways(found: list[PathwayWritten]) -> int:
    out = Console(soft_wrap=True, highlight=False, markup=False)
    for each in found:
        out.print(f"{each.slug}: a pathway")
        for lack in each.lacks:
            out.print(f"SKIPPED   {lack}")
    return 1 if any(each.lacks for each in found) else 0
