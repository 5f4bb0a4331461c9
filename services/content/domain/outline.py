"""The outline of a course, and what differs between two: worked out from keys and hashes alone.

A question is the same while its content is, reworded while its key is, and rekeyed otherwise. The
key of a question is what is marked: right answers, mapping, tolerance and points. What only an eye
can tell, that a new accepted text is the old one without its typo, an author says at publishing;
then the question keeps the key hash that it had.
"""

import hashlib
from collections.abc import Collection, Mapping

import msgspec
from msgspec.structs import replace

from services.content.contract.differences import Difference, QuestionChange
from services.content.domain.course import (
    AnyQuestion,
    ChoiceQuestion,
    Course,
    Gap,
    GapQuestion,
    Lesson,
    MatchQuestion,
    NumericQuestion,
    OrderQuestion,
    QuestionBlock,
    TextEntryQuestion,
)
from services.content.domain.freezing import settle
from services.content.domain.typed import fold
from services.kit.records import Json, Record


class LessonOutline(Record):
    """A lesson by its content."""

    hash: str
    bytes: int
    """Of its JSON."""


class QuestionOutline(Record):
    """A question by its content, and by what of it is marked."""

    hash: str
    key_hash: str
    """As worked out."""
    kept: str | None = None
    """The key hash that it keeps by the author's word."""

    @property
    def identity(self) -> str:
        """What tells its key from another."""
        return self.kept or self.key_hash


class Outline(Record):
    """A course by stable keys."""

    lessons: Mapping[str, LessonOutline]
    """By lesson key, in order."""
    questions: Mapping[str, QuestionOutline]
    """By `lesson key/question key`, in order."""


NOTHING = Outline(lessons={}, questions={})
"""Of a course that was never published."""


def outline(course: Course, *, kept: Mapping[str, str] | None = None) -> Outline:
    """Return the outline of a course; `kept` are key hashes that questions have kept."""
    questions = {
        f"{lesson.key}/{block.key}": QuestionOutline(
            hash=_hash(_encode(block.question)), key_hash=_hash(_encode(_key(block.question)))
        )
        for lesson in course.lessons
        for block in lesson.blocks
        if isinstance(block, QuestionBlock)
    }
    for path, key_hash in (kept or {}).items():
        questions[path] = replace(questions[path], kept=key_hash)
    return Outline(
        lessons={lesson.key: _lesson(lesson) for lesson in course.lessons}, questions=questions
    )


def compare(before: Outline, after: Outline) -> Difference:
    """Return what differs between two outlines."""
    old, new = before.lessons, after.lessons
    added = tuple(key for key in new if key not in old)
    changed = tuple(key for key in new if key in old and new[key].hash != old[key].hash)
    gone = dict.fromkeys(
        (path for path in before.questions if path not in after.questions), QuestionChange.REMOVED
    )
    return Difference(
        questions={
            path: _change(before.questions.get(path), question)
            for path, question in after.questions.items()
        }
        | gone,
        lessons_new=added,
        lessons_changed=changed,
        lessons_removed=tuple(key for key in old if key not in new),
        lesson_bytes=sum(new[key].bytes for key in (*added, *changed)),
    )


def keep_keys(
    before: Outline, after: Outline, *, reworded: Collection[str] = ()
) -> Mapping[str, str]:
    """Return the key hashes that questions of `after` keep from the version `before`.

    Those that the author calls `reworded`, and those that `before` kept while their key, as worked
    out, is what it was there.
    """
    return {
        path: old.identity
        for path, new in after.questions.items()
        if (old := before.questions.get(path)) is not None
        and (path in reworded or (old.kept is not None and old.key_hash == new.key_hash))
    }


def _change(before: QuestionOutline | None, after: QuestionOutline) -> QuestionChange:
    if before is None:
        return QuestionChange.NEW
    if before.identity != after.identity:
        return QuestionChange.REKEYED
    same = before.hash == after.hash
    return QuestionChange.SAME if same else QuestionChange.REWORDED


def _lesson(lesson: Lesson) -> LessonOutline:
    content = _encode(lesson)
    return LessonOutline(hash=_hash(content), bytes=len(content))


def _key(question: AnyQuestion) -> Json:
    """Return what is marked of a question, in a form that does not depend on the order shown."""
    return (question.points, question.mapping, *_answer(question))


def _answer(question: AnyQuestion) -> tuple[Json, ...]:
    match question:
        case ChoiceQuestion():
            right = {option.key for option in question.options if option.correct}
            return "choice", question.multiple, right
        case OrderQuestion():
            return "order", [choice.key for choice in question.choices]
        case MatchQuestion():
            return "match", sorted(question.pairs)
        case TextEntryQuestion():
            return "text", _typed(question.accepted, case_sensitive=question.case_sensitive)
        case NumericQuestion():
            return "number", float(question.number), float(question.tolerance)
        case GapQuestion():
            return "gap", {gap.key: _filling(gap) for gap in question.gaps}


def _filling(gap: Gap) -> Json:
    if gap.options:
        return "picked", {option.key for option in gap.options if option.correct}
    return "typed", _typed(gap.accepted, case_sensitive=gap.case_sensitive)


def _typed(accepted: Collection[str], *, case_sensitive: bool) -> Json:
    return case_sensitive, {fold(text, case_sensitive=case_sensitive) for text in accepted}


def _encode(value: Json) -> bytes:
    return msgspec.json.encode(settle(value), order="deterministic")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
