"""HTML in Markdown: what Markdown has a mark for, the text of the rest, nothing that runs."""

import re

from services.content.importers.markdown.links import attributes, is_web, show
from services.content.importers.markdown.scan import Scan, Shown

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?=[\s/>])(?P<rest>[^<>]*)>")
_CODE_TEXT = re.compile(r"(?P<text>[^<>`\n]+)</[a-zA-Z]+\s*>")

_CODE = frozenset({"kbd", "code", "samp", "tt"})
_MARKS = {
    **dict.fromkeys(("em", "i", "cite", "dfn", "var"), "*"),
    **dict.fromkeys(("strong", "b"), "**"),
    **dict.fromkeys(("del", "s", "strike"), "~~"),
}
_DROPPED = frozenset(
    {"script", "style", "iframe", "object", "video", "audio", "svg", "math", "canvas", "form"}
    | {"button", "select", "textarea", "template", "noscript"}
)
"""Left out with all that is in it."""
_EMPTY = frozenset({"input", "embed", "link", "meta", "base"})
"""Left out; nothing is in it."""
_BREAKS = frozenset(
    {"p", "div", "li", "tr", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol"}
    | {"blockquote", "summary"}
)
"""The text stays, as a paragraph."""
_UNWRAPPED = _BREAKS | (
    {"abbr", "address", "article", "aside", "big", "body", "caption", "center", "col", "colgroup"}
    | {"details", "dl", "figcaption", "figure", "font", "footer", "head", "header", "html", "ins"}
    | {"label", "main", "mark", "nav", "picture", "pre", "q", "section", "small", "source", "span"}
    | {"sub", "sup", "tbody", "td", "tfoot", "th", "thead", "time", "title", "u", "wbr"}
)
"""The text stays."""


def take_html(scan: Scan, at: int) -> int | None:
    """Write what a tag or comment stands for, return where it ends; None for what is no HTML."""
    if scan.text.startswith("<!--", at):
        end = scan.find_end("-->", at)
        if end is not None:
            scan.skipped(at, "an HTML comment is left out")
        return end
    match = _TAG.match(scan.text, at)
    return None if match is None else _tag(scan, match)


def _tag(scan: Scan, match: re.Match[str]) -> int | None:
    """Return where a tag ends, with what goes along; None for `<a name like this>`."""
    name, at = match["name"].lower(), match.start()
    if name in _DROPPED or name in _EMPTY:
        return _drop(scan, match, name)
    if name in _CODE:
        return _code(scan, match, name)
    if name == "img":
        _image(scan, match)
    elif name == "a":
        scan.out.append(_anchor(scan, match))
    elif name in _MARKS:
        scan.changed_once(at, f"`<{name}>` becomes `{_MARKS[name]}`")
        scan.out.append(_MARKS[name])
    elif name in {"br", "hr"}:
        scan.out.append("  \n" if name == "br" else "\n\n")
    elif name in _UNWRAPPED:
        scan.changed_once(at, f"of `<{name}>` the text stays")
        scan.out.append("\n\n" if name in _BREAKS else "")
    else:
        return None
    return match.end()


def _drop(scan: Scan, match: re.Match[str], name: str) -> int:
    if match["end"]:
        return match.end()
    source = attributes(match["rest"]).get("src") or attributes(match["rest"]).get("data")
    what = f" (`{source[:200]}`)" if source else ""
    scan.skipped(match.start(), f"`<{name}>`{what} is left out")
    if name in _EMPTY or match["rest"].endswith("/"):
        return match.end()
    closing = scan.find_end(f"</{name}", match.end())
    if closing is None:
        return match.end()
    end = scan.text.find(">", closing)
    return len(scan.text) if end < 0 else end + 1


def _code(scan: Scan, match: re.Match[str], name: str) -> int:
    scan.changed_once(match.start(), f"`<{name}>` becomes code")
    inner = None if match["end"] else _CODE_TEXT.match(scan.text, match.end())
    if inner is None:
        return match.end()
    scan.out.append(f"`{inner['text'].strip()}`")
    return inner.end()


def _image(scan: Scan, match: re.Match[str]) -> None:
    told = attributes(match["rest"])
    shown = Shown(line=scan.line_at(match.start()), target=told.get("src", ""), alt=told.get("alt"))
    scan.out.append(show(scan, shown))


def _anchor(scan: Scan, match: re.Match[str]) -> str:
    """Return what opens or closes a link."""
    if match["end"]:
        target = scan.links.pop() if scan.links else ""
        return f"](<{target}>)" if target else ""
    target = attributes(match["rest"]).get("href", "")
    if target and not is_web(target):
        message = f"the link to `{target[:200]}` is left out: it leads to another file or place"
        scan.changed(match.start(), message)
    scan.links.append(target if is_web(target) else "")
    return "[" if is_web(target) else ""
