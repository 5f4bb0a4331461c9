"""CASE packages (1EdTech): a CFDocument with its CFItems and CFAssociations in one JSON file."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from services.content.domain.course import Competency
from services.content.importers.frameworks.rows import (
    MAX_DESCRIPTION,
    MAX_NAME,
    Fact,
    Files,
    Refused,
    Relation,
    Row,
    item,
)
from services.kit.records import Json, Record

MAX_CHARACTERS = 64 * 1024 * 1024
RELATED = frozenset({"isChildOf", "isPartOf", "isRelatedTo", "precedes", "exactMatchOf"})
_ROLE = re.compile(r"occupation|job|role", re.IGNORECASE)


class _Document(Record):
    title: str
    version: str | None = None
    language: str | None = None


class _Package(Record):
    document: _Document = msgspec.field(name="CFDocument")
    items: list[Json] = msgspec.field(name="CFItems", default_factory=list)
    associations: list[Json] = msgspec.field(name="CFAssociations", default_factory=list)


class _Item(Record, rename="camel"):
    uri: str
    full_statement: str
    abbreviated_statement: str | None = None
    human_coding_scheme: str | None = None
    item_type: str | None = msgspec.field(name="CFItemType", default=None)
    language: str | None = None
    notes: str | None = None
    alternative_label: str | None = None


class _Node(Record):
    uri: str


class _Association(Record, rename="camel"):
    association_type: str
    origin: _Node = msgspec.field(name="originNodeURI")
    destination: _Node = msgspec.field(name="destinationNodeURI")


def recognised(files: Files) -> Files:
    """Return the JSON files."""
    return {name: files[name] for name in sorted(files) if name.endswith(".json")}


def read(files: Files) -> Iterator[Row]:
    """Yield the rows of each package; a place is a JSON pointer behind the file's name."""
    for name, lines in files.items():
        package = _package(name, lines())
        if isinstance(package, Refused):
            yield package
        else:
            yield from _rows(name, package)


def _package(name: str, lines: Iterable[str]) -> _Package | Refused:
    text, size = [], 0
    for line in lines:
        text.append(line)
        size += len(line)
        if size > MAX_CHARACTERS:
            return Refused(where=f"{name}:1", reason="A package may have 64 MB.")
    try:
        return msgspec.json.decode("".join(text), type=_Package)
    except (msgspec.MsgspecError, UnicodeError) as error:
        return Refused(where=f"{name}:1", reason=f"It is no CASE package: {error}.")


def _rows(name: str, package: _Package) -> Iterator[Row]:
    framework = package.document.title.strip()
    yield Fact(framework=framework, version=package.document.version)
    roles: dict[str, bool] = {}
    for index, given in enumerate(package.items):
        where = f"{name}:/CFItems/{index}"
        try:
            found = msgspec.convert(given, _Item)
        except msgspec.ValidationError as error:
            yield Refused(where=where, reason=f"{error}.")
            continue
        roles[found.uri] = bool(_ROLE.search(found.item_type or ""))
        language = (found.language or package.document.language or "en")[:2].lower()
        yield item(
            where,
            _competency(found, framework),
            is_role=roles[found.uri],
            language=language if language.isalpha() else "en",
            also=found.alternative_label or "",
        )
    for index, given in enumerate(package.associations):
        yield from _relation(f"{name}:/CFAssociations/{index}", given, roles, framework)


def _competency(found: _Item, framework: str) -> Competency:
    short = found.abbreviated_statement or found.full_statement
    return Competency(
        name=" ".join(short.split())[:MAX_NAME],
        description=(found.notes or found.full_statement)[:MAX_DESCRIPTION],
        framework=framework,
        code=found.human_coding_scheme or None,
        url=found.uri,
    )


def _relation(where: str, given: Json, roles: dict[str, bool], framework: str) -> Iterator[Row]:
    """Yield what joins a job role and a skill, whichever of them comes first."""
    try:
        found = msgspec.convert(given, _Association)
    except msgspec.ValidationError as error:
        yield Refused(where=where, reason=f"{error}.")
        return
    ends = (found.origin.uri, found.destination.uri)
    if found.association_type in RELATED and {roles.get(end) for end in ends} == {True, False}:
        role, skill = sorted(ends, key=lambda end: not roles[end])
        yield Relation(
            framework=framework,
            role=Competency(name="", url=role),
            skill=Competency(name="", url=skill),
        )
