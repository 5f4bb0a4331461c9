"""The rules of the house that no linter knows, checked on the files as git sees them.

Each test names what it found, as `path:line` where there is a line, so that a failure reads as a
list of work.
"""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from services.content.contract import PUBLIC_PATHS as CONTENT
from services.credentials.contract import PUBLIC_PATHS as CREDENTIALS
from services.progress.contract import PUBLIC_PATHS as PROGRESS

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("services", "gateway", "morsel")
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50
MAX_RUFF_IGNORES = 14


@cache
def committed() -> tuple[Path, ...]:
    """Return the files that are, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    files = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(file for file in files if file.is_file()))


def python(*folders: str) -> tuple[Path, ...]:
    """Return the committed Python files under these folders of the repository."""
    roots = [ROOT / folder for folder in folders]
    return tuple(
        file
        for file in committed()
        if file.suffix == ".py" and any(file.is_relative_to(root) for root in roots)
    )


def name(file: Path) -> str:
    """Return the path of a file in the repository."""
    return str(file.relative_to(ROOT))


def matches(pattern: str, files: tuple[Path, ...]) -> list[str]:
    """Return path, line and text of every match in these files; binary files have none."""
    search = re.compile(pattern).search
    found = []
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [
            f"{name(file)}:{number}: {hit.group()}"
            for number, line in enumerate(lines, 1)
            if (hit := search(line))
        ]
    return found


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything that a file imports: `from a import b` is `a.b`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def importers(package: str, files: tuple[Path, ...]) -> dict[str, list[str]]:
    """Return what each file imports of a package, by its path; files that import none left out."""
    found = {
        name(file): [what for _, what in imports(file) if what.split(".")[0] == package]
        for file in files
    }
    return {file: names for file, names in found.items() if names}


def test_the_contracts_folder_holds_no_python() -> None:
    """A package called graphql at the root would hide graphql-core from the gateway."""
    assert [name(file) for file in python("graphql")] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_file_ends_before_its_three_hundredth_line(package: str) -> None:
    """A module that grows past it becomes a package of the same name."""
    sizes = {name(file): len(file.read_text().splitlines()) for file in python(package)}

    assert {file: lines for file, lines in sizes.items() if lines > MAX_FILE_LINES} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_function_ends_before_its_fiftieth_line(package: str) -> None:
    """The house aims at fifteen lines and stops at fifty."""
    long = [
        f"{name(file)}:{node.lineno}: {node.name}"
        for file in python(package)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES
    ]

    assert long == []


def test_every_module_says_what_it_is() -> None:
    """An empty file has nothing to say; every other one starts with a sentence."""
    assert [
        name(file)
        for file in python(*PACKAGES, "tests")
        if (tree := ast.parse(file.read_text(encoding="utf-8"))).body
        and not ast.get_docstring(tree)
    ] == []


def test_work_left_to_do_names_its_issue() -> None:
    """A note without an issue is work that nobody will find."""
    note = (
        r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b(?!\(#\d+\))"
    )  # in pieces: this file is read too

    assert matches(note, python(*PACKAGES, "tests")) == []


def test_no_file_names_a_registry_or_a_place_on_a_machine() -> None:
    """What is committed must mean the same on every machine, behind every mirror."""
    hosts = "|".join(  # in pieces: this file is read too
        domain.replace(" ", r"\.")
        for domain in ("pythonhosted org", "pypi org", "registry npmjs org", "deb debian org")
    )
    places = r"(?<![\w.:/*-])/(?:home|root|Users|work|opt/wheels)/[\w.-]+"

    assert matches(f"{hosts}|{places}", committed()) == []


@pytest.mark.parametrize(
    "lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.stem
)
def test_requirements_are_pinned_by_hash_and_name_no_address(lock: Path) -> None:
    """An address ties installs to one index; a pin without a hash takes whatever it serves."""
    text = re.sub(r"\\\n", " ", lock.read_text())
    pins = [line for line in text.splitlines() if line and not line.startswith("#")]

    assert pins
    assert [
        pin for pin in pins if not re.match(r"[\w.\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", pin)
    ] == []
    assert re.findall(r"https?://|file:|--(?:extra-)?index|--find-links|\btorch\b", text) == []


def test_no_two_services_answer_for_the_same_path() -> None:
    """The one origin hands a path to one service; a prefix of another's path would take it away."""
    services = {"content": CONTENT, "progress": PROGRESS, "credentials": CREDENTIALS}
    paths = [(service, path) for service, paths in services.items() for path in paths]

    assert [
        (one, other)
        for one, other in combinations(paths, 2)
        if f"{one[1]}/".startswith(f"{other[1]}/") or f"{other[1]}/".startswith(f"{one[1]}/")
    ] == []


def test_tests_use_no_mocks() -> None:
    """Seams are passed in, so a test passes a fake that keeps the Protocol's promises."""
    assert [
        f"{name(file)}:{line}: {what}"
        for file in python("tests")
        for line, what in imports(file)
        if what.startswith(("unittest.mock", "mock."))
    ] == []


def test_repositories_see_the_errors_of_pymongo_and_no_more_of_it() -> None:
    """The driver is changed in one module; a client held elsewhere would change with it."""
    kit = "services/kit/mongo/"

    seen = importers("pymongo", python(*PACKAGES)) | importers("bson", python(*PACKAGES))
    elsewhere = {file: names for file, names in seen.items() if not file.startswith(kit)}

    assert {file for file in elsewhere if "/repository" not in file} == set()
    assert {
        what
        for names in elsewhere.values()
        for what in names
        if not what.startswith(("bson", "pymongo.errors."))
    } == set()


def test_exceptions_from_lint_stay_few_and_carry_their_reason() -> None:
    """A list that may grow silently ends up as no list at all."""
    text = (ROOT / "pyproject.toml").read_text()
    ignored = tomllib.loads(text)["tool"]["ruff"]["lint"]["ignore"]

    assert len(ignored) <= MAX_RUFF_IGNORES
    assert [rule for rule in ignored if not re.search(rf'"{rule}",\s+# \w', text)] == []


def test_every_exception_in_the_code_carries_its_reason() -> None:
    """`noqa` and `type: ignore` are followed by words on their line."""
    bare = r"# (?:noqa: [A-Z0-9, ]+|type: ignore\[[\w, -]+\])\s*$"

    assert matches(bare, python(*PACKAGES, "tests")) == []
