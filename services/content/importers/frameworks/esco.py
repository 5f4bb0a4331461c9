"""ESCO's CSV files: skills, occupations and their relations, a file for each language."""

import re
from collections.abc import Iterator, Mapping

from services.content.domain.course import Competency
from services.content.importers.frameworks.rows import (
    MAX_DESCRIPTION,
    WEB,
    Fact,
    Files,
    Refused,
    Relation,
    Row,
    item,
    table,
)

FRAMEWORK = "ESCO"
_NAME = re.compile(r"(?:.*/)?(skills|occupations|occupationSkillRelations)(?:_([a-z]{2}))?\.csv")
_NEEDED = {
    "skills": ("conceptUri", "preferredLabel"),
    "occupations": ("conceptUri", "preferredLabel"),
    "occupationSkillRelations": ("occupationUri", "relationType", "skillUri"),
}


def recognised(files: Files) -> Files:
    """Return those files that are ESCO's, English first: it names what it has no other name for."""
    known = [name for name in files if _NAME.fullmatch(name)]
    return {name: files[name] for name in sorted(known, key=lambda name: (_order(name), name))}


def read(files: Files) -> Iterator[Row]:
    """Yield the rows of the files."""
    yield Fact(framework=FRAMEWORK)
    related: set[str] = set()
    for name, lines in files.items():
        match = _NAME.fullmatch(name)
        assert match is not None
        kind, language = match[1], match[2] or "en"
        if kind == "occupationSkillRelations" and related:
            continue  # relations are the same in each language
        for found in table(name, lines(), needed=_NEEDED[kind]):
            if isinstance(found, Refused):
                yield found
            elif kind == "occupationSkillRelations":
                related.add(name)
                yield _relation(*found)
            else:
                where, row = found
                competency = Competency(
                    name=row["preferredLabel"],
                    description=row.get("description", "")[:MAX_DESCRIPTION] or None,
                    framework=FRAMEWORK,
                    code=row.get("code") or None,
                    url=row["conceptUri"],
                )
                yield item(
                    where,
                    competency,
                    is_role=kind == "occupations",
                    language=language,
                    also=row.get("altLabels", ""),
                )


def _relation(where: str, row: Mapping[str, str]) -> Row:
    role, skill, kind = row["occupationUri"], row["skillUri"], row["relationType"]
    for uri in (role, skill):
        if not WEB.fullmatch(uri):
            return Refused(where=where, reason=f"This is no concept URI: {uri[:80]!r}.")
    if kind not in {"essential", "optional"}:
        reason = f"relationType is essential or optional, not {kind[:40]!r}."
        return Refused(where=where, reason=reason)
    return Relation(
        framework=FRAMEWORK,
        role=Competency(name="", url=role),
        skill=Competency(name="", url=skill),
        essential=kind == "essential",
    )


def _order(name: str) -> tuple[bool, bool]:
    return "occupationSkillRelations" in name, not name.endswith(("_en.csv", "s.csv"))
