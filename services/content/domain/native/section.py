"""The YAML of a course folder: read without surprises, each value with its line."""

import re
from collections.abc import Iterator, Sequence

import yaml

from services.content.domain.course import Texts
from services.content.domain.native.report import Report
from services.content.domain.texts import LOCALE

MAX_YAML = 256 * 1024
"""Bytes of one YAML text."""

_WHOLE = re.compile(r"[1-9][0-9]{0,8}")


class Loader(yaml.SafeLoader):
    """Safe YAML without aliases, which can make little text into much."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Return the next node; an alias is an error."""
        if self.check_event(yaml.AliasEvent):
            problem = "aliases (*name) are not used here: write the value out"
            raise yaml.MarkedYAMLError(None, None, problem, self.get_mark())
        return super().compose_node(parent, index)


class Section:
    """A mapping of YAML: typed reads that report what is wrong, and `done` for what is left."""

    def __init__(
        self, node: yaml.Node | None, *, file: str, report: Report, first: int = 1
    ) -> None:
        """Keep a node; `first` is the line in the file at which its YAML text begins."""
        self.file = file
        self.report = report
        self._first = first
        self._node = node
        self._asked: set[str] = set()
        self._fields: dict[str, yaml.Node] = {}
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value in self._fields:
                    self.add(key, f"`{key.value}` is given twice")
                self._fields[str(key.value)] = value
        elif node is not None and not _is_null(node):
            self.add(node, "a list of `name: value` is needed here")

    @property
    def line(self) -> int:
        """The line in the file."""
        return self._line_of(self._node)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that are given, in order."""
        return tuple(self._fields)

    def add(self, node: yaml.Node | None, message: str) -> None:
        """Report a problem at a node."""
        self.report.add(self.file, self._line_of(node), message)

    def line_of(self, name: str) -> int:
        """Return the line of a field, or of the section where it is not given."""
        return self._line_of(self._fields.get(name, self._node))

    def text(self, name: str, *, required: bool = False) -> str | None:
        """Return a text as written, or None."""
        node = self._take(name, required=required)
        if node is None or _is_null(node):
            return None
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.add(node, f"`{name}` is a text")
            return None
        return _said(node)

    def texts(self, name: str, language: str, *, required: bool = False) -> Texts | None:
        """Return a text in the course's language, or in several: `title: {en: ..., es: ...}`."""
        if not self.is_section(name):
            text = self.text(name, required=required)
            return None if text is None else {language: text}
        inner = self.section(name)
        texts = {tag: text for tag in inner.names if (text := inner.text(tag)) is not None}
        for tag in texts:
            if not LOCALE.fullmatch(tag):
                inner.add(self._fields[name], f"`{tag}` is no language tag, such as en or pt-BR")
        if language not in texts:
            inner.add(self._fields[name], f"`{name}` lacks the course's own language, {language}")
            return None
        return texts

    def integer(self, name: str) -> int | None:
        """Return a whole number of at least 1, or None."""
        text = self.text(name)
        if text is None:
            return None
        if not _WHOLE.fullmatch(text):
            self.report.add(self.file, self.line_of(name), f"`{name}` is a whole number, 1 or more")
            return None
        return int(text)

    def share(self, name: str) -> float | None:
        """Return a share of 1, written 0.8 or 80%, or None."""
        text = self.text(name)
        if text is None:
            return None
        try:
            share = float(text.rstrip("% ")) / 100 if text.endswith("%") else float(text)
        except ValueError:
            share = 0.0
        if not 0 < share <= 1:
            message = f"`{name}` is a share: more than 0 and up to 1, or 1% to 100%"
            self.report.add(self.file, self.line_of(name), message)
            return None
        return share

    def choice(self, name: str, allowed: Sequence[str], default: str) -> str:
        """Return one of the words allowed, in any case."""
        text = (self.text(name) or default).lower()
        if text not in allowed:
            words = ", ".join(allowed)
            self.report.add(self.file, self.line_of(name), f"`{name}` is one of: {words}")
            return default
        return text

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; a single one may stand alone."""
        node = self._take(name)
        if node is None or _is_null(node):
            return ()
        if isinstance(node, yaml.ScalarNode):
            return (_said(node),)
        found = [item for item in _items(node) if isinstance(item, yaml.ScalarNode)]
        if len(found) != len(node.value) or not isinstance(node, yaml.SequenceNode):
            self.add(node, f"`{name}` is a list of texts, such as [one, two]")
        return tuple(map(_said, found))

    def lined_words(self, name: str) -> tuple[tuple[str, int], ...]:
        """Return a list of texts, each with its line in the file."""
        words = self.words(name)
        node = self._fields.get(name)
        items = [item for item in _items(node) if isinstance(item, yaml.ScalarNode)]
        lines = [self._line_of(item) for item in items] or [self.line_of(name)]
        return tuple(zip(words, lines, strict=False))

    def section(self, name: str) -> "Section":
        """Return the mapping of that name, an empty one where it is not given."""
        return self._section(self._take(name))

    def is_section(self, name: str) -> bool:
        """Return whether a mapping of that name is given."""
        return isinstance(self._fields.get(name), yaml.MappingNode)

    def sections(self, name: str) -> Iterator["Section"]:
        """Yield the mappings of the list of that name."""
        node = self._take(name)
        if node is not None and not isinstance(node, yaml.SequenceNode) and not _is_null(node):
            self.add(node, f"`{name}` is a list: each item begins with `- `")
        for item in _items(node):
            yield self._section(item)

    def allow(self, *names: str) -> None:
        """Let names stand here that need not be read."""
        self._asked.update(names)

    def done(self) -> None:
        """Report every name that nobody asked for, with those that are allowed."""
        allowed = ", ".join(sorted(self._asked))
        for name in self._fields.keys() - self._asked:
            message = f"`{name}` is not known here; allowed: {allowed}"
            self.report.add(self.file, self.line_of(name), message)

    def __contains__(self, name: str) -> bool:
        """Return whether a name is given."""
        return name in self._fields

    def _take(self, name: str, *, required: bool = False) -> yaml.Node | None:
        self._asked.add(name)
        node = self._fields.get(name)
        if required and (node is None or _is_null(node)):
            self.add(self._node, f"`{name}` is missing")
        return node

    def _section(self, node: yaml.Node | None) -> "Section":
        return Section(node, file=self.file, report=self.report, first=self._first)

    def _line_of(self, node: yaml.Node | None) -> int:
        return self._first + (node.start_mark.line if node is not None else 0)


def read_yaml(text: str, *, file: str, report: Report, first: int = 1) -> Section:
    """Return the mapping that a YAML text holds; what cannot be read is reported and empty."""
    node: yaml.Node | None = None
    if len(text) > MAX_YAML:
        report.add(file, first, f"more than {MAX_YAML // 1024} KiB of YAML")
        return Section(None, file=file, report=report, first=first)
    try:
        node = Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        report.add(file, first + line, f"this is no YAML: {error.problem or error.context}")
    except (yaml.YAMLError, RecursionError):
        report.add(file, first, "this is no YAML, or it nests too deep")
    return Section(node, file=file, report=report, first=first)


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _said(node: yaml.ScalarNode) -> str:
    """Return a text without the blanks around it, unless quotes keep them."""
    return str(node.value) if node.style in {"'", '"'} else str(node.value).strip()


def _is_null(node: yaml.Node) -> bool:
    return node.tag == "tag:yaml.org,2002:null"
