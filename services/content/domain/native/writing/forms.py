"""How a block is written in one language: a heading, what its braces say, and what stands below."""

import re
from collections.abc import Callable, Iterator

import msgspec

from services.content.domain.course import (
    AnyBlock,
    AudioBlock,
    CalloutBlock,
    CodeBlock,
    Flashcard,
    FlashcardBlock,
    ImageBlock,
    Picture,
    QuestionBlock,
    TextBlock,
    VideoBlock,
)
from services.content.domain.native.cards import ORDER
from services.content.domain.native.scanner import PLAIN, STRUCTURED
from services.content.domain.native.writing.items import escape, item_key
from services.content.domain.native.writing.questions import QuestionText
from services.content.domain.native.writing.recordings import write_recording
from services.content.domain.native.writing.yaml_text import write_yaml
from services.kit.records import Record

_HEADING = re.compile(r"## (?P<heading>[^\n]+)(?:\n\n(?P<rest>.*))?", re.DOTALL)
_TICKS = re.compile(r"`{3,}")


class Form(Record):
    """One card or what goes on in one: without heading and braces it needs no `##` line."""

    heading: str = ""
    braces: tuple[str, ...] = ()
    body: str = ""

    @property
    def begins_card(self) -> bool:
        """Whether it has a `##` line of its own."""
        return bool(self.heading or self.braces)

    def __str__(self) -> str:
        """Return it as Markdown."""
        if not self.begins_card:
            return self.body
        braces = f"{{{' '.join(self.braces)}}}" if self.braces else ""
        head = " ".join(filter(None, ["##", self.heading, braces]))
        return f"{head}\n{self.body}".rstrip("\n")


class Style(Record):
    """One way to write a block, of several that may read back as it."""

    keyed: bool = False
    headed: bool = True
    """Whether the first line of a question's prompt is the heading."""
    said: bool = False
    """Whether a class says what the card is: text, or to be put in order."""


STYLES = tuple(
    Style(keyed=keyed, headed=headed, said=said)
    for said in (False, True)
    for headed in (True, False)
    for keyed in (False, True)
)
"""From the plainest on."""


class FormWriter:
    """Writes blocks; pictures and skills are called what the folder calls them."""

    def __init__(
        self, language: str, file_of: Callable[[Picture], str], skill_of: Callable[[str], str]
    ) -> None:
        """Keep the course's language, and how pictures and skills are called."""
        self._language = language
        self._file_of = file_of
        self.skill_of = skill_of
        self._questions = QuestionText(language, file_of, skill_of)

    def forms(self, block: AnyBlock, tag: str) -> Iterator[Form | None]:
        """Yield a block in one language in each of the STYLES; None where one makes no sense."""
        for style in STYLES:
            yield self._form(block, tag, style)

    def _form(self, block: AnyBlock, tag: str, style: Style) -> Form | None:
        if not style.headed and not isinstance(block, QuestionBlock):
            return None
        key = (f"#{block.key}",) if style.keyed and tag == self._language else ()
        match block:
            case TextBlock(markdown=markdown):
                return _text(markdown[tag], (*key, *([f".{PLAIN}"] if style.said else [])))
            case QuestionBlock(question=question):
                heading, body = self._questions.write(question, tag, headed=style.headed)
                said = [f".{ORDER}"] if style.said else []
                says = self._questions.braces(question) if tag == self._language else ()
                braces = (*key, *said, *says)
                return Form(heading=heading, braces=braces, body=body)
        below = None if style.said else self._below(block, tag)
        return None if below is None else Form(braces=key, body=below)

    def _below(self, block: AnyBlock, tag: str) -> str | None:
        match block:
            case ImageBlock(image=image, caption=caption):
                words = f' "{caption[tag]}"' if caption else ""
                return f"![{image.alt[tag]}]({self._file_of(image)}{words})"
            case CalloutBlock(tone=tone, markdown=markdown):
                return f"::: {tone}\n{markdown[tag]}\n:::"
            case CodeBlock(language=language, source=source):
                return fenced(language, source)
            case AudioBlock() | VideoBlock():
                return write_recording(block, tag, self._file_of)
            case FlashcardBlock(cards=cards):
                return "\n".join(_flashcard(card, tag, self._language) for card in cards)
        return None


def _flashcard(card: Flashcard, tag: str, language: str) -> str:
    key = item_key(card.key, card.front[language]) if tag == language else ""
    return f"- {escape(card.front[tag], '::')} :: {card.back[tag]}{key}"


def structured(block: AnyBlock) -> Form:
    """Return a block as YAML, which holds whatever a block may hold."""
    content = msgspec.to_builtins(block)
    key = content.pop("key")
    return Form(braces=(f"#{key}",), body=fenced(STRUCTURED, write_yaml(content)))


def fenced(language: str, source: str) -> str:
    """Return a fenced block whose fence is longer than any inside."""
    ticks = "`" * max((len(run) + 1 for run in _TICKS.findall(source)), default=3)
    return f"{ticks}{language}\n{source}\n{ticks}"


def _text(markdown: str, braces: tuple[str, ...]) -> Form:
    match = _HEADING.fullmatch(markdown)
    if match is None:
        return Form(braces=braces, body=markdown)
    return Form(heading=match["heading"], braces=braces, body=match["rest"] or "")
