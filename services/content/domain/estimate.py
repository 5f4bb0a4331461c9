"""How long a lesson takes: 200 words a minute, 20 seconds a question, the length of recordings."""

from services.content.domain.course import (
    AudioBlock,
    CodeBlock,
    Lesson,
    LessonKind,
    QuestionBlock,
    VideoBlock,
)
from services.content.domain.texts import all_texts

WORDS_A_MINUTE = 200
SECONDS_A_QUESTION = 20
WITHHELD = frozenset({"hint", "explanation", "feedback"})
"""What nobody reads in an assessment."""


def minutes(lesson: Lesson, *, language: str) -> int:
    """Return whole minutes for a lesson, at least 1: the author's own figure where there is one."""
    if lesson.minutes is not None:
        return lesson.minutes
    return max(1, round(exact_minutes(lesson, language=language)))


def exact_minutes(lesson: Lesson, *, language: str) -> float:
    """Return the estimate of a lesson before it is rounded, whatever its author says."""
    looking = sum(_seconds(block) for block in lesson.blocks)
    return _words(lesson, language) / WORDS_A_MINUTE + looking / 60


def _seconds(block: object) -> int:
    if isinstance(block, QuestionBlock):
        return SECONDS_A_QUESTION
    return (block.seconds or 0) if isinstance(block, AudioBlock | VideoBlock) else 0


def _words(lesson: Lesson, language: str) -> int:
    prose = sum(
        len(texts.get(language, "").split())
        for path, texts in all_texts(lesson)
        if lesson.kind is LessonKind.PRACTICE or path[-1] not in WITHHELD
    )
    code = [block.source for block in lesson.blocks if isinstance(block, CodeBlock)]
    return prose + sum(len(source.split()) for source in code)
