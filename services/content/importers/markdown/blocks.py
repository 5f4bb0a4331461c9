"""The lines of a page as blocks of a course, in order, each with what a cut before it costs."""

import re
from collections.abc import Iterable, Iterator

from services.content.domain.course import AnyBlock, CalloutBlock, CodeBlock, TextBlock, Tone
from services.content.domain.pacing import NEVER
from services.content.domain.rendering import shows_picture
from services.content.importers.markdown.divs import Div, Node, Run
from services.content.importers.markdown.page import plain
from services.content.importers.markdown.pictures import Pictures
from services.content.importers.markdown.pieces import Piece, read_pieces
from services.content.importers.markdown.scan import PageNotes
from services.kit.records import Record

MAX_TEXT = 18_000
"""Characters of one card; publishing takes 20,000, and marks may still have to be escaped."""
CARD_WORDS = 120
"""Words of a card of text after which the next paragraph begins another."""
AT_HEADING, AT_DIV, AT_PARAGRAPH = 0.0, 1.0, 2.0
"""What beginning a lesson there costs."""

_TONES = {
    **dict.fromkeys(("hint", "tip", "solution", "answer", "success"), Tone.TIP),
    **dict.fromkeys(("warning", "caution", "important", "attention"), Tone.WARNING),
    **dict.fromkeys(("danger", "error"), Tone.DANGER),
    **dict.fromkeys(("note", "callout", "info", "spoiler", "discussion", "example"), Tone.NOTE),
    **dict.fromkeys(("objectives", "questions", "keypoints", "prereq", "checklist"), Tone.NOTE),
    **dict.fromkeys(("testimonial", "overview", "definition", "prerequisites"), Tone.NOTE),
}
_SELF_EVIDENT = frozenset({"callout", "note", "info", "tip", "warning", "caution", "danger"})
"""Divs whose tone says all that their name does."""
_ANSWERING = frozenset({"solution", "answer", "hint"})
"""Divs that belong to what stands before them."""
_EXERCISES = frozenset({"challenge", "exercise"})
_FLOWING = frozenset({"", "columns", "column", "tab", "group-tab", "tabset", "panel-tabset"})
"""Divs that only arrange what is in them."""
_TEACHERS = frozenset({"instructor"})
_TICKS = re.compile(r"`{3,}")


class Placed(Record):
    """A block whose key is not made yet."""

    block: AnyBlock
    price: float = AT_PARAGRAPH
    """What it costs to begin a lesson with it."""
    heading: str | None = None
    """What a lesson that begins with it is called."""


class BlockReader:
    """Reads the nodes of one page."""

    def __init__(self, notes: PageNotes, pictures: Pictures, *, language: str) -> None:
        """Keep what the page has."""
        self._notes = notes
        self._pictures = pictures
        self._language = language

    def read(self, nodes: Iterable[Node], *, most: int) -> list[Placed]:
        """Return up to `most` blocks of a page, short texts that follow each other in one."""
        joined: list[Placed] = []
        for placed in (each for node in nodes for each in self._node(node)):
            if len(joined) == most:
                message = "a course holds no more cards: the rest of the page is left out"
                self._notes.losses.skipped(self._notes.file, 0, message)
                break
            self._join(joined, placed)
        return joined

    def _node(self, node: Node) -> Iterator[Placed]:
        if isinstance(node, Run):
            for piece in read_pieces(node, self._notes):
                yield from self._piece(piece)
        elif node.name in _TEACHERS:
            message = f"`::: {node.name}` is for teachers, and left out"
            self._notes.losses.skipped(self._notes.file, node.line, message)
        elif node.name in _FLOWING:
            yield from (each for child in node.children for each in self._node(child))
        elif node.name in _EXERCISES:
            yield from self._exercise(node)
        else:
            yield from self._callout(node)

    def _piece(self, piece: Piece) -> Iterator[Placed]:
        if piece.code is not None:
            for part in self._parts(piece.text, piece.line):
                yield Placed(block=CodeBlock(key="", language=piece.code, source=part))
        elif piece.level:
            text = f"{'#' * max(2, piece.level)} {piece.text}"
            yield self._text(text, AT_HEADING, heading=plain(piece.text))
        else:
            yield from (
                self._text(part, AT_PARAGRAPH) for part in self._parts(piece.text, piece.line)
            )
        yield from self._shown(piece)

    def _exercise(self, div: Div) -> Iterator[Placed]:
        """Yield an exercise and its solutions: one card after another, never in two lessons."""
        message = "an exercise is read, with its solution below it: no answer is marked"
        self._notes.losses.read_only(self._notes.file, div.line, message)
        price = AT_DIV
        for child in div.children:
            for placed in self._node(child):
                yield Placed(block=placed.block, price=price, heading=placed.heading)
                price = NEVER

    def _callout(self, div: Div) -> Iterator[Placed]:
        if div.name not in _TONES:
            message = f"`::: {div.name}` is not known: it becomes a note"
            self._notes.losses.changed(self._notes.file, div.line, message)
        pieces: list[Piece] = []
        headings: list[str] = []
        text = self._flat(div, pieces, headings)
        price = NEVER if div.name in _ANSWERING else AT_DIV
        for part in self._parts(text, div.line):
            block = CalloutBlock(
                key="",
                tone=_TONES.get(div.name, Tone.NOTE),
                markdown={self._language: _without_pictures(part)},
            )
            yield Placed(block=block, price=price, heading=next(iter(headings), None))
        for piece in pieces:
            yield from self._shown(piece)

    def _flat(self, div: Div, pieces: list[Piece], headings: list[str]) -> str:
        """Return all that is in a div as one Markdown text; its pieces and headings are kept."""
        parts: list[str] = []
        for child in div.children:
            if isinstance(child, Div):
                parts.append(self._flat(child, pieces, []))
                continue
            for piece in read_pieces(child, self._notes):
                pieces.append(piece)
                headings += [plain(piece.text)] if piece.level else []
                parts.append(_as_markdown(piece))
        if parts and not headings and div.name not in _SELF_EVIDENT | _FLOWING:
            parts.insert(0, f"**{div.name.capitalize()}**")
        return "\n\n".join(filter(None, parts))

    def _shown(self, piece: Piece) -> Iterator[Placed]:
        """Yield the pictures of a piece; they go with it."""
        for shown in piece.pictures:
            block = self._pictures.block(shown, page=self._notes.file, alone=not piece.text)
            if block is not None:
                yield Placed(block=block, price=NEVER)

    def _text(self, markdown: str, price: float, *, heading: str | None = None) -> Placed:
        block = TextBlock(key="", markdown={self._language: _without_pictures(markdown)})
        return Placed(block=block, price=price, heading=heading)

    def _parts(self, text: str, line: int) -> list[str]:
        """Return a text in parts that a block can hold; nothing for an empty one."""
        parts = _chunks(text)
        if len(parts) > 1:
            message = f"more than {MAX_TEXT:,} characters: cut into {len(parts)} cards"
            self._notes.losses.changed(self._notes.file, line, message)
        return parts

    def _join(self, joined: list[Placed], placed: Placed) -> None:
        """Add a block; a text that goes on from a short one joins it."""
        last = joined[-1] if joined else None
        if last is not None and _belongs(last.block, placed.block, self._language):
            placed = Placed(block=placed.block, price=NEVER, heading=placed.heading)
        both = _both(last, placed, self._language)
        if last is None or both is None:
            joined.append(placed)
        else:
            joined[-1] = self._text(both, last.price, heading=last.heading)


def _without_pictures(markdown: str) -> str:
    """Return a text in which no picture came about: `!` before what turned into a link."""
    return markdown.replace("![", "!\\[") if shows_picture(markdown) else markdown


def _belongs(last: AnyBlock, block: AnyBlock, language: str) -> bool:
    """Return whether a block needs the one before it: a heading, `as follows:`, a command."""
    if isinstance(last, CodeBlock):
        return isinstance(block, CodeBlock)
    if not isinstance(last, TextBlock):
        return False
    before = last.markdown[language]
    return before.endswith(":") or (before.startswith("#") and "\n" not in before)


def _both(last: Placed | None, placed: Placed, language: str) -> str | None:
    """Return the texts of two blocks as one, or None where they stay two."""
    if last is None or placed.heading is not None:
        return None
    if not isinstance(last.block, TextBlock) or not isinstance(placed.block, TextBlock):
        return None
    before = last.block.markdown[language]
    both = f"{before}\n\n{placed.block.markdown[language]}"
    return both if len(before.split()) < CARD_WORDS and len(both) <= MAX_TEXT else None


def _as_markdown(piece: Piece) -> str:
    """Return a piece as it stands inside a callout."""
    if piece.code is not None:
        longest = max((len(ticks) for ticks in _TICKS.findall(piece.text)), default=2)
        fence = "`" * (longest + 1)
        return f"{fence}{piece.code}\n{piece.text}\n{fence}"
    return f"**{piece.text}**" if piece.level else piece.text


def _chunks(text: str) -> list[str]:
    """Return a text in parts of at most MAX_TEXT characters, cut between lines where it can be."""
    parts: list[str] = []
    while len(text) > MAX_TEXT:
        end = text.rfind("\n", 1, MAX_TEXT)
        end = MAX_TEXT if end < 0 else end
        parts.append(text[:end])
        text = text[end:].removeprefix("\n")
    parts.append(text)
    return [part for part in parts if part.strip()]
