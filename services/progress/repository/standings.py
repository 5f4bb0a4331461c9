"""What reports of cohorts read of the members: fields of courses that an index holds, and cards."""

from collections.abc import Collection as Many
from datetime import datetime

from services.kit.clock import to_millis
from services.kit.mongo import Database, Document
from services.progress.contract import EnrolmentStatus
from services.progress.domain import fsrs
from services.progress.repository.indexes import CARD_INDEX, STANDING_INDEX
from services.progress.use_cases.cohort_store import Recall, Standing, Tally

FIELDS = {"_id": 0, "learner": 1, "course": 1, "status": 1}
FIGURES = ("score", "completed", "active")


class MongoStandings:
    """The Standings over MongoDB; what is asked of courses is answered by the index alone."""

    def __init__(self, database: Database) -> None:
        """Read the courses and the cards."""
        self._courses = database.projection("courses")
        self._cards = database.projection("cards")

    async def tallies(self, learner_ids: Many[str], course_ids: Many[str]) -> list[Tally]:
        """Return the counts of each course that any of the learners is in."""
        completed = {"$eq": ["$status", str(EnrolmentStatus.COMPLETED)]}
        scored = {"$eq": [{"$type": "$score"}, "double"]}
        found = await self._courses.aggregate(
            [
                {"$match": among(learner_ids, course_ids)},
                {
                    "$group": {
                        "_id": "$course",
                        "completed": {"$sum": {"$cond": [completed, 1, 0]}},
                        "scored": {"$sum": {"$cond": [scored, 1, 0]}},
                        "score": {"$sum": {"$cond": [scored, "$score", 0.0]}},
                    }
                },
            ],
            hint=STANDING_INDEX,
        )
        return [
            Tally(
                course_id=each["_id"],
                completed=int(each["completed"]),
                scored=int(each["scored"]),
                score=float(each["score"]),
            )
            for each in found
        ]

    async def active(
        self, learner_ids: Many[str], course_ids: Many[str], *, since: datetime
    ) -> int:
        """Return how many of the learners did something in any of the courses."""
        where = among(learner_ids, course_ids) | {"active": {"$gte": to_millis(since)}}
        found = await self._courses.aggregate(
            [{"$match": where}, {"$group": {"_id": "$learner"}}, {"$count": "n"}],
            hint=STANDING_INDEX,
        )
        return sum(int(each["n"]) for each in found)

    async def earned(self, learner_ids: Many[str], course_ids: Many[str]) -> list[frozenset[str]]:
        """Return for each learner who earned an award in which of the courses they did."""
        where = among(learner_ids, course_ids) | {"earned": True}
        found = await self._courses.aggregate(
            [{"$match": where}, {"$group": {"_id": "$learner", "courses": {"$push": "$course"}}}],
            hint=STANDING_INDEX,
        )
        return [frozenset(each["courses"]) for each in found]

    async def recalls(
        self, learner_ids: Many[str], course_ids: Many[str], *, today: int
    ) -> list[Recall]:
        """Return of each skill the chances that the learners' question cards are still known."""
        found = await self._cards.aggregate(
            recalled(learner_ids, course_ids, today=today), hint=CARD_INDEX
        )
        return [
            Recall(skill_id=each["_id"], cards=int(each["cards"]), chance=float(each["chance"]))
            for each in found
        ]

    async def standings(self, learner_ids: Many[str], course_ids: Many[str]) -> list[Standing]:
        """Return where the learners are in the courses that they are in."""
        found = await self._courses.find(
            among(learner_ids, course_ids), FIELDS | dict.fromkeys(FIGURES, 1), hint=STANDING_INDEX
        )
        return [
            Standing(
                learner_id=each["learner"],
                course_id=each["course"],
                status=EnrolmentStatus(each["status"]),
                score=each.get("score"),
                completed=_whole(each.get("completed")),
                active=int(each["active"]),
            )
            for each in found
        ]


def among(learner_ids: Many[str], course_ids: Many[str]) -> Document:
    """Return the condition of being one of these learners in one of these courses."""
    return {
        "learner": {"$in": list(learner_ids)},
        "course": {"$in": list(course_ids)},
        "status": {"$type": "string"},
    }


def recalled(learner_ids: Many[str], course_ids: Many[str], *, today: int) -> list[Document]:
    """Return the pipeline that sums by skill R(t, S) = (1 + f t / S)^-w20 on a study day."""
    elapsed = {"$max": [0, {"$subtract": [today, "$last"]}]}
    share = {"$divide": [{"$multiply": [fsrs.FACTOR, elapsed]}, "$stability"]}
    chance = {"$pow": [{"$add": [1, share]}, fsrs.DECAY]}
    return [
        {"$match": {"learner": {"$in": list(learner_ids)}, "course": {"$in": list(course_ids)}}},
        {"$project": {"_id": 0, "skills": 1, "chance": chance}},
        {"$unwind": "$skills"},
        {"$group": {"_id": "$skills", "cards": {"$sum": 1}, "chance": {"$sum": "$chance"}}},
    ]


def _whole(value: int | None) -> int | None:
    """Return the driver's Int64 as int."""
    return None if value is None else int(value)
