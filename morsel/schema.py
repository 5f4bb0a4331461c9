"""The contract with the phone, printed: every file of `graphql/` that the code decides."""

import json
import sys
from pathlib import Path

from graphql import parse, validate
from graphql import print_schema as print_sdl

from gateway.documents import digest
from gateway.schema import build_schema
from morsel.json_schemas import print_changes, print_course, print_events, print_pack
from morsel.vectors.printing import print_vectors

FOLDER = Path(__file__).resolve().parent.parent / "graphql"


def print_schema() -> str:
    """Return the schema in the schema definition language."""
    return print_sdl(build_schema().graphql_schema) + "\n"


def print_documents(folder: Path = FOLDER) -> str:
    """Return the registered operations, SHA-256 to text; ValueError for one that is wrong."""
    schema = build_schema().graphql_schema
    documents = {}
    for path in sorted((folder / "operations").glob("*.graphql")):
        text = path.read_text(encoding="utf-8")
        if errors := validate(schema, parse(text)):
            raise ValueError(f"{path.name}: {errors[0]}")
        documents[digest(text)] = text
    return json.dumps(documents, indent=2, ensure_ascii=False) + "\n"


def printed(folder: Path = FOLDER) -> dict[Path, str]:
    """Return every file that is printed from the code, with what it must hold."""
    return {
        folder / "schema.graphql": print_schema(),
        folder / "documents.json": print_documents(folder),
        folder / "events.schema.json": print_events(),
        folder / "changes.schema.json": print_changes(),
        folder / "course.schema.json": print_course(),
        folder / "pack.schema.json": print_pack(),
        folder / "marking-vectors.json": print_vectors(),
    }


def stale(folder: Path = FOLDER) -> list[Path]:
    """Return the files that differ from the code."""
    return [
        path
        for path, text in printed(folder).items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def main(*, check: bool, folder: Path = FOLDER) -> int:
    """Write the files, or with `check` only tell which differ; return the exit code."""
    if check:
        return _report(stale(folder))
    for path, text in printed(folder).items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {folder.name}/{path.name}")
    return 0


def _report(paths: list[Path]) -> int:
    for path in paths:
        print(
            f"{path.parent.name}/{path.name} differs from the code: run `morsel schema`",
            file=sys.stderr,
        )
    return 1 if paths else 0
