"""Lines without divs as pieces: headings, code, and everything else as text."""

import re
from collections.abc import Iterator

from markdown_it.token import Token

from services.content.importers.markdown.divs import Run
from services.content.importers.markdown.inline import rewrite
from services.content.importers.markdown.links import escape
from services.content.importers.markdown.page import BLOCKS
from services.content.importers.markdown.scan import PageNotes, Shown
from services.kit.records import Record

_GRID = re.compile(r"\s*\+[-=+]{3,}\+")
_BOXES = re.compile(r"^[ \t]*[-*+][ \t]+\[[ xX]\][ \t]", re.MULTILINE)
_DEFINITION = re.compile(r"^(?P<term>[^\n]+)\n:[ \t]+")
_HEADING_TAIL = re.compile(r"\s*\{[#.:][^{}]*\}\s*$")
_LANGUAGE = re.compile(r"[\w+#-][\w+#.-]*")


class Piece(Record):
    """A heading (`level` 1 to 6), code (`code` is its language, maybe empty), or text."""

    line: int
    text: str
    pictures: tuple[Shown, ...] = ()
    level: int = 0
    code: str | None = None


def read_pieces(run: Run, notes: PageNotes) -> Iterator[Piece]:
    """Yield the pieces of a run of lines in order."""
    tokens = BLOCKS.parse("\n".join(run.lines))
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting >= 0 and token.map is not None and token.type != "hr":
            start, end = token.map
            text = "\n".join(run.lines[start:end]).strip("\n")
            if token.type == "heading_open":
                text = _HEADING_TAIL.sub("", tokens[index + 1].content)
            yield _piece(token, text, run.line + start, notes)


def _piece(token: Token, text: str, line: int, notes: PageNotes) -> Piece:
    if token.type in {"fence", "code_block"}:
        language = _language(token.info, line, notes)
        return Piece(line=line, text=token.content.rstrip("\n"), code=language)
    if _GRID.match(text):
        notes.losses.read_only(notes.file, line, "a grid table shows as written")
        return Piece(line=line, text=text, code="")
    if token.type == "bullet_list_open" and _BOXES.search(text):
        message = "a list with boxes is read here; it asks in a folder with course.yaml"
        notes.losses.read_only(notes.file, line, message)
    if token.type == "paragraph_open" and _DEFINITION.match(text):
        notes.losses.changed(notes.file, line, "a definition becomes a paragraph")
        text = _DEFINITION.sub(r"**\g<term>**: ", text)
    rewritten = rewrite(text, line=line, notes=notes)
    shown = rewritten.text.rstrip()
    if token.type == "html_block":
        shown = "\n".join(part.strip() for part in shown.splitlines()).strip()
    if token.type in {"paragraph_open", "html_block"} and _is_pictures(shown, rewritten.pictures):
        shown = ""
    level = int(token.tag[1]) if token.type == "heading_open" else 0
    return Piece(line=line, text=shown, pictures=rewritten.pictures, level=level)


def _language(info: str, line: int, notes: PageNotes) -> str:
    """Return the language of a fence; that of `{r, echo=FALSE}` is r, and does not run."""
    if info.strip().startswith("{") and not info.strip().startswith("{."):
        notes.losses.read_only(notes.file, line, f"code in `{info.strip()[:60]}` is not run")
    match = _LANGUAGE.search(info)
    return match[0].lower() if match else ""


def _is_pictures(text: str, pictures: tuple[Shown, ...]) -> bool:
    """Return whether nothing but pictures stands in a paragraph."""
    alts = " ".join(escape(shown.alt or "") for shown in pictures)
    return bool(pictures) and text.split() == alts.split()
