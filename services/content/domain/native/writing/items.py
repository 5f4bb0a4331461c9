"""Items of lists as they are written: marks in their texts escaped, keys where they are needed."""

import re

from services.content.domain.keys import slug

_CODE = re.compile(r"(`[^`]*`)")


def escape(text: str, mark: str) -> str:
    """Return a text in which a mark that would split it has a backslash; in code it is none."""
    sign = re.compile(rf"(^|(?<=\s)){re.escape(mark)}(?=\s)")
    parts = _CODE.split(text)
    return "".join(part if part.startswith("`") else sign.sub(rf"\\{mark}", part) for part in parts)


def item_key(key: str, text: str, *, points: float | None = None) -> str:
    """Return the braces of an item: its key unless it is the one made from its text, its points."""
    says = [] if slug(text) == key else [f"#{key}"]
    says += [] if points is None else [f"points={number(points)}"]
    return f" {{{' '.join(says)}}}" if says else ""


def number(value: float) -> str:
    """Return a number in as few digits as say it exactly."""
    short = f"{value:.15g}"
    return short if float(short) == value else repr(value)


def share(value: float) -> str:
    """Return a share of 1 in percent where that says it exactly."""
    percent = number(value * 100)
    return f"{percent}%" if float(percent) / 100 == value else number(value)
