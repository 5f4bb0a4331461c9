"""Frameworks of skills and job roles: ESCO, O*NET and CASE, read row by row.

Files are openers of lines by name, so that nothing is held but the row at hand.
"""

from collections.abc import Callable, Iterator

from services.content.importers.frameworks import case, esco, onet
from services.content.importers.frameworks.rows import Files, Row
from services.kit.errors import Invalid

__all__ = ["read_framework"]


def read_framework(files: Files) -> Iterator[Row]:
    """Return the rows of the framework that these files are of; Invalid when it is none known."""
    readers: tuple[tuple[Callable[[Files], Files], Callable[[Files], Iterator[Row]]], ...] = (
        (esco.recognised, esco.read),
        (onet.recognised, onet.read),
        (case.recognised, case.read),
    )
    for recognised, read in readers:
        if found := recognised(files):
            return read(found)
    raise Invalid(
        "No framework was found. ESCO has skills_en.csv, occupations_en.csv or "
        "occupationSkillRelations_en.csv; O*NET `Occupation Data.txt`, `Skills.txt` and the like; "
        "CASE a JSON file with a CFDocument.",
        path=("path",),
    )
