"""The `:::` divs of a page, one inside another, and the lines between them.

Pandoc's fenced divs, as Sandpaper, Quarto and others use them: a line of three or more colons with
a name or attributes opens, one without closes.
"""

import re
from collections.abc import Sequence
from typing import TypeAlias

from services.content.importers.markdown.losses import Losses
from services.kit.records import Record

MAX_NESTING = 20
_OPEN = re.compile(r":{3,}\s*(?:\{(?P<attributes>[^{}]*)\}|(?P<name>[^\s{}:]+))\s*:*\s*")
_CLOSE = re.compile(r":{3,}\s*")
LIST_MARKS = r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*"
"""What may stand before a fence: blanks, quotes and list items."""
_FENCE = re.compile(LIST_MARKS + r"(?P<fence>`{3,}|~{3,})(?P<rest>[^`]*)")
_CLASS = re.compile(r"\.([\w-]+)")


class Run(Record):
    """Lines that no div begins or ends between; `line` is the first in the file."""

    line: int
    lines: tuple[str, ...]


class Div(Record):
    """A div; its name is its first class, in lower case, or empty."""

    line: int
    name: str
    children: tuple["Node", ...]


Node: TypeAlias = Run | Div


def read_divs(lines: Sequence[str], *, first: int, file: str, losses: Losses) -> tuple[Node, ...]:
    """Return the divs and runs of lines of a page in order."""
    reader = _Reader(lines, first, file, losses)
    nodes: list[Node] = []
    while not reader.is_done:
        nodes += reader.nodes(depth=0)
        if not reader.is_done:
            losses.changed(file, reader.line, "`:::` closes nothing here: it is left out")
            reader.step()
    return tuple(nodes)


def div_lines(lines: Sequence[str]) -> frozenset[int]:
    """Return the indexes of lines that open or close a div; those in code do not."""
    marks = zip(lines, _in_code(lines), strict=True)
    return frozenset(
        index
        for index, (line, code) in enumerate(marks)
        if not code and (_OPEN.fullmatch(line) or _CLOSE.fullmatch(line))
    )


def _in_code(lines: Sequence[str]) -> list[bool]:
    """Return for each line whether it belongs to a fenced block of code, its fences included."""
    inside, fence = [], ""
    for line in lines:
        match = _FENCE.fullmatch(line)
        if fence:
            inside.append(True)
            closing = match is not None and not match["rest"].strip()
            if match is not None and closing and match["fence"].startswith(fence):
                fence = ""
        else:
            fence = match["fence"] if match else ""
            inside.append(bool(fence))
    return inside


class _Reader:
    """Walks the lines of a page once."""

    def __init__(self, lines: Sequence[str], first: int, file: str, losses: Losses) -> None:
        self._lines = lines
        self._marks = div_lines(lines)
        self._first = first
        self._file = file
        self._losses = losses
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at == len(self._lines)

    @property
    def line(self) -> int:
        return self._first + self._at

    def step(self) -> None:
        self._at += 1

    def nodes(self, *, depth: int) -> list[Node]:
        """Return what stands up to the end, or to the line that closes the div around it."""
        nodes: list[Node] = []
        while not self.is_done:
            if self._at not in self._marks:
                nodes.append(self._run())
            elif (opened := _OPEN.fullmatch(self._lines[self._at])) and depth < MAX_NESTING:
                nodes.append(self._div(opened, depth))
            else:
                break
        return nodes

    def _run(self) -> Run:
        start = self._at
        while not self.is_done and self._at not in self._marks:
            self._at += 1
        return Run(line=self._first + start, lines=tuple(self._lines[start : self._at]))

    def _div(self, opened: re.Match[str], depth: int) -> Div:
        line = self.line
        self._at += 1
        children = self.nodes(depth=depth + 1)
        if self.is_done:
            message = "this div is never closed with `:::`: it is taken to end with the page"
            self._losses.changed(self._file, line, message)
        else:
            self._at += 1
        return Div(line=line, name=_name(opened), children=tuple(children))


def _name(opened: re.Match[str]) -> str:
    if opened["name"]:
        return opened["name"].lstrip(".").lower()
    classes = _CLASS.findall(opened["attributes"])
    return classes[0].lower() if classes else ""
