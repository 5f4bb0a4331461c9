"""Reads the lines of a lesson into cards, and the lines of a card into pieces."""

import re
from collections.abc import Iterator, Sequence

from services.content.domain.native.answers import read_answer
from services.content.domain.native.attributes import Attributes, take_attributes
from services.content.domain.native.lists import IMAGE, ITEM, Numbered, read_gaps, read_list
from services.content.domain.native.pieces import (
    Callout,
    Code,
    Image,
    Piece,
    Prose,
    Remark,
    Structured,
    Worth,
)
from services.content.domain.native.recordings import KINDS, read_recording
from services.content.domain.native.report import Report

_HEADING = re.compile(r"##\s+(?P<text>\S.*)")
_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})\s*(?P<language>[^`\s]*)")
_DIV = re.compile(r":{3,}\s*(?:\{\.(?P<classed>[\w-]+)\}|(?P<named>[\w-]+))\s*")
_REMARK = re.compile(r"(?P<mark>[?!])\s+(?P<text>\S.*)")
_ANSWER = re.compile(r"={1,2}\s+\S")
_WORTH = re.compile(r"~\s+(?P<points>\S+)\s+(?P<mark>={1,2})\s+(?P<value>\S.*)")
_MARKED = re.compile(r"(?:[?!] |={1,2} |~ |- |\d{1,3}[.)] |:{3}|`{3}|~{3}|#{1,6} )")

PLAIN = "text"
"""The class of a heading whose card is only read, whatever its lists look like."""
SAME = "same"
"""The class of a heading in a translation whose card is as in the source."""
STRUCTURED = "morsel"
"""The language of a fence that holds a whole block."""


class Scanned:
    """One card as found: its heading and the pieces under it."""

    def __init__(self, line: int, heading: str, attributes: Attributes) -> None:
        """Begin a card at a line."""
        self.line = line
        self.heading = heading
        self.attributes = attributes
        self.lines: list[Numbered] = []

    @property
    def says_something(self) -> bool:
        """Whether it is more than blank lines."""
        written = any(text.strip() for _, text in self.lines)
        return bool(self.heading) or SAME in self.attributes.classes or written

    def pieces(self, file: str, report: Report) -> list[Piece]:
        """Return the pieces of the card in order."""
        plain = PLAIN in self.attributes.classes
        return list(_Scanner(self.lines, file=file, report=report, plain=plain).pieces())


def scan_cards(lines: Sequence[Numbered]) -> list[Scanned]:
    """Return the cards of a lesson; what stands before the first `##` is a card without heading."""
    cards = [Scanned(lines[0][0] if lines else 1, "", Attributes())]
    fence = ""
    for number, text in lines:
        fence = _fence_after(fence, text)
        heading = None if fence else _HEADING.fullmatch(text.rstrip())
        if heading is None:
            cards[-1].lines.append((number, text))
        else:
            cards.append(Scanned(number, *take_attributes(heading["text"])))
    return [card for card in cards if card.says_something]


def _fence_after(fence: str, text: str) -> str:
    """Return the fence that is open after a line."""
    opened = _FENCE.match(text)
    if fence:
        return "" if text.strip() == fence else fence
    return opened["fence"] if opened else ""


class _Scanner:
    """Walks the lines of one card; each `_read_*` returns a piece, or None where there is none."""

    def __init__(
        self, lines: Sequence[Numbered], *, file: str, report: Report, plain: bool
    ) -> None:
        self._lines = lines
        self._at = 0
        self._file = file
        self._report = report
        self._plain = plain

    def pieces(self) -> Iterator[Piece]:
        readers = [self._read_code, self._read_callout, self._read_image]
        if not self._plain:
            readers += [self._read_remark, self._read_answer, self._read_worth]
            readers += [self._read_marked_list]
        while self._at < len(self._lines):
            if not self._text.strip():
                self._at += 1
                continue
            found = (piece for reader in readers if (piece := reader()) is not None)
            yield next(found, None) or self._read_paragraph()

    @property
    def _line(self) -> int:
        return self._lines[self._at][0]

    @property
    def _text(self) -> str:
        return self._lines[self._at][1]

    def _add(self, line: int, message: str) -> None:
        self._report.add(self._file, line, message)

    def _read_code(self) -> Piece | None:
        opened = _FENCE.match(self._text)
        if opened is None:
            return None
        line = self._line
        source = self._until(opened["fence"], line, "a code block")
        text = "\n".join(text for _, text in source)
        if opened["language"] == STRUCTURED:
            return Structured(line=line, source=text)
        return Code(line=line, language=opened["language"], source=text)

    def _read_callout(self) -> Piece | None:
        opened = _DIV.fullmatch(self._text.rstrip())
        if opened is None:
            return None
        line = self._line
        name = opened["classed"] or opened["named"]
        inner = self._until(":::", line, "a callout")
        if name in KINDS:
            return read_recording(line, name, inner, file=self._file, report=self._report)
        text = "\n".join(text for _, text in inner).strip()
        self._refuse_pictures(inner)
        return Callout(line=line, tone=name, text=text)

    def _until(self, end: str, line: int, what: str) -> Sequence[Numbered]:
        """Return the lines up to the closing one and step behind it."""
        start = self._at + 1
        closing = (i for i in range(start, len(self._lines)) if self._lines[i][1].strip() == end)
        close = next(closing, None)
        if close is None:
            self._add(line, f"{what} is opened here and never closed: close it with a line `{end}`")
            close = len(self._lines)
        self._at = close + 1
        return self._lines[start:close]

    def _read_image(self) -> Piece | None:
        text, attributes = take_attributes(self._text)
        match = IMAGE.fullmatch(text)
        if match is None:
            return None
        line = self._line
        self._at += 1
        return Image(
            line=line,
            alt=match["alt"].strip(),
            file=match["file"],
            caption=match["caption"] or None,
            attributes=attributes,
        )

    def _read_remark(self) -> Piece | None:
        match = _REMARK.match(self._text)
        if match is None:
            return None
        line = self._line
        text = " ".join([match["text"].strip(), *self._rest_of_paragraph()])
        return Remark(line=line, mark=match["mark"], text=text)

    def _rest_of_paragraph(self) -> list[str]:
        """Return the lines that go on from this one: up to a blank line or a mark."""
        self._at += 1
        start = self._at
        while self._at < len(self._lines) and self._text.strip() and not _MARKED.match(self._text):
            self._at += 1
        return [text.strip() for _, text in self._lines[start : self._at]]

    def _read_answer(self) -> Piece | None:
        if not _ANSWER.match(self._text):
            return None
        line, text = self._line, self._text
        self._at += 1
        return read_answer(line, text, file=self._file, report=self._report)

    def _read_worth(self) -> Piece | None:
        match = _WORTH.fullmatch(self._text.rstrip())
        if match is None:
            return None
        line = self._line
        self._at += 1
        minds_case = match["mark"] == "=="
        return Worth(
            line=line, points=match["points"], value=match["value"], case_sensitive=minds_case
        )

    def _read_marked_list(self) -> Piece | None:
        if not ITEM.match(self._text):
            return None
        end = self._end_of_list()
        found = read_list(self._lines[self._at : end], self._file, self._report)
        if found is not None:
            self._at = end
        return found

    def _end_of_list(self) -> int:
        """Return the index behind a list: items, what is indented, and blank lines between them."""
        end = index = self._at
        bullet = self._text[0]
        while index < len(self._lines):
            text = self._lines[index][1]
            same = ITEM.match(text) and (text[0] == "-") == (bullet == "-")
            if same or text.startswith(("  ", "\t")):
                end = index + 1
            elif text.strip():
                break
            index += 1
        return end

    def _read_paragraph(self) -> Piece:
        """Return a list to read, or the lines up to a blank one or to another piece."""
        line, start = self._line, self._at
        self._at = self._end_of_list() if ITEM.match(self._text) else self._end_of_paragraph()
        lines = self._lines[start : self._at]
        self._refuse_pictures(lines)
        text = "\n".join(text for _, text in lines)
        gaps = None if self._plain else read_gaps(line, text)
        return gaps or Prose(line=line, text=text)

    def _end_of_paragraph(self) -> int:
        index = self._at + 1
        while index < len(self._lines) and not self._begins_anew(self._lines[index][1]):
            index += 1
        return index

    def _begins_anew(self, text: str) -> bool:
        """Return whether a line ends the paragraph before it."""
        if not text.strip() or _FENCE.match(text) or _DIV.fullmatch(text.rstrip()):
            return True
        marks = (_REMARK, _ANSWER, _WORTH, ITEM)
        return not self._plain and any(mark.match(text) for mark in marks)

    def _refuse_pictures(self, lines: Sequence[Numbered]) -> None:
        for number, text in lines:
            if IMAGE.search(text):
                self._add(number, "a picture stands alone on its line, with blank lines around it")
