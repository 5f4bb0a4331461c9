"""Text on paper and in pictures: shortened where it must fit, without what fonts cannot show."""

import re

from markdown_it import MarkdownIt

RTL = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
"""Languages that are written from right to left."""

MAX_PARAGRAPH = 20_000

_MARKDOWN = MarkdownIt("commonmark")
_UNSHOWN = re.compile(
    "[\\u202a-\\u202e\\u2066-\\u2069"  # a name must not turn the words around it
    "\\u2600-\\u27bf\\ufe0e\\ufe0f\\U0001f000-\\U0001faff]"  # the fonts have no pictures
)
_LONG_WORD = re.compile(r"[^\W_]{24,}")
_PIECE = re.compile(r".{12}")


def is_rtl(language: str) -> bool:
    """Return whether a language, as BCP 47, is written from right to left."""
    return language.partition("-")[0].lower() in RTL


def shown(text: str, *, limit: int = 2_000) -> str:
    """Return a text on one line, shortened at a word's end, with breaks in words beyond a line."""
    line = " ".join(_UNSHOWN.sub("", text).split())
    if len(line) > limit:
        head = line[: limit - 1]
        line = (head.rpartition(" ")[0] or head) + "…"
    return _LONG_WORD.sub(lambda word: _PIECE.sub("\\g<0>\u200b", word[0]), line)


def paragraphs(markdown: str) -> tuple[str, ...]:
    """Return the paragraphs, headings and list items of a Markdown text, without their marks."""
    found, mark = [], ""
    for token in _MARKDOWN.parse(markdown):
        if token.type == "list_item_open":
            mark = f"{token.info}. " if token.info else "• "
        if token.type == "inline":
            text = "".join(_inner(part) for part in token.children or ())
            if line := shown(text, limit=MAX_PARAGRAPH):
                found.append(mark + line)
                mark = ""
    return tuple(found)


def _inner(token: object) -> str:
    kind, content = getattr(token, "type", ""), getattr(token, "content", "")
    return " " if kind in {"softbreak", "hardbreak"} else str(content)
