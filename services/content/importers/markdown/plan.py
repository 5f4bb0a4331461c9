"""Which pages of a package make up a book, in what order, and what the book says of itself."""

import posixpath
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from services.content.domain.native.report import Report
from services.content.domain.native.section import read_yaml
from services.content.importers.markdown.losses import Losses
from services.content.importers.markdown.page import told_by
from services.kit.records import Record

CONFIGS = ("config.yaml", "_config.yml")
"""What names a book and orders its pages: Sandpaper's file, and Jekyll's."""
FRONT_PAGES = ("index.md", "README.md", "readme.md")
FOLDERS = ("episodes", "_episodes", "")
"""Where the pages lie that a config lists."""
HOUSEKEEPING = re.compile(
    r"(?:.*/)?(?:licen[cs]e|contributing|code_of_conduct|changelog|security|authors|citation)\.md",
    re.IGNORECASE,
)
"""Pages about the files of a book, not of the book."""
_TRANSLATION = re.compile(r"(?P<stem>.+)\.[a-z]{2,3}(?:-[A-Za-z0-9]{2,4})*\.md")
_DIGITS = re.compile(r"(\d+)")


class Plan(Record):
    """The pages of a book in order, and what its config says."""

    pages: tuple[str, ...]
    config: str | None = None
    told: Mapping[str, str] = {}
    is_listed: bool = False
    """Whether the config lists the pages."""


def plan_book(files: Mapping[str, bytes], losses: Losses) -> Plan:
    """Return which pages are read: those that the config lists, or all, by name."""
    config = next((name for name in CONFIGS if name in files), None)
    told, listed = ({}, ()) if config is None else _read_config(config, files, losses)
    found = [page for page in sorted(files, key=_natural) if _is_page(page, files)]
    front = next((page for page in FRONT_PAGES if page in files), None)
    pages = [*([front] if front else []), *(listed or found)]
    return Plan(pages=tuple(dict.fromkeys(pages)), config=config, told=told, is_listed=bool(listed))


def tell_unused(
    files: Mapping[str, bytes], plan: Plan, pictures: AbstractSet[str], losses: Losses
) -> None:
    """Tell of every file that came to nothing, and why."""
    for path in sorted(files.keys() - pictures - set(plan.pages) - {plan.config}):
        losses.skipped(path, 0, _why_unused(path, files, plan))


def _why_unused(path: str, files: Mapping[str, bytes], plan: Plan) -> str:
    if not path.endswith(".md"):
        return "nothing in the course uses it"
    if _source(path) in files:
        return f"a translation of {_source(path)}: a folder with course.yaml takes it"
    if HOUSEKEEPING.fullmatch(path):
        return "it is about the files, not a page of the book"
    if plan.is_listed:
        return f"{plan.config} does not list it"
    return f"{plan.pages[0]} is the front page" if plan.pages else "nothing uses it"


def _read_config(
    config: str, files: Mapping[str, bytes], losses: Losses
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return what a config says of the book, and the pages that it lists and the package has."""
    report = Report()
    text = files[config].decode("utf-8-sig", errors="replace")
    head = read_yaml(text, file=config, report=report)
    told = told_by(head, "title", "description", "summary", "lang", "language", "slug")
    listed = []
    for name, line in head.lined_words("episodes"):
        paths = (posixpath.normpath(posixpath.join(folder, name)) for folder in FOLDERS)
        found = next((path for path in paths if path in files and path.endswith(".md")), None)
        if found is None:
            losses.skipped(config, line, f"there is no page `{name[:200]}`")
        else:
            listed.append(found)
    for problem in report.problems:
        losses.skipped(config, int(problem.path[1]), problem.message.partition(": ")[2])
    return told, tuple(listed)


def _is_page(path: str, files: Mapping[str, bytes]) -> bool:
    """Return whether a file is a page of a book that no config orders."""
    if not path.endswith(".md") or path in FRONT_PAGES or HOUSEKEEPING.fullmatch(path):
        return False
    return _source(path) not in files


def _source(path: str) -> str | None:
    match = _TRANSLATION.fullmatch(path)
    return f"{match['stem']}.md" if match else None


def _natural(path: str) -> list[tuple[int, str]]:
    """Return what orders 2-two.md before 10-ten.md."""
    parts = _DIGITS.split(path.lower())
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]
