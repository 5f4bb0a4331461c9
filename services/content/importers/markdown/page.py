"""One page of a book: its front matter, its title, its lines and what its links stand for."""

from collections.abc import Mapping

from markdown_it import MarkdownIt

from services.content.domain.native.report import Report
from services.content.domain.native.section import Section, read_yaml
from services.content.domain.texts import CONTROL
from services.content.importers.markdown.divs import div_lines
from services.content.importers.markdown.losses import Losses
from services.kit.records import Record

MAX_PAGE = 256 * 1024
"""Bytes of one page."""
_READ = ("title", "description", "summary", "lang", "language", "slug")
"""What is read of a front matter; of a page in a book, the title alone."""

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
BLOCKS = MarkdownIt("commonmark", {"html": True}).enable("table").disable("inline")
"""Reads which lines make up what, and leaves what stands inside."""


class Page(Record):
    """A page as read; `lines` begin at `first` in the file."""

    file: str
    title: str | None
    told: Mapping[str, str]
    """What the front matter says of the whole."""
    lines: tuple[str, ...]
    first: int
    references: Mapping[str, str]
    """Label of a link reference, folded, to its address."""


def read_page(file: str, data: bytes, losses: Losses) -> Page | None:
    """Return a page; None for one that is too large to be written by hand."""
    if len(data) > MAX_PAGE:
        losses.skipped(file, 0, f"a page has at most {MAX_PAGE // 1024} KiB")
        return None
    lines = _decoded(file, data, losses).splitlines()
    end = _front_matter_end(lines)
    told = _front_matter(file, lines[1:end], losses) if end else {}
    body, first = (lines[end + 1 :], end + 2) if end else (lines, 1)
    divs = div_lines(body)
    outside = "\n".join("" if index in divs else line for index, line in enumerate(body))
    environment: dict[str, Mapping[str, Mapping[str, str]]] = {}
    tokens = BLOCKS.parse(outside, environment)
    references = environment.get("references", {})
    title = told.get("title")
    if tokens and (tokens[0].type, tokens[0].tag) == ("heading_open", "h1"):
        heading, (_, behind) = plain(tokens[1].content), tokens[0].map or (0, 0)
        if title in {None, heading}:
            title, body, first = heading, body[behind:], first + behind
    return Page(
        file=file,
        title=title or None,
        told=told,
        lines=tuple(body),
        first=first,
        references={label: each["href"] for label, each in references.items()},
    )


def plain(markdown: str) -> str:
    """Return the text of one line of Markdown without its marks."""
    (inline,) = MARKDOWN.parseInline(markdown)
    kept = ("text", "code_inline", "softbreak", "text_special")
    texts = [each.content or " " for each in inline.children or () if each.type in kept]
    return " ".join("".join(texts).split())


def _decoded(file: str, data: bytes, losses: Losses) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        losses.changed(file, line, "text that is not UTF-8 shows as \N{REPLACEMENT CHARACTER}")
        text = data.decode("utf-8-sig", errors="replace")
    if (odd := CONTROL.search(text)) is None:
        return text
    line = text[: odd.start()].count("\n") + 1
    losses.changed(file, line, "control characters show as \N{REPLACEMENT CHARACTER}")
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _front_matter_end(lines: list[str]) -> int:
    if not lines or lines[0].rstrip() != "---":
        return 0
    ends = (i for i, text in enumerate(lines) if i and text.rstrip() in {"---", "..."})
    return next(ends, 0)


def _front_matter(file: str, lines: list[str], losses: Losses) -> Mapping[str, str]:
    report = Report()
    head = read_yaml("\n".join(lines), file=file, report=report, first=2)
    told = told_by(head, *_READ)
    for name in head.names:
        if name not in _READ:
            losses.skipped(file, head.line_of(name), f"nothing reads `{name}` of the front matter")
    for problem in report.problems:
        losses.skipped(file, int(problem.path[1]), problem.message.partition(": ")[2])
    return told


def told_by(head: Section, *names: str) -> dict[str, str]:
    """Return the texts that a mapping gives for these names."""
    return {name: text for name in names if name in head and (text := head.text(name))}
