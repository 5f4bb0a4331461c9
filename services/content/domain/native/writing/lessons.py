"""Lessons as Markdown files: each block in the plainest form that reads back as that block."""

from collections.abc import Mapping, Sequence

import msgspec

from services.content.domain.course import (
    AnyBlock,
    CalloutBlock,
    CodeBlock,
    ImageBlock,
    Lesson,
    TextBlock,
)
from services.content.domain.keys import slug
from services.content.domain.native.blocks import BlockBuilder
from services.content.domain.native.lesson_text import numbered, read_cards, read_lesson_text
from services.content.domain.native.lessons import LessonBuilder, unnumbered
from services.content.domain.native.pieces import Card
from services.content.domain.native.scanner import PLAIN, SAME
from services.content.domain.native.scope import Scope
from services.content.domain.native.sides import Sides
from services.content.domain.native.writing.forms import Form, FormWriter, structured
from services.content.domain.native.writing.items import share
from services.content.domain.native.writing.yaml_text import write_yaml
from services.content.domain.texts import all_texts
from services.kit.records import Record

_READ = (TextBlock, ImageBlock, CodeBlock, CalloutBlock)
"""What may go on in a card that is only read."""


class _Written(Record):
    """A block as written, by language; one that is not there is the source's."""

    block: AnyBlock
    forms: Mapping[str, Form]

    @property
    def begins_card(self) -> bool:
        """Whether it has a `##` line of its own."""
        return any(form.begins_card for form in self.forms.values())


class LessonWriter:
    """Writes the lessons of one course."""

    def __init__(self, language: str, scope: Scope, forms: FormWriter) -> None:
        """Keep what blocks are read back with."""
        self._language = language
        self._scope = scope
        self._forms = forms

    def write(self, lesson: Lesson, stem: str) -> dict[str, str]:
        """Return the lesson's files, path to text: `STEM.md` and its translations."""
        tags = {tag for _, texts in all_texts(lesson) for tag in texts} | {self._language}
        blocks = [self._plainest(block, sorted(tags)) for block in lesson.blocks]
        files = self._files(lesson, stem, blocks)
        if self._reads_back(files, lesson, stem):
            return files
        return self._files(lesson, stem, [self._structured(block) for block in lesson.blocks])

    def _plainest(self, block: AnyBlock, tags: Sequence[str]) -> _Written:
        """Return a block in the first form that reads back as it is, else as YAML.

        It is written in those of the lesson's languages that all of its texts have.
        """
        texts = [text for _, text in all_texts(block)]
        full = [tag for tag in tags if all(tag in text for text in texts)]
        if self._language not in full:
            return self._structured(block)
        for forms in zip(*(self._forms.forms(block, tag) for tag in full), strict=True):
            written = {tag: form for tag, form in zip(full, forms, strict=True) if form is not None}
            if len(written) == len(full) and self._read(written) == [block]:
                return _Written(block=block, forms=written)
        return self._structured(block)

    def _structured(self, block: AnyBlock) -> _Written:
        return _Written(block=block, forms={self._language: structured(block)})

    def _read(self, forms: Mapping[str, Form]) -> list[AnyBlock] | None:
        """Return the blocks of a card by itself, or None where it is none without problems."""
        scope = self._scope.trial()
        cards: dict[str, Card] = {}
        for tag, form in forms.items():
            read = read_cards(numbered(str(form).splitlines()), "", scope.report)
            if len(read) != 1:
                return None
            cards[tag] = read[0]
        blocks = BlockBuilder(scope).card(Sides(self._language, cards, dict.fromkeys(cards, "")))
        return None if scope.report.problems else blocks

    def _files(self, lesson: Lesson, stem: str, blocks: Sequence[_Written]) -> dict[str, str]:
        cards = _cards(blocks, self._language)
        tags = {tag for written in blocks for tag in written.forms} | set(lesson.title)
        return {
            f"{stem}.md" if tag == self._language else f"{stem}.{tag}.md": self._file(
                lesson, stem, [card.get(tag, f"## {{.{SAME}}}") for card in cards], tag=tag
            )
            for tag in sorted(tags | {self._language})
        }

    def _file(self, lesson: Lesson, stem: str, cards: Sequence[str], *, tag: str) -> str:
        title = {"title": lesson.title[tag]} if tag in lesson.title else {}
        head = title | (self._settings(lesson, stem) if tag == self._language else {})
        front = "\n".join(filter(None, ["---", write_yaml(head), "---"]))
        return "\n\n".join([front, *cards]) + "\n"

    def _settings(self, lesson: Lesson, stem: str) -> dict[str, object]:
        made = slug(unnumbered(stem))
        settings = {
            "key": None if made == lesson.key else lesson.key,
            "kind": lesson.kind.lower(),
            "skills": [self._forms.skill_of(skill) for skill in lesson.skills] or None,
            "minutes": lesson.minutes,
            "attempts": lesson.attempts,
            "pass": None if lesson.pass_score is None else share(lesson.pass_score),
        }
        return {name: value for name, value in settings.items() if value is not None}

    def _reads_back(self, files: Mapping[str, str], lesson: Lesson, stem: str) -> bool:
        scope = self._scope.trial()
        by_tag = {_tag(path, stem) or self._language: path for path in files}
        texts = {
            tag: read_lesson_text(
                path, files[path].encode(), scope.report, translates=tag != self._language
            )
            for tag, path in by_tag.items()
        }
        read = LessonBuilder(scope).build(Sides(self._language, texts, by_tag))
        return read == lesson and not scope.report.problems


def _tag(path: str, stem: str) -> str:
    """Return the language that the name of a translation's file says."""
    return path.removeprefix(stem).removesuffix(".md").lstrip(".")


def _cards(blocks: Sequence[_Written], language: str) -> list[dict[str, str]]:
    """Return cards by language; a block that is only read goes on in the card before it."""
    cards: list[dict[str, str]] = []
    run: list[_Written] = []
    for written in blocks:
        if run and _goes_on(written, run, language):
            run.append(written)
            for tag, form in written.forms.items():
                cards[-1][tag] += f"\n\n{form}"
        else:
            cards.append(_card(written, language, first=not cards))
            run = [written]
    return cards


def _goes_on(written: _Written, run: Sequence[_Written], language: str) -> bool:
    """Return whether a block may stand below others without becoming part of them."""
    merges = isinstance(written.block, TextBlock) and isinstance(run[-1].block, TextBlock)
    is_read = all(isinstance(each.block, _READ) for each in (written, run[0]))
    is_plain = f".{PLAIN}" in run[0].forms[language].braces
    alike = written.forms.keys() == run[0].forms.keys()
    return is_read and alike and not (merges or is_plain or written.begins_card)


def _card(written: _Written, language: str, *, first: bool) -> dict[str, str]:
    """Return a block as a card of its own, with its key where it needs a `##` line for that."""
    opens = first and not written.begins_card
    if opens and not written.forms[language].body.startswith("#"):
        return {tag: str(form) for tag, form in written.forms.items()}
    braces = (f"#{written.block.key}",)
    return {
        tag: str(form if form.begins_card else msgspec.structs.replace(form, braces=braces))
        for tag, form in written.forms.items()
    }
