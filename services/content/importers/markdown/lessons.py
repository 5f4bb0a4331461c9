"""The blocks of a page as lessons of 2 to 5 minutes."""

import posixpath
import re

import msgspec

from services.content.domain.course import AnyBlock, CalloutBlock, CodeBlock, ImageBlock, Lesson
from services.content.domain.keys import Keys
from services.content.domain.pacing import Card, cut, minutes_of
from services.content.domain.texts import all_texts
from services.content.importers.markdown.blocks import Placed

_LEADING_NUMBER = re.compile(r"[\d_.\s-]+(?=[^\d_.\s-])")
MAX_KEY_TEXT = 80


def stem_of(file: str) -> str:
    """Return the name of a page without its folder, leading number and ending."""
    name = posixpath.splitext(posixpath.basename(file))[0]
    return _LEADING_NUMBER.sub("", name, count=1)


def cut_lessons(
    placed: list[Placed], *, stem: str, title: str, language: str, keys: Keys
) -> tuple[Lesson, ...]:
    """Return the lessons of a page, named by its title and the heading that they begin with."""
    cards = [
        Card(minutes=minutes_of([each.block], language=language), price=each.price)
        for each in placed
    ]
    parts = cut(cards)
    lessons = []
    for number, part in enumerate(parts, start=1):
        blocks = [placed[index] for index in part]
        heading = blocks[0].heading if len(parts) > 1 else None
        name = f"{title}: {heading}" if heading and heading != title else title
        if number > 1 and name == title:
            name = f"{title} ({number})"
        lessons.append(
            Lesson(
                key=keys.make(f"{stem} {heading or ''}"),
                title={language: name},
                blocks=_keyed([each.block for each in blocks], language),
            )
        )
    return tuple(lessons)


def _keyed(blocks: list[AnyBlock], language: str) -> tuple[AnyBlock, ...]:
    """Return blocks with keys made from what they hold, so that a page may grow around them."""
    keys = Keys()
    return tuple(
        msgspec.structs.replace(block, key=keys.make(_name(block, language))) for block in blocks
    )


def _name(block: AnyBlock, language: str) -> str:
    match block:
        case CodeBlock(language=of, source=source):
            return f"{of or 'code'} {source[:MAX_KEY_TEXT]}"
        case ImageBlock(image=image):
            return posixpath.splitext(posixpath.basename(image.file or "picture"))[0]
        case CalloutBlock(tone=tone, markdown=markdown):
            return f"{tone} {markdown[language][:MAX_KEY_TEXT]}"
        case _:
            texts = (texts.get(language, "") for _, texts in all_texts(block))
            return next(texts, "")[:MAX_KEY_TEXT]
