"""Lists that mean something: choices, order, match and flashcards, and texts with gaps."""

import re
from collections.abc import Sequence

from services.content.domain.native.answers import alternatives
from services.content.domain.native.attributes import take_attributes
from services.content.domain.native.pieces import (
    Choices,
    Flashcards,
    Gaps,
    GapSource,
    Image,
    Item,
    Match,
    Order,
)
from services.content.domain.native.report import Report

Numbered = tuple[int, str]
"""A line with its number in the file."""

ITEM = re.compile(r"(?:- |\d{1,3}[.)] )\s*(?=\S)")
IMAGE = re.compile(r'!\[(?P<alt>[^\]]*)\]\((?P<file>[^()\s]+)(?:\s+"(?P<caption>[^"]*)")?\)')
_BOX = re.compile(r"\[([ xX])\]\s+")
_CODE = re.compile(r"`[^`]*`")
_GAP = re.compile(r"`[^`]*`|\{\{(?P<typed>[^{}]+)\}\}|\[\[(?P<picked>[^\[\]]*\|[^\[\]]*)\]\]")
_ESCAPED = re.compile(r"\\(>|=>|::)")

_MARKS: dict[type, str] = {Match: "=>", Flashcards: "::"}
_FORMS = {
    Choices: "`- [ ] text` or `- [x] text`",
    Match: "`- source => target`, one of the two may be left out",
    Flashcards: "`- front :: back`",
}


def read_list(
    lines: Sequence[Numbered], file: str, report: Report
) -> Choices | Order | Match | Flashcards | None:
    """Return what a list means by its first item, or None where it is a list to read."""
    items = _items(lines)
    line, first = items[0]
    if first.startswith("- "):
        kind = _kind(first)
        if kind is None:
            return None
        read = (_read_item(item, kind, file, report) for item in items)
        return kind(line=line, items=tuple(item for item in read if item is not None))
    source = "\n".join(text for _, text in lines).rstrip()
    read_items = tuple(_numbered(*item) for item in items)
    return Order(line=line, items=read_items, source=source)


def read_gaps(line: int, text: str) -> Gaps | None:
    """Return a text with its gaps, or None where it has none; code in it is no gap."""
    found = [match for match in _GAP.finditer(text) if match["typed"] or match["picked"]]
    if not found:
        return None
    parts, end = [], 0
    for number, match in enumerate(found, start=1):
        parts += [text[end : match.start()], f"{{gap-{number}}}"]
        end = match.end()
    template = "".join([*parts, text[end:]])
    return Gaps(line=line, text=template, gaps=tuple(_gap(line, match) for match in found))


def split_mark(text: str, mark: str) -> tuple[str, str | None]:
    """Return what stands before and after a mark; one in code or after a backslash is none."""
    end = r"(?:\s+|$)" if mark == _MARKS[Match] else r"\s+"
    match = re.search(rf"(?<!\\)(?:\s+|^){re.escape(mark)}{end}", _masked(text))
    if match is None:
        return _ESCAPED.sub(r"\1", text).strip(), None
    before, after = text[: match.start()], text[match.end() :]
    return _ESCAPED.sub(r"\1", before).strip(), after.strip()


def _masked(text: str) -> str:
    return _CODE.sub(lambda match: " " * len(match[0]), text)


def _items(lines: Sequence[Numbered]) -> list[Numbered]:
    """Return one line an item: lines that go on are joined to it."""
    items: list[Numbered] = []
    for number, text in lines:
        if ITEM.match(text):
            items.append((number, text))
        elif text.strip():
            start, before = items[-1]
            items[-1] = (start, f"{before} {text.strip()}")
    return items


def _kind(first: str) -> type[Choices | Match | Flashcards] | None:
    if _BOX.match(first[2:].lstrip()):
        return Choices
    if split_mark(first[2:], _MARKS[Match])[1] is not None:
        return Match
    return Flashcards if split_mark(first[2:], _MARKS[Flashcards])[1] is not None else None


def _read_item(
    item: Numbered, kind: type[Choices | Match | Flashcards], file: str, report: Report
) -> Item | None:
    line, text = item[0], ITEM.sub("", item[1], count=1)
    box = _BOX.match(text)
    before, after = split_mark(text, _MARKS.get(kind, ">"))
    whole = {
        Choices: box is not None,
        Match: after is not None and bool(before or after),
        Flashcards: bool(before and after),
    }
    if not whole[kind]:
        report.add(file, line, f"every item of this list is written {_FORMS[kind]}")
        return None
    if kind is Choices:
        assert box is not None
        return _choice(line, box, text, file, report)
    left, attributes = take_attributes(before)
    right, other_attributes = take_attributes(after or "")
    image = other_image = None
    if kind is Match:
        left, image = _take_image(line, left)
        right, other_image = _take_image(line, right)
    return Item(
        line=line,
        text=left,
        other=right,
        image=image,
        other_image=other_image,
        attributes=attributes,
        other_attributes=other_attributes,
    )


def _choice(line: int, box: re.Match[str], text: str, file: str, report: Report) -> Item | None:
    before, feedback = split_mark(text[box.end() :], ">")
    plain, attributes = take_attributes(before)
    plain, image = _take_image(line, plain)
    if not plain:
        report.add(file, line, "a choice needs a text after its box, or a picture with its text")
        return None
    return Item(
        line=line,
        text=plain,
        other=feedback or None,
        correct=box[1] != " ",
        image=image,
        attributes=attributes,
    )


def _take_image(line: int, text: str) -> tuple[str, Image | None]:
    """Return a text and the picture that it begins with; a picture alone lends its alt text."""
    found = IMAGE.match(text)
    if found is None:
        return text, None
    plain = text[found.end() :].strip() or found["alt"]
    return plain, Image(line=line, alt=found["alt"], file=found["file"])


def _numbered(line: int, text: str) -> Item:
    plain, attributes = take_attributes(ITEM.sub("", text, count=1))
    plain, image = _take_image(line, plain)
    return Item(line=line, text=plain, image=image, attributes=attributes)


def _gap(line: int, match: re.Match[str]) -> GapSource:
    if match["typed"] is not None:
        body = match["typed"].strip()
        texts = alternatives(body.removeprefix("=="))
        minds_case = body.startswith("==")
        accepted = tuple(dict.fromkeys(filter(None, texts)))
        return GapSource(line=line, accepted=accepted, case_sensitive=minds_case)
    options: dict[str, Item] = {}
    for text in filter(None, alternatives(match["picked"])):
        item = _gap_option(line, text)
        known = options.setdefault(item.text, item)
        if item.correct and not known.correct:
            options[item.text] = item
    return GapSource(line=line, options=tuple(options.values()))


def _gap_option(line: int, text: str) -> Item:
    before, feedback = split_mark(text.removeprefix("*"), ">")
    plain, attributes = take_attributes(before)
    correct = text.startswith("*")
    return Item(
        line=line, text=plain, other=feedback or None, correct=correct, attributes=attributes
    )
