"""Cohorts and their members; each holds in its outbox what is to be told to learners."""

from collections.abc import Collection as Many
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from pymongo.errors import BulkWriteError

from services.kit.ids import uuid7
from services.kit.mongo import Database, Document, patient
from services.kit.outbox import Outbox, waiting
from services.kit.records import OutboxEntry
from services.progress.domain.cohort import Assigned, CohortState
from services.progress.repository.bulk import clashing
from services.progress.repository.indexes import COHORT_INDEXES, GUESS_INDEXES, MEMBER_INDEXES
from services.progress.use_cases.cohort_store import Membership, Step

CONSUMER = "progress"
"""Who tells the learners: this service itself."""
KEPT = {"$ifNull": ["$until", {"$add": ["$$NOW", 2 * 3_600_000]}]}
"""When a count of guesses may go: two hours from its first, by the server's clock."""


class MongoCohorts:
    """The Cohorts over MongoDB, and the feed of what is to be told."""

    def __init__(self, database: Database) -> None:
        """Choose the collections; none of them can be made again from elsewhere."""
        self._cohorts = database.truth("cohorts")
        self._members = database.truth("members")
        self._guesses = database.truth("guesses")
        self.feed = Outbox([self._cohorts, self._members])

    async def prepare(self) -> None:
        """Create the indexes that are not there yet."""
        await self._cohorts.create_indexes(COHORT_INDEXES)
        await self._members.create_indexes(MEMBER_INDEXES)
        await self._guesses.create_indexes(GUESS_INDEXES)

    async def create(self, cohort: CohortState) -> CohortState:
        """Keep a cohort, or return the one of that id."""
        fields = {
            "organisation": cohort.organisation,
            "name": cohort.name,
            "created": cohort.created_at,
            "revision": cohort.revision,
            "assigned": [],
        }
        made = await self._cohorts.find_one_and_update(
            {"_id": cohort.id}, {"$setOnInsert": fields}, upsert=True
        )
        return _cohort(made) if made else cohort

    async def cohorts(self, ids: Many[str]) -> Mapping[str, CohortState]:
        """Return cohorts by id."""
        found = await self._cohorts.find({"_id": {"$in": list(ids)}}, {"outbox": 0})
        return {document["_id"]: _cohort(document) for document in found}

    async def by_code(self, code: str) -> CohortState | None:
        """Return the cohort that has this code, good or expired."""
        found = await self._cohorts.find_one({"code": code}, {"outbox": 0})
        return _cohort(found) if found else None

    async def page(
        self, organisation: str | None, *, after: tuple[str, str] | None, limit: int
    ) -> list[CohortState]:
        """Return cohorts by (organisation, name), of one organisation or of all."""
        where: Document = {} if organisation is None else {"organisation": organisation}
        if after is not None:
            place, name = after
            later = {"organisation": place, "name": {"$gt": name}}
            where = {"$and": [where, {"$or": [{"organisation": {"$gt": place}}, later]}]}
        sort = [("organisation", 1), ("name", 1)]
        found = await self._cohorts.find(
            where, {"outbox": 0}, sort=sort, limit=limit, hint="organisation_name"
        )
        return [_cohort(document) for document in found]

    async def count(self, organisation: str | None) -> int:
        """Return how many cohorts there are."""
        if organisation is None:
            return await self._cohorts.size()
        return await self._cohorts.count({"organisation": organisation}, hint="organisation_name")

    async def put_code(
        self, cohort_id: str, code: str, until: datetime, *, expected: str | None
    ) -> bool:
        """Set the code and until when it is good, where the code is as expected."""
        return await self._cohorts.update_one(
            {"_id": cohort_id, "code": expected}, {"$set": {"code": code, "codeUntil": until}}
        )

    async def put_assigned(
        self, cohort_id: str, assigned: Sequence[Assigned], *, expected: int
    ) -> bool:
        """Set what is assigned where the revision is as expected, and note the first step."""
        step = Step(cohort_id=cohort_id, revision=expected + 1)
        put = await self._cohorts.update_one(
            {"_id": cohort_id, "revision": expected},
            {
                "$set": {"assigned": [_assigned_document(one) for one in assigned]},
                "$inc": {"revision": 1},
                "$push": {"outbox": _waiting(step)},
            },
        )
        if put:
            self.feed.wake()
        return put

    async def go_on(self, step: Step) -> None:
        """Note the next step, unless it waits already."""
        entry = _waiting(step)
        await self._cohorts.update_one(
            {"_id": step.cohort_id, "outbox.id": {"$ne": entry["id"]}},
            {"$push": {"outbox": entry}},
        )
        self.feed.wake()

    async def add(
        self, cohort_id: str, learner_ids: Sequence[str], *, at: datetime
    ) -> tuple[str, ...]:
        """Add members, each with a note that they are to be told; return those who are new."""
        documents = [
            {
                "_id": str(uuid7()),
                "cohort": cohort_id,
                "learner": learner_id,
                "joined": at,
                "outbox": [_told("joined", cohort_id, learner_id)],
            }
            for learner_id in learner_ids
        ]
        present: frozenset[int] = frozenset()
        try:
            with patient():
                await self._members.insert_many(documents)
        except BulkWriteError as error:
            present = frozenset(clashing(error))
        self.feed.wake()
        return tuple(id_ for i, id_ in enumerate(learner_ids) if i not in present)

    async def leave(self, cohort_id: str, learner_ids: Many[str]) -> int:
        """Take members out, each with a note that they are to be told; return how many."""
        count = 0
        for learner_id in learner_ids:
            count += await self._members.update_one(
                {"cohort": cohort_id, "learner": learner_id},
                {
                    "$unset": {"cohort": ""},
                    "$set": {"left": cohort_id},
                    "$push": {"outbox": _told("left", cohort_id, learner_id)},
                },
            )
        self.feed.wake()
        return count

    async def told_of_leaving(self, membership: Membership) -> None:
        """Forget that somebody left."""
        await self._members.delete_many(
            {"learner": membership.learner_id, "left": membership.cohort_id}
        )

    async def present(self, cohort_id: str, learner_ids: Many[str]) -> frozenset[str]:
        """Return which of these are in a cohort."""
        where = {"cohort": cohort_id, "learner": {"$in": list(learner_ids)}}
        found = await self._members.find(where, {"_id": 0, "learner": 1}, hint="cohort_learner")
        return frozenset(document["learner"] for document in found)

    async def size(self, cohort_id: str) -> int:
        """Return how many members a cohort has."""
        return await self._members.count({"cohort": cohort_id}, hint="cohort_learner")

    async def members(self, cohort_id: str, *, after: str, limit: int) -> list[str]:
        """Return members by learner id."""
        found = await self._members.find(
            {"cohort": cohort_id, "learner": {"$gt": after}},
            {"_id": 0, "learner": 1},
            sort=[("learner", 1)],
            limit=limit,
            hint="cohort_learner",
        )
        return [document["learner"] for document in found]

    async def memberships(self, learner_ids: Many[str]) -> Mapping[str, int]:
        """Return in how many cohorts each learner is; those in none are not there."""
        where = {"learner": {"$in": list(learner_ids)}, "cohort": {"$exists": True}}
        found = await self._members.aggregate(
            [{"$match": where}, {"$group": {"_id": "$learner", "n": {"$sum": 1}}}]
        )
        return {each["_id"]: int(each["n"]) for each in found}

    async def guesses(self, learner_id: str, *, now: datetime) -> int:
        """Count one more code that somebody tried, and return how many there were this hour."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        one_more = {"$add": [{"$ifNull": ["$n", 0]}, 1]}
        counted = await self._guesses.find_one_and_update(
            {"_id": f"{learner_id}/{hour.isoformat()}"},
            [{"$set": {"learner": learner_id, "n": one_more, "until": KEPT}}],
            upsert=True,
        )
        return int(counted["n"]) if counted else 1


def _told(what: str, cohort_id: str, learner_id: str) -> Document:
    """Return the note that a learner is to be told that they joined or left."""
    data = {"cohortId": cohort_id, "learnerId": learner_id}
    return waiting(
        OutboxEntry(id=f"{what}:{uuid7()}", type=f"cohort.{what}", data=data), [CONSUMER]
    )


def _waiting(step: Step) -> Document:
    """Return a step as an outbox holds it; its id follows from it."""
    entry = OutboxEntry(
        id=f"assigned:{step.cohort_id}:{step.revision}:{step.after}",
        type="cohort.assigned",
        data=msgspec.to_builtins(step),
    )
    return waiting(entry, [CONSUMER])


def _assigned_document(one: Assigned) -> Document:
    return {
        "course": one.course_id,
        "version": one.version_id,
        "due": one.due_on and one.due_on.isoformat(),
    }


def _cohort(document: Mapping[str, Any]) -> CohortState:
    return CohortState(
        id=document["_id"],
        organisation=document["organisation"],
        name=document["name"],
        created_at=document["created"],
        revision=int(document["revision"]),
        assigned=tuple(
            Assigned(
                course_id=one["course"],
                version_id=one["version"],
                due_on=date.fromisoformat(one["due"]) if one["due"] else None,
            )
            for one in document["assigned"]
        ),
        code=document.get("code"),
        code_until=document.get("codeUntil"),
    )
