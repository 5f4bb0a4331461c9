"""Attributes in braces at the end of a heading or an item: `{#key .class name=value}`."""

import re

from services.kit.records import Record

_TAIL = re.compile(r"\s*\{\s*([#.][^{}]*|[a-z]+=[^{}]*)\}\s*$")
_TOKEN = re.compile(r"""[#.][\w.-]+|[a-z]+="[^"]*"|[a-z]+=\S+""")


class Attributes(Record):
    """What braces say: a key, classes and named values."""

    key: str | None = None
    classes: frozenset[str] = frozenset()
    values: tuple[tuple[str, str], ...] = ()
    unread: str = ""
    """What in the braces is none of these."""

    def get(self, name: str) -> str | None:
        """Return the value of a name, or None."""
        return dict(self.values).get(name)


def take_attributes(text: str) -> tuple[str, Attributes]:
    """Return a text without the braces at its end, and what they said."""
    match = _TAIL.search(text)
    if match is None:
        return text.strip(), Attributes()
    tokens = _TOKEN.findall(match[1])
    named = (token.split("=", 1) for token in tokens if token[0] not in "#.")
    attributes = Attributes(
        key=next((token[1:] for token in tokens if token[0] == "#"), None),
        classes=frozenset(token[1:] for token in tokens if token[0] == "."),
        values=tuple((name, value.strip('"')) for name, value in named),
        unread=_TOKEN.sub("", match[1]).strip(),
    )
    return text[: match.start()].strip(), attributes
