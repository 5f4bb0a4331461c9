"""YAML as a person would write it: block style, nothing folded, texts of several lines as such."""

from collections.abc import Mapping

import yaml

_BREAKS = frozenset("\x85\u2028\u2029")
"""Ends of lines to some readers, and so written as escapes."""

_LINE = 80
"""Characters of a list that stands on one line, at most."""


class _Dumper(yaml.SafeDumper):
    """Safe YAML without aliases, each item of a list indented."""

    def ignore_aliases(self, data: object) -> bool:
        """Write what is there twice twice."""
        del data
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002 - PyYAML's own signature
        """Indent lists under their names too."""
        del indentless
        super().increase_indent(flow, indentless=False)


class _Quoting(_Dumper):
    """The same with every text in quotes, which hold whatever a text may hold."""


def _represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if text != text.strip() or _BREAKS.intersection(text):
        style = '"'
    elif "\n" in text:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


def _represent_list(dumper: yaml.SafeDumper, items: list[object]) -> yaml.SequenceNode:
    """Return a list of a few words on one line."""
    words = [item for item in items if isinstance(item, str) and "\n" not in item]
    short = len(words) == len(items) and sum(map(len, words)) <= _LINE
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=short)


_Dumper.add_representer(str, _represent)
_Dumper.add_representer(list, _represent_list)
_Quoting.add_representer(str, _represent_quoted)


def write_yaml(content: Mapping[str, object]) -> str:
    """Return a mapping as YAML, without a newline at its end; it reads back as it was."""
    if not content:
        return ""
    text = _dump(content, _Dumper)
    return text if yaml.safe_load(text) == content else _dump(content, _Quoting)


def _dump(content: Mapping[str, object], dumper: type[yaml.SafeDumper]) -> str:
    return yaml.dump(
        content,
        Dumper=dumper,
        allow_unicode=True,
        default_flow_style=False,
        sort_keys=False,
        width=float("inf"),
    ).rstrip("\n")
