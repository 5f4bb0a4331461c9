"""A course over all its learners: counts, and who missed which question."""

from collections.abc import Collection as Many
from collections.abc import Mapping

from services.kit.mongo import Database, Document
from services.progress.contract import EnrolmentStatus
from services.progress.domain.stored import Stored
from services.progress.repository.documents import read_course, read_log
from services.progress.use_cases.across import EventKey, Group
from services.progress.use_cases.store import CourseDocument


class MongoAcross:
    """The Across over MongoDB."""

    def __init__(self, database: Database) -> None:
        """Read the log and the courses."""
        self._log = database.truth("log")
        self._courses = database.projection("courses")

    async def groups(self, course_id: str) -> tuple[Group, ...]:
        """Return how many are in a course, by status and pinned version."""
        found = await self._courses.aggregate(groups_of(course_id))
        return tuple(
            Group(
                status=EnrolmentStatus(each["_id"]["status"]),
                version_id=each["_id"]["version"],
                learners=each["learners"],
            )
            for each in found
        )

    async def count_missed(self, course_id: str, questions: Many[str]) -> int:
        """Return how many learners of a course missed any of these questions."""
        return await self._courses.count(missed_by(course_id, questions))

    async def missed(
        self, course_id: str, questions: Many[str], *, after: str, limit: int
    ) -> list[CourseDocument]:
        """Return learners of a course who missed any of these questions, by enrolment id."""
        where = missed_by(course_id, questions) | {"_id": {"$gt": after}}
        found = await self._courses.find(where, {"body": 1}, sort=[("_id", 1)], limit=limit)
        return [read_course(document) for document in found]

    async def events(self, wanted: Mapping[str, Many[str]]) -> Mapping[EventKey, Stored]:
        """Return stored events by learner and id; `wanted` are ids of events by learner."""
        if not wanted:
            return {}
        ids = [event for some in wanted.values() for event in some]
        found = await self._log.aggregate(
            [
                {"$match": {"$or": [_of(learner, some) for learner, some in wanted.items()]}},
                {"$set": {"events": _among(ids)}},
            ]
        )
        documents = map(read_log, found)
        return {
            EventKey(document.learner_id, stored.event.id): stored
            for document in documents
            for stored in document.events
        }


def groups_of(course_id: str) -> list[Document]:
    """Return the pipeline that counts a course's learners by status and pinned version."""
    by = {"status": "$status", "version": "$version"}
    return [
        {"$match": {"course": course_id, "status": {"$type": "string"}}},
        {"$group": {"_id": by, "learners": {"$sum": 1}}},
    ]


def missed_by(course_id: str, questions: Many[str]) -> Document:
    """Return the condition of having missed any of these questions in a course."""
    return {"course": course_id, "missed": {"$in": sorted(questions)}}


def _of(learner: str, ids: Many[str]) -> Document:
    return {"learner": learner, "events.id": {"$in": list(ids)}}


def _among(ids: list[str]) -> Document:
    """Return the events of a document that have one of these ids."""
    wanted = {"$in": ["$$event.id", {"$literal": ids}]}
    return {"$filter": {"input": "$events", "as": "event", "cond": wanted}}
