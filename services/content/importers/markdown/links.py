"""Links and pictures in Markdown: what leads to the web stays, everything else becomes its text."""

import re
from collections.abc import Callable

from markdown_it.common.utils import normalizeReference

from services.content.importers.markdown.scan import Scan, Shown

_INNER = r"(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*+"
_ATTRIBUTES = r"""\{(?P<attributes>(?:[^{}"']|"[^"]*"|'(?:[^'\\]|\\.)*')*+)\}"""
_TARGET = (
    r"\(\s*(?:<(?P<angled>[^<>\n]*)>|(?P<target>(?:[^\s()<>]|\([^\s()]*\))*+))"
    r"""(?:\s+(?:"(?P<title>[^"]*)"|'(?P<single>[^']*)'))?\s*\)"""
)
_LABEL = r"\[(?P<label>[^\[\]]*)\]"
_LINK = re.compile(
    rf"(?P<image>!?)\[(?P<text>{_INNER})\](?:(?P<inline>{_TARGET})|{_LABEL})?(?:{_ATTRIBUTES})?",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"""(?P<name>[\w-]+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>(?:[^'\\]|\\.)*)'|"""
    r"""(?P<bare>[^\s"'>]+))""",
    re.DOTALL,
)
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\](?:\:|(?!\())")
_WEB = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
_SPECIAL = re.compile(r"([\\`*_\[\]<>#{}|!])")
_BLANKS = re.compile(r"\s+")


def take_bracket(scan: Scan, at: int, rewrite: Callable[[str, int], str]) -> int | None:
    """Write a link, a picture or a span, and return where it ends; None for a plain bracket."""
    if footnote := _FOOTNOTE.match(scan.text, at):
        scan.changed_once(at, "a footnote shows as written")
        scan.out.append(escape(footnote[0]))
        return footnote.end()
    match = _LINK.match(scan.text, at)
    if match is None:
        return None
    target = _target(match, scan)
    if match["image"]:
        if target is None:
            return None
        scan.out.append(_picture(scan, at, match, target))
        return match.end()
    if target is None:
        return _span(scan, match, rewrite)
    scan.out.append(link(scan, at, target, rewrite(match["text"], match.start("text"))))
    return match.end()


def link(scan: Scan, at: int, target: str, text: str) -> str:
    """Return a link to the web, or the text of one that leads elsewhere."""
    if is_web(target):
        return f"[{text}](<{target}>)" if "(" in target else f"[{text}]({target})"
    scan.changed(at, f"the link to `{target[:200]}` is left out: it leads to another file or place")
    return text


def is_web(target: str) -> bool:
    """Return whether an address is one that a course may link to."""
    return _WEB.fullmatch(target) is not None


def show(scan: Scan, shown: Shown) -> str:
    """Keep a picture for a block of its own; return what stands in its place within a text."""
    scan.pictures.append(shown)
    return escape(shown.alt or "")


def attributes(text: str) -> dict[str, str]:
    """Return the values of `name=value` in braces or in a tag, by name in lower case."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        value = match["double"] or match["bare"] or ""
        if match["single"] is not None:
            value = re.sub(r"\\(.)", r"\1", match["single"], flags=re.DOTALL)
        found.setdefault(match["name"].lower(), _BLANKS.sub(" ", value).strip())
    return found


def escape(text: str) -> str:
    """Return plain text as Markdown that shows it."""
    return _SPECIAL.sub(r"\\\1", text)


def _target(match: re.Match[str], scan: Scan) -> str | None:
    """Return where a link leads, or None where it is none."""
    if match["inline"] is not None:
        return match["angled"] if match["angled"] is not None else match["target"]
    label = match["label"] or match["text"]
    return scan.notes.references.get(normalizeReference(label))


def _picture(scan: Scan, at: int, match: re.Match[str], target: str) -> str:
    """Return what stands in a picture's place; `{alt=...}` is its alt text before the brackets."""
    told = attributes(match["attributes"] or "")
    text = _BLANKS.sub(" ", match["text"]).strip()
    title = match["title"] or match["single"] or None
    if "alt" in told:
        shown = Shown(line=scan.line_at(at), target=target, alt=told["alt"], caption=text or title)
    else:
        shown = Shown(line=scan.line_at(at), target=target, alt=text or None, caption=title)
    return show(scan, shown)


def _span(scan: Scan, match: re.Match[str], rewrite: Callable[[str, int], str]) -> int | None:
    """Write the text of `[text]{.class}`."""
    if match["attributes"] is None or match["label"] is not None:
        return None
    scan.out.append(rewrite(match["text"], match.start("text")))
    return match.end()
