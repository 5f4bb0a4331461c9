"""What a framework's files come to: skills, job roles, relations, and rows that are refused."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from services.content.domain.course import Competency
from services.kit.records import Record

Files: TypeAlias = Mapping[str, Callable[[], Iterable[str]]]
"""File name to what opens it and yields its lines, line ends kept."""
MAX_NAME = 300
MAX_DESCRIPTION = 4000
WEB = re.compile(r"https?://[^\s<>\"]{1,500}")
BROKEN = "\ufffd"
"""Stands in a line for bytes that are no UTF-8."""


class Item(Record):
    """A skill or, `is_role`, a job role, named in one language."""

    competency: Competency
    is_role: bool
    language: str = "en"
    also: str = ""
    """Other names, to be found by."""
    scope: str = ""
    """Which part of a framework it is of: an import of other parts says nothing of it.
    A part with a name says which job roles need its skills, too."""


class Relation(Record):
    """A job role needs a skill; both by what identifies them."""

    framework: str
    """Whose statement it is: the skill's, where the two are of different ones."""
    role: Competency
    skill: Competency
    essential: bool = True
    scope: str = ""
    """As an item's."""


class Refused(Record):
    """A row that is not brought in."""

    where: str
    """file:line"""
    reason: str


class Fact(Record):
    """What the files say of the framework as a whole."""

    framework: str
    version: str | None = None


Row: TypeAlias = Item | Relation | Refused | Fact


def table(
    name: str, lines: Iterable[str], *, needed: Iterable[str], tabs: bool = False
) -> Iterator[tuple[str, Mapping[str, str]] | Refused]:
    """Yield each row with its place, by column name; a file without the needed columns is one."""
    reader = csv.reader(
        lines,
        delimiter="\t" if tabs else ",",
        quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL,
    )
    head: list[str] | None = None
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Refused(where=f"{name}:{reader.line_num}", reason=f"It cannot be read: {error}.")
            continue
        where = f"{name}:{reader.line_num}"
        if head is None:
            head = [column.lstrip("\ufeff").strip() for column in row]
            lacking = [column for column in needed if column not in head]
            if lacking:
                yield Refused(where=where, reason=f"Columns are missing: {', '.join(lacking)}.")
                return
        elif len(row) != len(head):
            if row:
                yield Refused(where=where, reason=f"It has {len(row)} columns, not {len(head)}.")
        elif any(BROKEN in value or "\0" in value for value in row):
            yield Refused(where=where, reason="Its text is no UTF-8.")
        else:
            yield where, {key: value.strip() for key, value in zip(head, row, strict=True)}


def trouble(competency: Competency) -> str | None:
    """Return why a skill or job role cannot be brought in."""
    if not competency.name:
        return "It has no name."
    if len(competency.name) > MAX_NAME:
        return f"Its name has more than {MAX_NAME} characters."
    if competency.url is None and competency.code is None:
        return "It has no identifier."
    if competency.url is not None and not WEB.fullmatch(competency.url):
        return f"Its identifier is no web address: {competency.url[:80]!r}."
    return None


def item(where: str, competency: Competency, **more: object) -> Item | Refused:
    """Return an item, or why it is refused."""
    reason = trouble(competency)
    if reason is not None:
        return Refused(where=where, reason=reason)
    return Item(competency=competency, **more)  # type: ignore[arg-type]  # as Item declares them
