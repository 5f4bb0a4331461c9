"""A text that is being rewritten: where it stands, what was written of it, what was lost."""

from bisect import bisect_right
from collections.abc import Mapping
from string import ascii_lowercase, ascii_uppercase

from services.content.importers.markdown.losses import Losses
from services.kit.records import Record

_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
"""Lower case that keeps every position, as `lower` does not."""


class Shown(Record):
    """A picture as a page shows it.

    `alt` None: nothing says what it shows. An empty one: it is decoration.
    """

    line: int
    target: str
    alt: str | None
    caption: str | None = None


class PageNotes:
    """What the texts of one page share: its link labels, and what was told of it once."""

    def __init__(self, file: str, references: Mapping[str, str], losses: Losses) -> None:
        """Begin a page."""
        self.file = file
        self.references = references
        self.losses = losses
        self._told: set[str] = set()

    def once(self, what: str) -> bool:
        """Return whether this is the first time on this page."""
        first = what not in self._told
        self._told.add(what)
        return first


class Scan:
    """One text of a page on its way through; readers write to `out`."""

    def __init__(self, text: str, line: int, notes: PageNotes) -> None:
        """Begin at the first character; `line` is that of the text in the file."""
        self.text = text
        self.notes = notes
        self.out: list[str] = []
        self.pictures: list[Shown] = []
        self.links: list[str] = []
        """Addresses of the HTML links that are open; empty for one that is left out."""
        self.unclosed: set[str] = set()
        """What is known to be closed nowhere behind."""
        self._line = line
        self._lower = text.translate(_LOWER)
        self._breaks = [index for index, sign in enumerate(text) if sign == "\n"]

    def line_at(self, position: int) -> int:
        """Return the line in the file of a position in the text."""
        return self._line + bisect_right(self._breaks, position)

    def find_end(self, mark: str, start: int) -> int | None:
        """Return where a mark in lower case ends; it is looked for in vain but once."""
        if mark in self.unclosed:
            return None
        found = (
            self.text.lower().find(mark, start) if mark.isalpha() else self.text.find(mark, start)
        )
        if found < 0:
            self.unclosed.add(mark)
            return None
        return found + len(mark)

    def changed(self, position: int, reason: str) -> None:
        """Tell of what came in another form."""
        self.notes.losses.changed(self.notes.file, self.line_at(position), reason)

    def skipped(self, position: int, reason: str) -> None:
        """Tell of what was left out."""
        self.notes.losses.skipped(self.notes.file, self.line_at(position), reason)

    def changed_once(self, position: int, reason: str) -> None:
        """Tell of what came in another form, at its first place on the page."""
        if self.notes.once(reason):
            self.changed(position, f"{reason}, here and below")
