"""What differs between two versions of a course, told by stable keys."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from services.content.contract.marking import Answer, Mark
from services.kit.records import Record


class QuestionChange(StrEnum):
    """What became of a question from one version to another."""

    SAME = "SAME"
    REWORDED = "REWORDED"
    """Its words, feedback or hints changed: whoever was right still is."""
    REKEYED = "REKEYED"
    """What is marked changed: answers, mapping, tolerance or points."""
    REMOVED = "REMOVED"
    NEW = "NEW"


class Target(Record):
    """A version of a course: one that is published or was, or what its draft would become."""

    course_id: str
    version_id: str


class VersionPair(Record):
    """Two versions of a course to compare."""

    before: str
    """Version id."""
    after: Target


class Difference(Record):
    """What differs between two versions of a course."""

    questions: Mapping[str, QuestionChange] = {}
    """By `lesson key/question key`, in order: those of the later version, then the removed."""
    lessons_new: tuple[str, ...] = ()
    """Lesson keys."""
    lessons_changed: tuple[str, ...] = ()
    lessons_removed: tuple[str, ...] = ()
    lesson_bytes: int = 0
    """Size of the JSON of lessons that are new or changed, uncompressed, without media."""

    @property
    def rekeyed(self) -> frozenset[str]:
        """Questions whose key changed."""
        changes = self.questions.items()
        return frozenset(path for path, change in changes if change is QuestionChange.REKEYED)

    @property
    def lessons_touched(self) -> int:
        """How many lessons are new, changed or removed."""
        return sum(map(len, (self.lessons_new, self.lessons_changed, self.lessons_removed)))


class ComparingApi(Protocol):
    """Comparing versions and marking across them, for progress."""

    async def differences(self, pairs: tuple[VersionPair, ...]) -> tuple[Difference | None, ...]:
        """Return what differs in each pair; None where `before` is no version.

        NotFound when `after` is none of the course, StaleRevision when it was what the draft would
        become and the draft has moved on.
        """

    async def remark(self, answers: tuple[Answer, ...], key: Target) -> tuple[Mark | None, ...]:
        """Mark answers of any versions of a course by the key of another.

        Scores are in the points of the answer's own version. None where the question, or something
        that was chosen, is not in the other version. Errors as in `differences`.
        """

    async def version_ids(self, course_ids: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """Return the ids of all versions of each course, oldest first."""
