"""Markdown to HTML that is safe to show: rendered and sanitised once, at publish."""

import nh3
from markdown_it import MarkdownIt

_PROSE = frozenset({"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"})
_INLINE = frozenset({"em", "strong", "s", "code", "a"})
_LISTS = frozenset({"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"})
TAGS = _PROSE | _INLINE | _LISTS
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
URL_SCHEMES = frozenset({"https", "http", "mailto"})

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def render(markdown: str) -> str:
    """Return sanitised HTML of a Markdown text; HTML written in it is shown as text."""
    return nh3.clean(
        _MARKDOWN.render(markdown),
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=set(URL_SCHEMES),
        url_relative="deny",
        link_rel="noopener noreferrer",
    )


def shows_picture(markdown: str) -> bool:
    """Return whether a picture stands in a Markdown text; one in code is an example."""
    return "![" in markdown and any(
        child.type == "image"
        for token in _MARKDOWN.parse(markdown)
        for child in token.children or ()
    )
