"""Markdown inside a block, rewritten to what a text of a course can show.

Links to the web stay; links to other files become their text, pictures their alt text (they get a
block of their own), HTML what Markdown has for it. Nothing is changed inside code. Every step is
linear in the length of the text, whatever stands in it.
"""

import re
from bisect import bisect_right

from services.content.importers.markdown.divs import LIST_MARKS
from services.content.importers.markdown.html import take_html
from services.content.importers.markdown.links import take_bracket
from services.content.importers.markdown.scan import PageNotes, Scan, Shown
from services.kit.records import Record

MAX_NESTING = 5
"""Links inside links inside links: nobody writes more."""
_START = re.compile(r"!\[|~{3,}|`+|[\[<{\\]")
_TICKS = re.compile(r"`+")
_FENCED = re.compile(rf"^{LIST_MARKS}(?P<fence>`{{3,}}|~{{3,}})", re.MULTILINE)
_LIQUID = re.compile(r"\{%[^{}]*%\}|\{\{[^{}]*\}\}")
_KRAMDOWN = re.compile(r"\{::?[^{}]*\}")


class Rewritten(Record):
    """A text as a course can hold it, with the pictures that stood in it."""

    text: str
    pictures: tuple[Shown, ...] = ()


def rewrite(text: str, *, line: int, notes: PageNotes) -> Rewritten:
    """Return a text of a page rewritten; `line` is its first in the file."""
    scan = Scan(text, line, notes)
    _run(scan, depth=0)
    return Rewritten(text="".join(scan.out), pictures=tuple(scan.pictures))


def _run(scan: Scan, *, depth: int) -> None:
    code = code_spans(scan.text)
    at = 0
    while match := _START.search(scan.text, at):
        scan.out.append(scan.text[at : match.start()])
        at = match.start()
        end = code.get(at)
        if end is None and (end := _special(scan, at, depth)) is not None:
            at = end
            continue
        end = end or match.end()
        scan.out.append(scan.text[at:end])
        at = end
    scan.out.append(scan.text[at:])


def _special(scan: Scan, at: int, depth: int) -> int | None:
    """Write what a special character begins and return where it ends; None where it is itself."""

    def inner(text: str, start: int) -> str:
        return _inner(scan, text, start, depth=depth + 1)

    match scan.text[at]:
        case "[" | "!":
            return take_bracket(scan, at, inner)
        case "<":
            return take_html(scan, at)
        case "{":
            return _braces(scan, at)
        case "\\":
            scan.out.append(scan.text[at : at + 2])
            return min(at + 2, len(scan.text))
        case _:
            return None


def _inner(scan: Scan, text: str, start: int, *, depth: int) -> str:
    """Return the text of a link rewritten; its pictures join those of the text around it."""
    if depth > MAX_NESTING:
        return text
    nested = Scan(text, scan.line_at(start), scan.notes)
    _run(nested, depth=depth)
    scan.pictures += nested.pictures
    return "".join(nested.out)


def _braces(scan: Scan, at: int) -> int | None:
    liquid = _LIQUID.match(scan.text, at)
    if liquid is not None:
        scan.skipped(at, f"`{' '.join(liquid[0].split())[:200]}` is not run, and left out")
        return liquid.end()
    kramdown = _KRAMDOWN.match(scan.text, at)
    if kramdown is None:
        return None
    scan.changed_once(at, "kramdown's attributes `{: ...}` are left out")
    return kramdown.end()


def code_spans(text: str) -> dict[int, int]:
    """Return where code begins and ends: fenced blocks, and spans between equal runs of ticks."""
    spans = _fenced(text)
    fences = sorted(spans.items())
    runs = [match.span() for match in _TICKS.finditer(text) if not _inside(match.start(), fences)]
    by_length: dict[int, list[int]] = {}
    for start, end in runs:
        by_length.setdefault(end - start, []).append(start)
    done = 0
    for start, end in runs:
        if start < done or text[start - 1 : start] == "\\":
            continue
        same = by_length[end - start]
        following = bisect_right(same, start)
        if following < len(same):
            done = same[following] + (end - start)
            spans[start] = done
    return spans


def _fenced(text: str) -> dict[int, int]:
    """Return where fenced blocks of code begin and end; one that is open ends with the text."""
    spans: dict[int, int] = {}
    start, fence = 0, ""
    for match in _FENCED.finditer(text):
        if not fence:
            start, fence = match.start("fence"), match["fence"]
        elif match["fence"].startswith(fence):
            line_end = text.find("\n", match.end())
            spans[start] = len(text) if line_end < 0 else line_end
            fence = ""
    if fence:
        spans[start] = len(text)
    return spans


def _inside(position: int, spans: list[tuple[int, int]]) -> bool:
    index = bisect_right(spans, (position, len(spans) and spans[-1][1])) - 1
    return index >= 0 and spans[index][0] <= position < spans[index][1]
