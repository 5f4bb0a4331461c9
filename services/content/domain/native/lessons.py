"""Lessons of the course document from their files in all languages."""

import posixpath
import re

import msgspec

from services.content.domain.course import AnyBlock, Lesson, LessonKind
from services.content.domain.keys import Keys
from services.content.domain.native.blocks import BlockBuilder
from services.content.domain.native.lesson_text import LessonText
from services.content.domain.native.pieces import Card
from services.content.domain.native.scanner import SAME
from services.content.domain.native.scope import Scope
from services.content.domain.native.section import Section
from services.content.domain.native.sides import Sides
from services.content.domain.pacing import Card as Size
from services.content.domain.pacing import cut, minutes_of

_LEADING_NUMBER = re.compile(r"[\d_.\s-]+(?=[^\d_.\s-])")
_PAGE = ("language", "slug", "summary")
"""What the front matter of a course of one file may say besides."""
_SETTINGS = ("key", "title", "kind", "skills", "attempts", "pass", "minutes")


class LessonBuilder:
    """Builds the lessons of one course; their keys are unique in it."""

    def __init__(self, scope: Scope) -> None:
        """Begin a course with no key taken."""
        self._scope = scope
        self._keys = Keys()

    def build(self, sides: Sides[LessonText]) -> Lesson:
        """Return a lesson; unless it says a key it is its file's name without leading number."""
        cards = self._cards(sides)
        return self._lesson(sides, tuple(block for card in cards for block in card))

    def build_cut(self, sides: Sides[LessonText]) -> tuple[Lesson, ...]:
        """Return a page as lessons of a few minutes, cut between cards.

        An assessment stays whole, and so does a lesson that says its minutes.
        """
        cards = self._cards(sides)
        whole = self._lesson(sides, tuple(block for card in cards for block in card))
        if whole.kind is LessonKind.ASSESSMENT or whole.minutes is not None:
            return (whole,)
        sizes = [Size(minutes=minutes_of(card, language=sides.language)) for card in cards]
        parts = cut(sizes)
        return tuple(self._part(whole, part, cards, sides) for part in parts) or (whole,)

    def _part(
        self, whole: Lesson, part: range, cards: list[list[AnyBlock]], sides: Sides[LessonText]
    ) -> Lesson:
        """Return the lesson of some cards; behind the first it is named by the first of them."""
        blocks = tuple(block for index in part for block in cards[index])
        if part.start == 0:
            return msgspec.structs.replace(whole, blocks=blocks)
        heading = sides.source.cards[part.start].heading
        title = {tag: f"{text}: {heading}" for tag, text in whole.title.items()}
        key = self._keys.make(f"{whole.key} {heading}")
        return msgspec.structs.replace(whole, key=key, title=title, blocks=blocks)

    def _lesson(self, sides: Sides[LessonText], blocks: tuple[AnyBlock, ...]) -> Lesson:
        head, report = sides.source.head, self._scope.report
        stem = posixpath.basename(sides.file).removesuffix(".md")
        at = (sides.file, head.line_of("key"))
        key = self._scope.key(self._keys, head.text("key"), unnumbered(stem), at=at)
        kind = LessonKind(head.choice("kind", ["practice", "assessment"], "practice").upper())
        names_at = (sides.file, head.line_of("skills"))
        lesson = Lesson(
            key=key,
            title=sides.texts(lambda side: side.title),
            kind=kind,
            minutes=head.integer("minutes"),
            attempts=head.integer("attempts"),
            pass_score=head.share("pass"),
            skills=self._scope.skills(head.words("skills"), at=names_at),
            blocks=blocks,
        )
        if kind is LessonKind.PRACTICE:
            _refuse_settings(head, "attempts", "pass")
        if not lesson.blocks:
            report.add(sides.file, 1, "a lesson needs at least one card")
        for side in sides.by_locale.values():
            side.head.allow(*_SETTINGS, *_PAGE)
            side.head.done()
        return lesson

    def _cards(self, sides: Sides[LessonText]) -> list[list[AnyBlock]]:
        """Return the blocks of each card."""
        report, builder = self._scope.report, BlockBuilder(self._scope)
        cards = sides.zip(lambda side: side.cards, "cards", report, line=lambda side: side.line)
        return [builder.card(self._translated(card)) for card in cards]

    def _translated(self, sides: Sides[Card]) -> Sides[Card]:
        """Return a card without the languages that leave it as it is in the source."""
        kept: dict[str, Card] = {}
        for tag, card in sides.by_locale.items():
            is_same = SAME in card.attributes.classes
            if tag == sides.language or not is_same:
                kept[tag] = card
            at = (sides.files[tag], card.line)
            if is_same and tag == sides.language:
                self._scope.report.add(*at, "`.same` is for cards of a translation")
            elif is_same and (card.heading or card.parts):
                self._scope.report.add(*at, "a card that is `.same` has nothing of its own")
        return Sides(sides.language, kept, sides.files)


def unnumbered(stem: str) -> str:
    """Return a file's name without its leading number: what a lesson's key is made from."""
    return _LEADING_NUMBER.sub("", stem, count=1)


def _refuse_settings(head: Section, *names: str) -> None:
    for name in names:
        if name in head:
            message = f"`{name}` is for lessons with `kind: assessment`"
            head.report.add(head.file, head.line_of(name), message)
