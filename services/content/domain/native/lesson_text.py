"""One lesson file in one language: its front matter and its cards."""

import re
from collections.abc import Sequence

from services.content.domain.native.cards import ORDER, read_card
from services.content.domain.native.lists import Numbered
from services.content.domain.native.pieces import Asked, Card, Flashcards, Gaps, Order, Part
from services.content.domain.native.report import Report
from services.content.domain.native.scanner import scan_cards
from services.content.domain.native.section import Section, read_yaml

MAX_LESSON = 512 * 1024
"""Bytes of one lesson file."""
_TITLE = re.compile(r"#\s+(?P<title>\S.*)")


class LessonText:
    """What one file says: the section of its front matter, the title, the cards."""

    def __init__(self, file: str, head: Section, title: str, cards: tuple[Card, ...]) -> None:
        """Keep the parts."""
        self.file = file
        self.head = head
        self.title = title
        self.cards = cards

    @property
    def line(self) -> int:
        """Where the file begins."""
        return 1


def read_lesson_text(
    file: str, data: bytes, report: Report, *, translates: bool = False
) -> LessonText:
    """Return a lesson file as read; its title is in the front matter or a `# ` heading.

    A file that translates another may leave the title as it is there.
    """
    lines = _decode(file, data, report).splitlines()
    end = _front_matter_end(lines, file, report)
    head = read_yaml("\n".join(lines[1:end]) if end else "", file=file, report=report, first=2)
    body = numbered(lines)[end + 1 if end else 0 :]
    title, heading = head.text("title"), _title(body)
    if heading is not None:
        body = [line for line in body if line[0] != heading[0]]
        title = title or heading[1]
    if title is None and not translates:
        report.add(file, 1, "the front matter needs a title, as in `title: Read a web address`")
    return LessonText(file, head, title or "", read_cards(body, file, report))


def numbered(lines: Sequence[str]) -> list[Numbered]:
    """Return lines with their numbers, tabs as blanks."""
    return [(number, text.expandtabs(4)) for number, text in enumerate(lines, start=1)]


def read_cards(body: Sequence[Numbered], file: str, report: Report) -> tuple[Card, ...]:
    """Return the cards of a text."""
    return tuple(read_card(card, file, report) for card in scan_cards(body))


def is_lesson(text: LessonText) -> bool:
    """Return whether a page was written in this format: it says its kind, or asks something.

    What plain Markdown has too proves nothing: a numbered list, braces in a paragraph.
    """
    return "kind" in text.head or any(
        _is_asked(part, card) for card in text.cards for part in card.parts
    )


def _is_asked(part: Part, card: Card) -> bool:
    match part:
        case Flashcards():
            return True
        case Asked(body=Order(), hint=hint, explanation=explanation):
            return bool(hint or explanation) or ORDER in card.attributes.classes
        case Asked(body=Gaps(gaps=gaps)):
            return any(gap.options for gap in gaps)
        case _:
            return isinstance(part, Asked)


def _decode(file: str, data: bytes, report: Report) -> str:
    if len(data) > MAX_LESSON:
        report.add(file, 1, f"a lesson has at most {MAX_LESSON // 1024} KiB")
        return ""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        report.add(file, line, "text is written in UTF-8")
        return data.decode("utf-8-sig", errors="replace")


def _front_matter_end(lines: list[str], file: str, report: Report) -> int:
    """Return the index of the line that closes the front matter, or 0 where there is none."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    closing = (index for index, text in enumerate(lines) if index and text.rstrip() == "---")
    end = next(closing, 0)
    if not end:
        report.add(file, 1, "the front matter is opened here and never closed with `---`")
    return end


def _title(body: list[tuple[int, str]]) -> tuple[int, str] | None:
    """Return the line and text of a `# ` heading that stands first."""
    for number, text in body:
        if match := _TITLE.fullmatch(text.rstrip()):
            return number, match["title"]
        if text.strip():
            return None
    return None
