"""Counting over all learners: what each adds to the counts of questions and courses.

A course's document holds what it adds, and each change of that is an entry of its outbox, written
with the document: the sums of all entries are what all documents add, whatever repeats.
"""

from collections.abc import Mapping
from typing import Protocol

import msgspec
from msgspec.structs import replace

from services.kit.ids import version_hash
from services.kit.records import OutboxEntry, Record
from services.progress.domain.health import Contribution, Lessons, Share, contribution_of, shares
from services.progress.use_cases.awarding import is_guest
from services.progress.use_cases.store import CourseDocument, LearnerDocument

COUNTED = "answers.counted"
"""Type of the entries."""


class Counted(Record):
    """What changes in the counts of a course and of its questions: the data of an entry."""

    course_id: str
    learners: int = 0
    shares: tuple[Share, ...] = ()


class Tallies(Protocol):
    """The counts over all learners; none of them says anything of a single one."""

    async def count(self, entry_id: str, told: Counted) -> None:
        """Take in what an entry tells, once: a repeat changes nothing."""

    async def of_version(self, version: str) -> Lessons:
        """Return the counts of a version's questions, by its hash."""

    async def learners(self, course_ids: tuple[str, ...]) -> Mapping[str, int]:
        """Return how many learners took courses up, by course id; those with none are left out."""


def counted(course: CourseDocument, learner: LearnerDocument) -> CourseDocument:
    """Return the document with what it adds to the counts; guests add nothing.

    Anybody may be a thousand guests; what one of them learned counts once it is claimed.
    """
    if course.view is None or is_guest(learner.state):
        return replace(course, counted=Contribution())
    version = version_hash(course.view.version_id)
    return replace(course, counted=contribution_of(version, course.state.lessons))


def count_entries(before: CourseDocument, after: CourseDocument) -> tuple[OutboxEntry, ...]:
    """Return the one entry that tells what `after` adds more than `before`, if there is any."""
    told = Counted(
        course_id=after.course_id,
        learners=after.counted.learners - before.counted.learners,
        shares=tuple(shares(before.counted, after.counted)),
    )
    if not told.learners and not told.shares:
        return ()
    id_ = f"{after.id}:{after.through}:counted"
    return (OutboxEntry(id=id_, type=COUNTED, data=msgspec.to_builtins(told)),)
