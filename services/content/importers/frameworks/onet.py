"""O*NET's tab-delimited text files: occupations, skills, knowledge, activities, technology.

An element counts for an occupation from importance 3 on the scale of 1 to 5, as O*NET OnLine shows
it, unless its own flags advise against.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from services.content.domain.course import Competency
from services.content.importers.frameworks.rows import (
    MAX_DESCRIPTION,
    Fact,
    Files,
    Item,
    Refused,
    Relation,
    Row,
    item,
    table,
)

FRAMEWORK, OCCUPATIONS = "O*NET", "O*NET-SOC"
COMMODITIES = "UNSPSC"
SOC = "O*NET-SOC Code"
IMPORTANT = 3.0
REFERENCE = "Content Model Reference.txt"
RATED = ("Skills.txt", "Knowledge.txt", "Work Activities.txt")
TECHNOLOGY = "Technology Skills.txt"
OCCUPATION_DATA = "Occupation Data.txt"
_FILES = (OCCUPATION_DATA, REFERENCE, *RATED, TECHNOLOGY)
_NEEDED = {
    OCCUPATION_DATA: (SOC, "Title", "Description"),
    REFERENCE: ("Element ID", "Element Name", "Description"),
    TECHNOLOGY: (SOC, "Commodity Code", "Commodity Title"),
    **dict.fromkeys(RATED, (SOC, "Element ID", "Element Name", "Scale ID", "Data Value")),
}


def recognised(files: Files) -> Files:
    """Return those files that are O*NET's; a reference alone names no skills."""
    known = {PurePosixPath(name).name: name for name in files}
    found = {known[name]: files[known[name]] for name in _FILES if name in known}
    return {} if set(known) & set(_FILES) <= {REFERENCE} else found


def read(files: Files) -> Iterator[Row]:
    """Yield the rows of the files."""
    kinds = {PurePosixPath(name).name for name in files}
    if kinds & set(RATED):
        yield Fact(framework=FRAMEWORK)
    if OCCUPATION_DATA in kinds:
        yield Fact(framework=OCCUPATIONS)
    if TECHNOLOGY in kinds:
        yield Fact(framework=COMMODITIES)
    descriptions: dict[str, str] = {}
    seen: set[str] = set()
    for name, lines in files.items():
        kind = PurePosixPath(name).name
        for found in table(name, lines(), needed=_NEEDED[kind], tabs=True):
            if isinstance(found, Refused):
                yield found
                continue
            where, row = found
            if kind == REFERENCE:
                descriptions[row["Element ID"]] = row["Description"]
            elif kind in RATED:
                yield from _rated(where, row, descriptions, seen, scope=kind)
            elif kind == TECHNOLOGY:
                yield from _technology(where, row, seen)
            else:
                role = _role(row[SOC], row["Title"], row["Description"])
                yield item(where, role, is_role=True)


def _rated(
    where: str,
    row: Mapping[str, str],
    descriptions: Mapping[str, str],
    seen: set[str],
    *,
    scope: str,
) -> Iterator[Row]:
    element = row["Element ID"]
    skill = Competency(
        name=row["Element Name"],
        description=descriptions.get(element, "")[:MAX_DESCRIPTION] or None,
        framework=FRAMEWORK,
        code=element or None,
        url=f"https://www.onetonline.org/find/descriptor/result/{element}" if element else None,
    )
    yield from _once(where, skill, seen, scope=scope)
    if row["Scale ID"] != "IM" or "Y" in {row.get("Recommend Suppress"), row.get("Not Relevant")}:
        return
    try:
        value = float(row["Data Value"])
    except ValueError:
        reason = f"Data Value is a number, not {row['Data Value'][:40]!r}."
        yield Refused(where=where, reason=reason)
        return
    if value >= IMPORTANT:
        yield Relation(framework=FRAMEWORK, role=_role(row[SOC]), skill=skill, scope=scope)


def _technology(where: str, row: Mapping[str, str], seen: set[str]) -> Iterator[Row]:
    skill = Competency(
        name=row["Commodity Title"], framework=COMMODITIES, code=row["Commodity Code"] or None
    )
    yield from _once(where, skill, seen, scope=TECHNOLOGY)
    if row["Commodity Code"]:
        role = _role(row[SOC])
        yield Relation(
            framework=COMMODITIES, role=role, skill=skill, essential=False, scope=TECHNOLOGY
        )


def _once(where: str, skill: Competency, seen: set[str], *, scope: str) -> Iterator[Item | Refused]:
    """Yield a skill that stands in many rows when it is met first."""
    key = f"{skill.framework} {skill.code}"
    if key not in seen:
        found = item(where, skill, is_role=False, scope=scope)
        if isinstance(found, Item):
            seen.add(key)
        yield found


def _role(code: str, title: str = "", description: str = "") -> Competency:
    return Competency(
        name=title,
        description=description[:MAX_DESCRIPTION] or None,
        framework=OCCUPATIONS,
        code=code or None,
        url=f"https://www.onetonline.org/link/summary/{code}" if code else None,
    )
